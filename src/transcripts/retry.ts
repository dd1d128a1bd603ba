/** Reads that may be asked again: what passes by itself is waited for, all else is the caller's. */
import { backOffMs } from '../domain/shared/back-off.ts';
import { isGenesysError } from '../genesys/errors.ts';

export interface Waiting {
  readonly sleep: (ms: number) => Promise<void>;
  readonly signal?: AbortSignal | undefined;
}

const MAX_TRIES = 6;
const WAIT = { firstMs: 500, maxMs: 30_000 };

/** Will the same be answered otherwise after a while? */
export function isPassing(error: unknown): boolean {
  return isGenesysError(error, 'rateLimited', 'unavailable', 'timeout', 'network');
}

/** Rejects with the last error, or with the reason of the signal. */
export async function retry<T>(read: () => Promise<T>, { sleep, signal }: Waiting): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    signal?.throwIfAborted();
    try {
      return await read();
    } catch (error) {
      if (attempt >= MAX_TRIES - 1 || !isPassing(error)) throw error;
      const askedMs = isGenesysError(error) ? (error.retryAfterMs ?? 0) : 0;
      await sleep(Math.max(askedMs, backOffMs(attempt, WAIT, 1)));
    }
  }
}
