/**
 * One POST: what the destination said, or that it said nothing. Redirects are not followed: the signature is for this
 * URL.
 */

export type Answer =
  | { readonly kind: 'delivered' }
  /** The message itself is not acceptable. */
  | ({ readonly kind: 'refused'; readonly code: string; readonly reason: string } & Partly)
  /** The destination is gone for good. */
  | { readonly kind: 'gone'; readonly code: string; readonly reason: string }
  /** The destination cannot, now. */
  | ({
      readonly kind: 'failed';
      readonly code: string;
      readonly reason: string;
      readonly retryAfterMs: number | null;
    } & Partly);

interface Partly {
  /** Some of its receivers have it, by their marks: the destination takes messages, and only the others are tried again. */
  readonly taken?: readonly string[];
}

export interface PostRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly timeoutMs: number;
  readonly now: () => number;
  readonly signal: AbortSignal;
}

/** Never rejects. */
export async function post({ url, headers, body, timeoutMs, now, signal }: PostRequest): Promise<Answer> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers,
      body,
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    });
    await drain(response);
    return answerOf(response.status, retryAfterMs(response.headers.get('retry-after'), now()));
  } catch (error) {
    const timedOut = error instanceof Error && error.name === 'TimeoutError';
    return failed(
      timedOut ? 'timeout' : 'network',
      timedOut ? `no answer within ${timeoutMs} ms` : `the connection failed${causeOf(error)}`,
      null,
    );
  }
}

function answerOf(status: number, retryAfterMs: number | null): Answer {
  if (status >= 200 && status < 300) return { kind: 'delivered' };
  const [code, reason] = [`http-${status}`, `it answered ${status}`];
  if (status === 410) return { kind: 'gone', code, reason };
  if (status === 400 || status === 413 || status === 422) return { kind: 'refused', code, reason };
  return failed(
    code,
    status >= 300 && status < 400 ? `it answered ${status}, and redirects are not followed` : reason,
    retryAfterMs,
  );
}

function failed(code: string, reason: string, retryAfterMs: number | null): Answer {
  return { kind: 'failed', code, reason, retryAfterMs };
}

const MAX_READ = 16 * 1024;

/** A short answer is read so that the connection can be used again; the rest of a long one is not wanted. */
async function drain({ body }: Response): Promise<void> {
  if (body === null) return;
  const reader = body.getReader();
  for (let bytes = 0; bytes <= MAX_READ;) {
    const { done, value } = await reader.read();
    if (done) return;
    bytes += value.byteLength;
  }
  await reader.cancel();
}

/** A destination cannot stop us for longer at a time. */
export const MAX_RETRY_AFTER_MS = 60 * 60_000;

/** Seconds, or a date. */
function retryAfterMs(header: string | null, nowMs: number): number | null {
  if (header === null) return null;
  const ms = /^\d{1,9}$/.test(header) ? Number(header) * 1000 : Date.parse(header) - nowMs;
  return Number.isFinite(ms) ? Math.min(Math.max(ms, 0), MAX_RETRY_AFTER_MS) : null;
}

/** The code only: messages of the system may hold addresses. */
function causeOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return typeof cause === 'object' && cause !== null && 'code' in cause ? ` (${String(cause.code)})` : '';
}
