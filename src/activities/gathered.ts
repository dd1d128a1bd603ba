/**
 * What several ask for at about the same time is asked for once. The question is put after each of them asked, never
 * before, so an answer is as fresh as one of their own.
 */

export interface Gathered<Item, Answer> {
  /** Put at the latest so many ms from now, for all who wait then; at once: for all who ask in this turn of the loop. */
  ask(item: Item, withinMs: number): Promise<Answer>;
}

interface Waiting<Item, Answer> {
  readonly item: Item;
  readonly resolve: (answer: Promise<Answer>) => void;
}

/** `put`: one question for all of them, and an answer for each, in their order. */
export function createGathered<Item, Answer>(
  put: (items: readonly Item[]) => readonly Promise<Answer>[],
): Gathered<Item, Answer> {
  let waiting: Waiting<Item, Answer>[] = [];
  let dueMs = Infinity;
  let timer: NodeJS.Timeout | undefined;

  const putAll = (): void => {
    const all = waiting;
    waiting = [];
    dueMs = Infinity;
    const answers = answersOf(() => put(all.map(({ item }) => item)));
    all.forEach(({ resolve }, place) => resolve(answers(place)));
  };

  return {
    ask: (item, withinMs) =>
      new Promise<Answer>((resolve) => {
        waiting.push({ item, resolve });
        const atMs = performance.now() + withinMs;
        if (atMs >= dueMs) return;
        dueMs = atMs;
        clearTimeout(timer);
        if (withinMs > 0) timer = setTimeout(putAll, withinMs);
        else setImmediate(putAll);
      }),
  };
}

/** What is thrown at once is thrown to each. */
function answersOf<Answer>(put: () => readonly Promise<Answer>[]): (place: number) => Promise<Answer> {
  try {
    const answers = put();
    return (place) => answers[place] ?? Promise.reject(new Error('Not everybody who asked was answered.'));
  } catch (error) {
    return () => Promise.reject(error instanceof Error ? error : new Error(String(error)));
  }
}
