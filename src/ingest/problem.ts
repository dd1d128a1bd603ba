/** Refusals as RFC 9457 problem documents, each with a stable code, listed in docs/errors.md. */
import type { SignatureProblem } from '../webhooks/verify.ts';

export type IngestProblemCode =
  | SignatureProblem
  | 'body-too-large'
  | 'body-too-slow'
  | 'body-incomplete'
  | 'body-encoding-unsupported'
  | 'body-not-utf8'
  | 'body-not-json'
  | 'event-invalid'
  | 'event-out-of-scope'
  | 'time-ahead'
  | 'time-too-old'
  | 'overloaded'
  | 'store-unavailable'
  | 'not-found'
  | 'method-not-allowed'
  | 'internal'
  | 'bridge-refused'
  | 'bridge-event-invalid'
  | 'admin-refused'
  | 'admin-locked'
  | 'query-invalid'
  | 'dead-letter-unknown'
  | 'dead-letter-cut'
  | 'dead-letter-replayed';

export interface FieldProblem {
  /** Path in the body, e.g. `events.3.occurredAt`. */
  readonly field: string;
  readonly message: string;
}

const PROBLEMS: Readonly<
  Record<IngestProblemCode, { readonly status: number; readonly title: string; readonly detail: string }>
> = {
  'signature-missing': {
    status: 401,
    title: 'Signature missing',
    detail:
      'Send the headers webhook-id, webhook-timestamp and webhook-signature, or X-Hub-Signature-256 where a hub ' +
      'secret is configured.',
  },
  'signature-malformed': {
    status: 401,
    title: 'Signature malformed',
    detail:
      'Expected webhook-id of 1 to 256 letters, digits, - or _, and webhook-signature with 1 to 8 signatures of ' +
      'the form v1,<base64 of 32 bytes>, separated by a space; or X-Hub-Signature-256 of the form ' +
      'sha256=<base64 of 32 bytes>.',
  },
  'signature-mismatch': {
    status: 401,
    title: 'Signature does not match',
    detail:
      'No signature was made with a secret of this service over webhook-id.webhook-timestamp.body ' +
      '(X-Hub-Signature-256: over the body), the body as sent.',
  },
  'timestamp-malformed': {
    status: 401,
    title: 'Timestamp malformed',
    detail: 'Expected webhook-timestamp as whole seconds since 1970, at least ten digits and nothing else.',
  },
  'timestamp-out-of-tolerance': {
    status: 401,
    title: 'Timestamp out of tolerance',
    detail:
      'webhook-timestamp is too far from the time of this service. Sign each attempt anew, and check both clocks.',
  },
  'body-too-large': {
    status: 413,
    title: 'Body too large',
    detail: 'The body is larger than 1 MiB. Send fewer events in one push.',
  },
  'body-too-slow': {
    status: 408,
    title: 'Body too slow',
    detail:
      'The body was not whole after 5 seconds and did not go on at 64 KiB in each 5 seconds. Send the push again.',
  },
  'body-incomplete': { status: 400, title: 'Body incomplete', detail: 'The connection ended before the body did.' },
  'body-encoding-unsupported': {
    status: 415,
    title: 'Content encoding not supported',
    detail: 'Send the body without Content-Encoding.',
  },
  'body-not-utf8': {
    status: 400,
    title: 'Body is not UTF-8',
    detail: 'The body holds bytes that are not valid UTF-8.',
  },
  'body-not-json': { status: 400, title: 'Body is not JSON', detail: 'Expected one event, or {"events": [...]}.' },
  'event-invalid': {
    status: 400,
    title: 'Event invalid',
    detail: 'None of its events was stored; they are kept as dead letters.',
  },
  'event-out-of-scope': {
    status: 403,
    title: 'Event not permitted',
    detail:
      'The secret that signed the push is for custom metrics (agentassist.action.metric) alone. Nothing of the push ' +
      'was stored. Sign other events with a secret of EVENTS_SIGNING_SECRETS.',
  },
  'time-ahead': {
    status: 400,
    title: 'Time ahead of arrival',
    detail:
      'None of its events was stored; they are kept as dead letters. Set the clock that told the time, then ' +
      'replay them.',
  },
  'time-too-old': {
    status: 400,
    title: 'Time too long ago',
    detail: 'None of its events was stored; they are kept as dead letters. Set the clock that told the time.',
  },
  overloaded: {
    status: 503,
    title: 'Overloaded',
    detail: 'Too many events wait to be stored. Send the push again after Retry-After seconds.',
  },
  'store-unavailable': {
    status: 503,
    title: 'Store unavailable',
    detail: 'The events could not be stored now. Send the push again after Retry-After seconds.',
  },
  'not-found': { status: 404, title: 'Not found', detail: 'GET /openapi.json lists what this service answers.' },
  'method-not-allowed': { status: 405, title: 'Method not allowed', detail: 'See the Allow header.' },
  'bridge-refused': {
    status: 401,
    title: 'Not admitted',
    detail: 'Expected the header x-eventbridge-key with a secret of EVENTS_BRIDGE_SECRET.',
  },
  'bridge-event-invalid': {
    status: 400,
    title: 'No event of EventBridge',
    detail:
      'Expected one event as EventBridge has it, of the source aws.partner/genesys.com/cloud/…, without an input ' +
      'transformer. Nothing of it was kept.',
  },
  'admin-refused': {
    status: 401,
    title: 'Not admitted',
    detail:
      'Expected Authorization: Bearer with the admin token of this service: EVENTS_ADMIN_TOKEN as the service has it, or ' +
      'ASSIST_ROLLOUTS_HOME, the folder of a `dev` that made its own.',
  },
  'admin-locked': {
    status: 429,
    title: 'Too many wrong tokens',
    detail: 'Ten wrong admin tokens came within a minute. Try again when a minute has passed.',
  },
  'query-invalid': { status: 400, title: 'Query invalid', detail: 'GET /openapi.json says what each parameter takes.' },
  'dead-letter-unknown': {
    status: 404,
    title: 'No such dead letter',
    detail: 'GET /admin/dead-letters lists those that there are.',
  },
  'dead-letter-cut': {
    status: 409,
    title: 'Dead letter cut',
    detail: 'Not all of it was kept, so it cannot be replayed. Ask the sender for it.',
  },
  'dead-letter-replayed': {
    status: 409,
    title: 'Dead letter replayed already',
    detail: 'It was replayed before; what came of it stands in the dead letter.',
  },
  internal: {
    status: 500,
    title: 'Internal error',
    detail: 'The request could not be handled. The log of the service says why.',
  },
};

