/** A service that starts before its database waits for it: who starts them all at once need not know in which order. */
import type { Database } from './database.ts';
import { codeOf } from './errors.ts';
import { openDatabase } from './open.ts';
import type { StoreConfig } from './open.ts';

export interface Patience {
  /** Ends the wait; the promise rejects with its reason then. */
  readonly signal: AbortSignal;
  /** Told when the wait begins and every so often while it lasts, with why the last try failed. */
  readonly onWait: (why: string, waitedMs: number) => void;
  readonly firstMs?: number;
  readonly mostMs?: number;
  readonly sayEveryMs?: number;
}

const FIRST_MS = 250;
const MOST_MS = 5_000;
const SAY_EVERY_MS = 30_000;

/**
 * Throws at once what waiting does not mend: a wrong password, a database that is not there, one of another version.
 */
export async function awaitDatabase(config: StoreConfig, patience: Patience): Promise<Database> {
  const { signal, onWait, firstMs = FIRST_MS, mostMs = MOST_MS, sayEveryMs = SAY_EVERY_MS } = patience;
  const startedAt = performance.now();
  let saidAt = -Infinity;
  for (let pauseMs = firstMs; ; pauseMs = Math.min(2 * pauseMs, mostMs)) {
    signal.throwIfAborted();
    try {
      return await openDatabase(config);
    } catch (error) {
      if (!isAway(error)) throw error;
      if (performance.now() - saidAt >= sayEveryMs) {
        saidAt = performance.now();
        onWait(error instanceof Error ? error.message : String(error), Math.round(saidAt - startedAt));
      }
    }
    await pause(pauseMs, signal);
  }
}

/**
 * Of the network, and SQLSTATE classes 08 (connection), 53 (no room for one more), 57P0x (shutting down, starting up).
 */
const AWAY =
  /^(ECONN\w+|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|EHOSTDOWN|ENETUNREACH|ENETDOWN|EPIPE|ENOENT|08...|53...|57P0.)$/;
const BROKEN_OFF = /timeout|terminated|ended unexpectedly|not queryable/i;

/** Is the database away, or was it lost half-way? */
function isAway(error: unknown): boolean {
  if (error === undefined || error === null) return false;
  const inner = error instanceof AggregateError ? error.errors : [];
  if (AWAY.test(codeOf(error)) || inner.some(isAway)) return true;
  if (!(error instanceof Error)) return false;
  return codeOf(error) === '' && BROKEN_OFF.test(error.message) ? true : isAway(error.cause);
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(over, ms);
    function over(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', over);
      resolve();
    }
    signal.addEventListener('abort', over, { once: true });
  });
}
