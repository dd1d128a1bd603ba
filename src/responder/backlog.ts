/** What waits for the store: many at a time, in their order, kept while it is away, up to a bound. */
import { setTimeout as sleep } from 'node:timers/promises';

export interface Backlog<T> {
  add(item: T): void;
  /** Thrown away since the beginning, for the store was away too long. */
  readonly lost: number;
  /** Resolves when all that was added is done, or cannot be now. */
  drain(): Promise<void>;
}

export interface BacklogParts<T> {
  /** Answers what is to be asked again, after a while. */
  readonly work: (items: readonly T[]) => Promise<readonly T[]>;
  readonly maxWaiting: number;
  /** Waited for others to come with the first. */
  readonly groupMs?: number;
  readonly onTrouble: (error: unknown) => void;
}

const MAX_AT_ONCE = 1_000;
const [FIRST_WAIT_MS, MAX_WAIT_MS] = [250, 5_000];
const AGAIN_MS = 500;

export function createBacklog<T>({ work, maxWaiting, groupMs = 0, onTrouble }: BacklogParts<T>): Backlog<T> {
  let waiting: T[] = [];
  let lost = 0;
  let running: Promise<void> | null = null;
  let waitMs = 0;

  /** The oldest goes. */
  const bound = (): void => {
    lost += waiting.splice(0, Math.max(0, waiting.length - maxWaiting)).length;
  };
  const putBack = (items: readonly T[]): void => {
    waiting = [...items, ...waiting];
    bound();
  };
  const flush = async (): Promise<void> => {
    await sleep(groupMs + waitMs, undefined, { ref: false });
    const again: T[] = [];
    while (waiting.length > 0) {
      const items = waiting.splice(0, MAX_AT_ONCE);
      try {
        again.push(...(await work(items)));
        waitMs = 0;
      } catch (error) {
        onTrouble(error);
        waitMs = Math.min(MAX_WAIT_MS, Math.max(FIRST_WAIT_MS, 2 * waitMs));
        return putBack([...again, ...items]);
      }
    }
    if (again.length > 0) waitMs = AGAIN_MS;
    putBack(again);
  };
  const run = (): Promise<void> => {
    running ??= flush().finally(() => {
      running = null;
      if (waiting.length > 0) void run();
    });
    return running;
  };
  const isIdle = (): boolean => waiting.length === 0 && running === null;
  return {
    add(item) {
      waiting.push(item);
      bound();
      void run();
    },
    get lost() {
      return lost;
    },
    async drain() {
      for (let tries = 0; tries < 3 && !isIdle(); tries += 1) await run();
    },
  };
}