/** What a code is answered with. */
export function httpStatusOf(code: IngestProblemCode): number {
  return PROBLEMS[code].status;
}

const RETRY_AFTER_SECONDS: Readonly<Record<number, string>> = { 429: '60', 503: '1' };

export class IngestRefusal extends Error {
  readonly code: IngestProblemCode;
  readonly status: number;
  readonly fields: readonly FieldProblem[];
  /** What was expected, and the way out. */
  readonly remedy: string;

  constructor(code: IngestProblemCode, fields: readonly FieldProblem[] = [], options?: ErrorOptions) {
    super(PROBLEMS[code].title, options);
    this.name = 'IngestRefusal';
    this.code = code;
    this.status = PROBLEMS[code].status;
    this.fields = fields;
    const [first] = fields;
    this.remedy = first ? `${first.field}: ${first.message}. ${PROBLEMS[code].detail}` : PROBLEMS[code].detail;
  }
}

export function problemResponse(
  { code, fields, remedy }: IngestRefusal,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const { status, title } = PROBLEMS[code];
  const [first] = fields;
  const body = {
    type: 'about:blank',
    title,
    status,
    code,
    detail: remedy,
    ...(first ? { field: first.field, problems: fields } : {}),
  };
  const retryAfter = RETRY_AFTER_SECONDS[status];
  const retry: Record<string, string> = retryAfter === undefined ? {} : { 'retry-after': retryAfter };
  return Response.json(body, { status, headers: { 'content-type': 'application/problem+json', ...retry, ...headers } });
}
