/** Reads that may be asked again: what passes by itself is waited for, all else is the caller's. */
import { backOffMs } from '../domain/shared/back-off.ts';
import { isGenesysError } from '../genesys/errors.ts';
import type { GenesysError } from '../genesys/errors.ts';

export interface Patience {
  readonly sleep: (ms: number) => Promise<void>;
  readonly signal?: AbortSignal | undefined;
}

const TRIES = 6;
const WAIT = { firstMs: 500, maxMs: 30_000 };

/** Rejects with the last error, or with the reason of the signal. */
export async function patiently<T>(read: () => Promise<T>, { sleep, signal }: Patience): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    signal?.throwIfAborted();
    try {
      return await read();
    } catch (error) {
      if (attempt >= TRIES - 1 || !isGenesysError(error, 'rateLimited', 'unavailable', 'timeout', 'network'))
        throw error;
      await sleep(waitOf(error, attempt));
    }
  }
}

function waitOf(error: GenesysError, attempt: number): number {
  return Math.max(error.retryAfterMs ?? 0, backOffMs(attempt, WAIT, 1));
}
