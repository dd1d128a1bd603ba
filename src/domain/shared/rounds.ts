/** Work that is asked for by a clock and by news: one round at a time, and one more for all who asked meanwhile. */
export interface Rounds {
  /** Somebody wants a round that begins after this. */
  wake(): void;
  /** Resolves when no round runs. */
  idle(): Promise<void>;
  /** No round begins any more; resolves when the one that runs is over. */
  close(): Promise<void>;
}

/** `onError`: of a round that failed; `isFirst` since one did not. What was asked for meanwhile is done all the same. */
export function createRounds(round: () => Promise<void>, onError: (error: unknown, isFirst: boolean) => void): Rounds {
  let running: Promise<void> | undefined;
  const state = { again: false, closed: false, failing: false };

  const run = async (): Promise<void> => {
    while (state.again && !state.closed) {
      state.again = false;
      try {
        await round();
        state.failing = false;
      } catch (error) {
        onError(error, !state.failing);
        state.failing = true;
      }
    }
    // At once after the last look: who wakes next must find nobody who will not look again.
    running = undefined;
  };

  return {
    wake() {
      if (state.closed) return;
      state.again = true;
      running ??= run();
    },
    async idle() {
      await running;
    },
    async close() {
      state.closed = true;
      await running;
    },
  };
}
