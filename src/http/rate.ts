/** At most so many in a minute of each key; forgets by itself whoever has been quiet for so long. */

export interface RateLimit {
  /** False when it is one too many. */
  take(key: string, amount?: number): boolean;
}

const WINDOW_MS = 60_000;

/** `clock`: monotonic. Each key has its minute, which begins with its first call. */
export function createRateLimit(most: number, clock: () => number): RateLimit {
  let [current, previous] = [new Map<string, Window>(), new Map<string, Window>()];
  let turnedAt = clock();
  return {
    take(key, amount = 1) {
      const at = clock();
      if (at - turnedAt >= WINDOW_MS) {
        [previous, current] = [current, new Map()];
        turnedAt = at;
      }
      const known = current.get(key) ?? previous.get(key);
      const window = known !== undefined && at - known.since < WINDOW_MS ? known : { since: at, taken: 0 };
      current.set(key, window);
      if (window.taken + amount > most) return false;
      window.taken += amount;
      return true;
    },
  };
}

interface Window {
  readonly since: number;
  taken: number;
}
