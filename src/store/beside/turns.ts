/** One after the other, in the order of asking. */

export interface Turns {
  /** Resolves when it is one's turn, to what ends it; to call that twice does no harm. */
  take(): Promise<() => void>;
}

export function createTurns(): Turns {
  let last: Promise<void> = Promise.resolve();
  return {
    async take() {
      const before = last;
      let end = (): void => undefined;
      last = new Promise((resolve) => {
        end = resolve;
      });
      await before;
      return end;
    },
  };
}
