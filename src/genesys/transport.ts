/** The got instance that everything here asks through, and what a failure to get any answer means. */
import http from 'node:http';
import https from 'node:https';
import { got, RequestError, TimeoutError } from 'got';
import type { CancelableRequest, Got, Response } from 'got';
import { AnswerTooLarge, withMaxBytes } from '../http/max-bytes.ts';
import { GenesysError } from './errors.ts';

export interface Transport {
  readonly got: Got;
  /** Ends the connections that are kept for the next call. */
  close(): void;
}

/**
 * Never retries and never throws on a status: retrying is the caller's one decision, and a refusal is an answer to
 * read.
 */
export function createTransport(requestTimeoutMs: number): Transport {
  const agents = { http: new http.Agent({ keepAlive: true }), https: new https.Agent({ keepAlive: true }) };
  const once = got.extend({ retry: { limit: 0 }, throwHttpErrors: false, followRedirect: false });
  const timed = once.extend({ timeout: { request: requestTimeoutMs } });
  const kept = timed.extend({ agent: agents });
  const json = kept.extend({ headers: { accept: 'application/json' } });
  return {
    got: json,
    close: () => {
      agents.http.destroy();
      agents.https.destroy();
    },
  };
}

/** Plain http and ws are for an organisation that is itself asked in plain http: a sandbox, or one of this machine. */
export function schemesOf(apiUrl: string, secure: 'https' | 'wss'): RegExp {
  return new RegExp(apiUrl.startsWith('http:') ? `^${secure}?$` : `^${secure}$`);
}

/** After decompression: no answer of the platform comes near it. */
const MAX_BYTES = 16 * 1024 * 1024;

/** The answer, cut off when it grows beyond `MAX_BYTES`; every other failure as it is. */
export async function limitSize(
  asked: string,
  request: CancelableRequest<Response<string>>,
): Promise<Response<string>> {
  try {
    return await withMaxBytes(request, MAX_BYTES);
  } catch (error) {
    if (!(error instanceof AnswerTooLarge)) throw error;
    throw new GenesysError({ kind: 'badAnswer', asked, came: `an answer of ${error.message}` });
  }
}

/** Only the code of the failure is kept: got's error holds the request and with it the credentials. */
export function noAnswer(asked: string, error: unknown): GenesysError {
  if (error instanceof GenesysError) return error;
  if (error instanceof TimeoutError) {
    return new GenesysError({
      kind: 'timeout',
      asked,
      came: `no answer within ${error.options.timeout.request ?? '?'} ms`,
    });
  }
  const code = error instanceof RequestError ? error.code : 'unknown';
  return new GenesysError({ kind: 'network', asked, came: `the connection failed (${code})`, code });
}
