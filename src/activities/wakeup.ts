/** Waits until something happened: a notification (coalesced), a time, or a cancellation. Never polls the store. */

export interface Wakeup {
  /**
   * Resolves after a `wake`, at least `gapMs` after the last return; or after `atMostMs`; or when the signal aborts.
   * True: it was woken.
   */
  wait(atMostMs: number): Promise<boolean>;
  wake(): void;
}

export function createWakeup(gapMs: number, signal: AbortSignal): Wakeup {
  let woken = false;
  let stopWaiting: () => void = () => undefined;
  const pause = (ms: number, untilWoken: boolean): Promise<void> =>
    new Promise((resolve) => {
      if (signal.aborted || (untilWoken && woken)) return resolve();
      const done = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        stopWaiting = () => undefined;
        resolve();
      };
      const timer = setTimeout(done, ms);
      signal.addEventListener('abort', done);
      if (untilWoken) stopWaiting = done;
    });
  return {
    wake() {
      woken = true;
      stopWaiting();
    },
    async wait(atMostMs) {
      // Not by the clock of the machine, which may be set back by hours.
      const started = performance.now();
      await pause(atMostMs, true);
      // A burst of events is one look, not a hundred.
      await pause(Math.max(0, gapMs - (performance.now() - started)), false);
      const wasWoken = woken;
      woken = false;
      return wasWoken;
    },
  };
}
