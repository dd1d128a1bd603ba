/** Sleeps until something happened: a notification (coalesced), a time, or a cancellation. Never polls the store. */

export interface Waker {
  /** Resolves after a poke (at least `gapMs` after the last return), or after `atMostMs`, or when the signal aborts. */
  next(atMostMs: number): Promise<void>;
  poke(): void;
}

export function createWaker(gapMs: number, signal: AbortSignal): Waker {
  let poked = false;
  let wake: () => void = () => undefined;
  const poke = (): void => {
    poked = true;
    wake();
  };
  const wait = (ms: number, untilPoked: boolean): Promise<void> =>
    new Promise((resolve) => {
      if (signal.aborted || (untilPoked && poked)) return resolve();
      const done = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        wake = () => undefined;
        resolve();
      };
      const timer = setTimeout(done, ms);
      signal.addEventListener('abort', done);
      if (untilPoked) wake = done;
    });
  return {
    poke,
    async next(atMostMs) {
      const started = Date.now();
      await wait(atMostMs, true);
      // A burst of events is one look, not a hundred.
      await wait(Math.max(0, gapMs - (Date.now() - started)), false);
      poked = false;
    },
  };
}
