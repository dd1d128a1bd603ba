/** Refusals of the api process as RFC 9457 problem documents. What a rollout refuses keeps its own code. */
import type { ApiProblemCode, AssistErrorCode } from '../configurator/errors.ts';
import { AssistError } from '../configurator/errors.ts';
import { ENGINE_KINDS } from '../configurator/http-status.ts';
import type { HttpKind } from '../configurator/http-status.ts';

const KINDS: Readonly<Partial<Record<AssistErrorCode, HttpKind>>> = {
  ...ENGINE_KINDS,
  'api-token-missing': { status: 401, title: 'Token missing' },
  'api-token-refused': { status: 401, title: 'Token refused' },
  'api-body-invalid': { status: 422, title: 'Request invalid' },
  'api-body-too-large': { status: 413, title: 'Body too large' },
  'api-key-reused': { status: 422, title: 'Idempotency key reused' },
  'api-too-many': { status: 429, title: 'Too many requests' },
  'api-issuer-unavailable': { status: 503, title: 'Identity provider unavailable' },
  'api-not-here': { status: 501, title: 'Not here' },
  'api-not-found': { status: 404, title: 'Not found' },
  'api-method-not-allowed': { status: 405, title: 'Method not allowed' },
  'calendar-unanswered': { status: 503, title: 'No worker answers' },
};
const INTERNAL: HttpKind = { status: 500, title: 'Internal error' };
const RETRY_AFTER_SECONDS: Readonly<Record<number, string>> = { 429: '10', 503: '5' };

/** What is wrong with this request, in one sentence, and the way out. */
export function refusal(code: ApiProblemCode | 'api-token-missing', message: string, remedy: string): AssistError {
  return new AssistError(code, message, remedy);
}

/** What callers may see of any error. */
export function presentable(error: unknown): AssistError {
  if (!(error instanceof AssistError) || KINDS[error.code] === undefined)
    return refusal('api-internal', 'The request could not be handled.', 'The log of the api process says why.');
  // Addresses of the installation are nobody's business here.
  return KINDS[error.code]?.title === 'Engine unreachable'
    ? new AssistError('temporal-unreachable', 'The api process cannot reach Temporal.', 'Try again in a moment.')
    : error;
}

export function statusOf({ code }: AssistError): number {
  return (KINDS[code] ?? INTERNAL).status;
}

export function problemResponse(error: AssistError, headers: Readonly<Record<string, string>> = {}): Response {
  const { code, message, remedy, details } = error;
  const { status, title } = KINDS[code] ?? INTERNAL;
  const body = { type: 'about:blank', title, status, code, detail: message, remedy, details };
  const retryAfter = RETRY_AFTER_SECONDS[status];
  return Response.json(body, {
    status,
    headers: {
      'content-type': 'application/problem+json',
      ...(status === 401 && { 'www-authenticate': challengeOf(code) }),
      ...(retryAfter !== undefined && { 'retry-after': retryAfter }),
      ...headers,
    },
  });
}

/** RFC 6750: without a token the challenge names no error. */
function challengeOf(code: AssistErrorCode): string {
  return code === 'api-token-missing' ? 'Bearer' : 'Bearer error="invalid_token"';
}
