import { setImmediate as nextTurn } from 'node:timers/promises';

/** A clock on which time passes only while everybody sleeps: hours of it take no time of ours. */
export interface VirtualTime {
  /** ms since it began. */
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  /** Does somebody sleep? */
  readonly isAwaited: boolean;
  /** Lets time pass until the work is done. */
  pass<T>(work: Promise<T>): Promise<T>;
}

/** Of those that wake in the same moment the one that fell asleep last is first, so that nobody owes their turn to chance. */
export function virtualTime(): VirtualTime {
  let nowMs = 0;
  const sleepers: { readonly untilMs: number; readonly wake: () => void }[] = [];
  return {
    now: () => nowMs,
    sleep: (ms) => new Promise((wake) => void sleepers.unshift({ untilMs: nowMs + ms, wake })),
    get isAwaited() {
      return sleepers.length > 0;
    },
    async pass(work) {
      let isOver = false;
      const over = (): void => void (isOver = true);
      work.then(over, over);
      for (;;) {
        await nextTurn();
        if (isOver) return work;
        sleepers.sort((a, b) => a.untilMs - b.untilMs);
        const next = sleepers.shift();
        if (next === undefined) continue;
        nowMs = next.untilMs;
        next.wake();
      }
    },
  };
}
