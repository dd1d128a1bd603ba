/** Wakes all who wait for something to be new. */
export interface Bell {
  ring(): void;
  /** Until it rings, the signal, or so long. */
  wait(signal: AbortSignal, atMostMs: number): Promise<void>;
}

export function createBell(): Bell {
  const waiting = new Set<() => void>();
  return {
    ring() {
      for (const wake of waiting) wake();
    },
    wait: (signal, atMostMs) =>
      new Promise<void>((resolve) => {
        const wake = (): void => {
          waiting.delete(wake);
          signal.removeEventListener('abort', wake);
          clearTimeout(timer);
          resolve();
        };
        const timer = setTimeout(wake, atMostMs);
        waiting.add(wake);
        signal.addEventListener('abort', wake, { once: true });
      }),
  };
}
