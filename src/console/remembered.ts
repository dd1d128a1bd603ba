/** Ids, each until its time is over. What is over is let go of once a minute, not each time that one is added. */
export interface Remembered {
  has(id: string): boolean;
  add(id: string, untilMs: number): void;
}

const SWEEP_MS = 60_000;

export function createRemembered(now: () => number): Remembered {
  const ids = new Map<string, number>();
  let sweptAtMs = now();
  return {
    has: (id) => (ids.get(id) ?? -Infinity) > now(),
    add(id, untilMs) {
      const atMs = now();
      // A clock that was set back sweeps too.
      if (Math.abs(atMs - sweptAtMs) >= SWEEP_MS) {
        for (const [old, endsAtMs] of ids) if (endsAtMs <= atMs) ids.delete(old);
        sweptAtMs = atMs;
      }
      ids.set(id, untilMs);
    },
  };
}
