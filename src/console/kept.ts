/**
 * The last answers, each worked out once, also for those who ask while it is being worked out. What fails is not kept, and
 * what is older than `forMs` is worked out anew.
 */
export interface Kept<T> {
  of(key: string, work: () => Promise<T>): Promise<T>;
}

export interface KeptOptions {
  readonly most: number;
  /** From when it is there on. */
  readonly forMs?: number;
  /** Monotonic. */
  readonly clock?: () => number;
}

interface Answer<T> {
  readonly answer: Promise<T>;
  untilMs: number;
}

export function createKept<T>({ most, forMs = Infinity, clock = () => performance.now() }: KeptOptions): Kept<T> {
  const known = new Map<string, Answer<T>>();
  const begin = (key: string, work: () => Promise<T>): Answer<T> => {
    const begun: Answer<T> = { answer: work(), untilMs: Infinity };
    begun.answer.then(
      () => (begun.untilMs = clock() + forMs),
      () => known.get(key) === begun && known.delete(key),
    );
    return begun;
  };
  return {
    of(key, work) {
      const before = known.get(key);
      const now = before !== undefined && clock() < before.untilMs ? before : begin(key, work);
      known.delete(key);
      known.set(key, now);
      for (const oldest of known.keys()) if (known.size > most) known.delete(oldest);
      return now.answer;
    },
  };
}
