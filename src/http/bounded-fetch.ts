/** `fetch` for libraries that take one: bounded in time and size, follows nobody, and goes through the proxy that is set. */
import type http from 'node:http';
import type https from 'node:https';
import got from 'got';
import type { Method } from 'got';
import { withMaxBytes } from './max-bytes.ts';

export interface BoundedFetchOptions {
  readonly timeoutMs: number;
  readonly maxBytes: number;
  /** Undefined: it goes out directly. */
  readonly agentFor: (url: URL) => http.Agent | undefined;
}

interface Asked {
  readonly method?: string | undefined;
  readonly headers?: ConstructorParameters<typeof Headers>[0] | undefined;
  readonly body?: unknown;
  readonly signal?: AbortSignal | null | undefined;
}

/** Rejects where no whole answer came; whatever its status is, an answer is one. */
export type BoundedFetch = (url: string, asked: Asked) => Promise<Response>;

export function createBoundedFetch({ timeoutMs, maxBytes, agentFor }: BoundedFetchOptions): BoundedFetch {
  return async (url, { method = 'GET', headers, body, signal }) => {
    const agent = agentFor(new URL(url));
    const request = got(url, {
      method: method as Method,
      headers: Object.fromEntries(new Headers(headers)),
      ...(body !== undefined && body !== null && { body: textOf(body) }),
      ...(signal && { signal }),
      ...(agent !== undefined && { agent: { http: agent, https: agent as https.Agent } }),
      followRedirect: false,
      throwHttpErrors: false,
      retry: { limit: 0 },
      timeout: { request: timeoutMs },
    });
    const { statusCode, body: text, headers: told } = await withMaxBytes(request, maxBytes);
    const type = told['content-type'];
    const empty = statusCode === 204 || statusCode === 304;
    return new Response(empty ? null : text, {
      status: statusCode,
      headers: { ...(type !== undefined && { 'content-type': type }) },
    });
  };
}

function textOf(body: unknown): string {
  if (typeof body === 'string') return body;
  if (body instanceof URLSearchParams) return body.toString();
  throw new TypeError('A body is text or a form.');
}
