/**
 * One POST to a hook: what it said, or why it said nothing. Follows nobody, reads little, waits briefly, and connects
 * only to an address that was looked at: what a name stands for can change between two looks.
 */
import { lookup } from 'node:dns';
import type { LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import got, { RequestError, TimeoutError } from 'got';
import { AnswerTooLarge, withMaxBytes } from '../http/max-bytes.ts';
import { isPublicAddress } from './addresses.ts';

export interface HookCall {
  readonly url: URL;
  readonly anyAddress: boolean;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export type Heard =
  | { readonly status: number; readonly text: string; readonly retryAfter: string | null }
  | { readonly trouble: string };

/** A decision and its reason, and much besides. */
const MAX_BYTES = 64 * 1024;

/** Rejects only when the signal says so. */
export async function callHook({ url, anyAddress, headers, body, timeoutMs, signal }: HookCall): Promise<Heard> {
  const request = got.post(url, {
    headers: {
      ...headers,
      'content-type': 'application/json',
      accept: 'application/json',
      'accept-encoding': 'identity',
    },
    body,
    decompress: false,
    followRedirect: false,
    throwHttpErrors: false,
    retry: { limit: 0 },
    timeout: { request: timeoutMs },
    signal,
    ...(anyAddress ? {} : { dnsLookup: lookupPublic }),
  });
  try {
    const { statusCode, body: text, headers: told } = await withMaxBytes(request, MAX_BYTES);
    return { status: statusCode, text, retryAfter: told['retry-after'] ?? null };
  } catch (error) {
    signal.throwIfAborted();
    return { trouble: troubleOf(error, timeoutMs) };
  }
}

class NotPublic extends Error {
  override readonly name = 'NotPublic';
}

/** As dns.lookup, and refuses a name of which any address is not public. */
const lookupPublic: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, found: LookupAddress[]) => {
    const hidden = error === null && found.some(({ address }) => !isPublicAddress(address));
    const failure = hidden ? new NotPublic('it stands for an address that is not public') : error;
    if (failure !== null) return callback(failure, '');
    const [first] = found;
    if (options.all === true) return callback(null, found);
    return callback(null, first?.address ?? '', first?.family);
  });
};

/** In words of ours: messages of the system may hold addresses. */
function troubleOf(error: unknown, timeoutMs: number): string {
  if (error instanceof AnswerTooLarge) return 'its answer is far too large';
  if (error instanceof TimeoutError) return `no answer within ${timeoutMs} ms`;
  const cause = error instanceof RequestError ? (error.cause ?? error) : error;
  if (cause instanceof NotPublic) return cause.message;
  const code = error instanceof RequestError ? error.code : undefined;
  return `the connection failed${code === undefined ? '' : ` (${code})`}`;
}
