/**
 * A service that starts before its database, or before its tables are of its release, waits: who starts them all at
 * once need not know in which order, and who upgrades need not fear processes that end and are started again.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { backOffMs } from '../domain/shared/back-off.ts';
import type { Database } from './database.ts';
import { codeOf } from './errors.ts';
import { openDatabase } from './open.ts';
import type { StoreConfig } from './open.ts';

export interface WaitOptions {
  /** Ends the wait; the promise rejects with its reason then. */
  readonly signal: AbortSignal;
  /** Told when the wait begins and every so often while it lasts, with why the last try failed. */
  readonly onWait: (why: string, waitedMs: number) => void;
}

const RETRY = { firstMs: 250, maxMs: 5_000 };
const SAY_EVERY_MS = 30_000;

/** Throws at once what waiting does not mend: a wrong password, a database that is not there. */
export async function awaitDatabase(config: StoreConfig, { signal, onWait }: WaitOptions): Promise<Database> {
  const startedAt = performance.now();
  let saidAt = -Infinity;
  for (let retries = 0; ; retries += 1) {
    signal.throwIfAborted();
    try {
      return await openDatabase(config);
    } catch (error) {
      if (!isAway(error) && !isOfAnother(error)) throw error;
      if (performance.now() - saidAt >= SAY_EVERY_MS) {
        saidAt = performance.now();
        onWait(error instanceof Error ? error.message : String(error), Math.round(saidAt - startedAt));
      }
    }
    // Cut short by the signal, whose reason is thrown above.
    await sleep(backOffMs(retries, RETRY, Math.random()), undefined, { signal }).catch(() => undefined);
  }
}

/** Until its owner upgrades the tables, or this process gives way to one of their release. */
function isOfAnother(error: unknown): boolean {
  return ['store-older-than-code', 'store-newer-than-code'].includes(codeOf(error));
}

/**
 * Of the network, and SQLSTATE classes 08 (connection), 53 (no room for one more), 57P0x (shutting down, starting up).
 */
const AWAY =
  /^(ECONN\w+|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOST(UNREACH|DOWN)|ENET(UNREACH|DOWN)|EPIPE|ENOENT|08...|53...|57P0.)$/;
const BROKEN_OFF = /timeout|terminated|ended unexpectedly|not queryable/i;

/** Is the database away, or was it lost half-way? */
function isAway(error: unknown): boolean {
  if (error === undefined || error === null) return false;
  const inner = error instanceof AggregateError ? error.errors : [];
  if (AWAY.test(codeOf(error)) || inner.some(isAway)) return true;
  if (!(error instanceof Error)) return false;
  return codeOf(error) === '' && BROKEN_OFF.test(error.message) ? true : isAway(error.cause);
}
