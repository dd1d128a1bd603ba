/** The got instance that everything here asks through, and what a failure to get any answer means. */
import http from 'node:http';
import https from 'node:https';
import { got, RequestError, TimeoutError } from 'got';
import type { CancelableRequest, Got, Response } from 'got';
import { AnswerTooLarge, withMaxBytes } from '../http/max-bytes.ts';
import { GenesysError } from './errors.ts';
import { ProxyFailure, createProxies } from './proxy.ts';
import type { ProxySettings } from './proxy.ts';

export interface Transport {
  readonly got: Got;
  /** Of a connection that is not made by `got`; undefined: it goes out directly. */
  agentFor(url: string): http.Agent | undefined;
  /** Ends the connections that are kept for the next call. */
  close(): void;
}

/**
 * Never retries and never throws on a status: retrying is the caller's one decision, and a refusal is an answer to
 * read.
 */
export function createTransport(requestTimeoutMs: number, proxy?: ProxySettings | null): Transport {
  const proxies = createProxies(proxy ?? NO_PROXIES, requestTimeoutMs);
  const agents = { http: new http.Agent({ keepAlive: true }), https: new https.Agent({ keepAlive: true }) };
  const once = got.extend({ retry: { limit: 0 }, throwHttpErrors: false, followRedirect: false });
  const timed = once.extend({ timeout: { request: requestTimeoutMs } });
  const kept = timed.extend({ agent: agents });
  const json = kept.extend({
    headers: { accept: 'application/json' },
    hooks: {
      beforeRequest: [
        (options) => {
          const agent = proxies.agentFor(options.url as URL);
          if (agent !== undefined) options.agent = { http: agent, https: agent as https.Agent };
        },
      ],
    },
  });
  return {
    got: json,
    agentFor: (url) => proxies.agentFor(new URL(url)),
    close: () => {
      proxies.close();
      agents.http.destroy();
      agents.https.destroy();
    },
  };
}

const NO_PROXIES: ProxySettings = { https: null, http: null, except: [] };

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

/** No connection came about. */
const UNSENT: readonly string[] = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'];

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
  const failed = error instanceof Error && error.cause instanceof ProxyFailure ? error.cause : error;
  if (failed instanceof ProxyFailure) return new GenesysError({ kind: 'proxy', asked, came: failed.message });
  const code = error instanceof RequestError ? error.code : 'unknown';
  const wasSent = !UNSENT.includes(code);
  return new GenesysError({ kind: 'network', asked, came: `the connection failed (${code})`, code, wasSent });
}
