/** Processes that somebody keeps running: whatever ends is started again, as a platform does. */
import type { ReadyChild } from '../scale/child.ts';

export interface Kept {
  readonly name: string;
  /** Null while it is being started again. */
  readonly now: () => ReadyChild | null;
  /** How often it was started again. */
  readonly restarts: () => number;
  signal(name: NodeJS.Signals): void;
  close(): Promise<void>;
}

const AGAIN_MS = 300;

export async function keep(name: string, start: () => Promise<ReadyChild>): Promise<Kept> {
  let child: ReadyChild | null = await start();
  let restarts = 0;
  const closing = new AbortController();
  const { signal: end } = closing;
  const closed = new Promise<void>((resolve) => end.addEventListener('abort', () => resolve()));
  const running = (async () => {
    while (!end.aborted) {
      if (child !== null) await Promise.race([child.ended, closed]);
      if (end.aborted) break;
      child = null;
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
      child = await start().catch(() => null);
      restarts += 1;
    }
  })();
  return {
    name,
    now: () => child,
    restarts: () => restarts,
    signal: (signal) => child?.signal(signal),
    async close() {
      closing.abort();
      child?.signal('SIGCONT');
      await running;
      await child?.close();
    },
  };
}
