/** Refusals of the panel process as RFC 9457 problem documents, each with a stable code, listed in docs/panel.md. */

const PROBLEMS = {
  'panel-body-invalid': {
    status: 400,
    title: 'Body invalid',
    detail: 'docs/panel.md says what each address takes.',
  },
  'panel-body-too-large': {
    status: 413,
    title: 'Body too large',
    detail: 'Send fewer events in one call; a session takes 16 KiB, events take 64 KiB.',
  },
  'panel-token-refused': {
    status: 401,
    title: 'Agent not signed in',
    detail: 'The organisation does not know the access token, or it has run out. Sign in again.',
  },
  'panel-not-your-conversation': {
    status: 403,
    title: 'Not your conversation',
    detail: 'The organisation does not list this conversation among those that the agent has now.',
  },
  'panel-organisation-unavailable': {
    status: 503,
    title: 'Organisation unavailable',
    detail: 'The organisation could not be asked whose token this is. Try again after Retry-After seconds.',
  },
  'panel-session-missing': {
    status: 401,
    title: 'Session missing',
    detail: 'Expected Authorization: Bearer with what POST /panel/session answered.',
  },
  'panel-session-invalid': {
    status: 401,
    title: 'Session invalid',
    detail: 'No secret of this service signed it. Open a session with POST /panel/session.',
  },
  'panel-session-expired': {
    status: 401,
    title: 'Session expired',
    detail: 'Open another one with POST /panel/session.',
  },
  'panel-receipt-refused': {
    status: 403,
    title: 'Card not sent to this session',
    detail:
      'An event names a card together with the receipt that came with it, and both hold for the agent and the ' +
      'conversation that they were sent to.',
  },
  'panel-foreign-card': {
    status: 403,
    title: 'Card of somebody else',
    detail: 'The card is not of this agent and conversation. The event is not stored; others of the call are.',
  },
  'panel-painted-otherwise': {
    status: 409,
    title: 'Something else was painted',
    detail: 'The SHA-256 is not that of the card as it was sent. The event is not stored; others of the call are.',
  },
  'panel-too-many-sessions': {
    status: 429,
    title: 'Too many sessions',
    detail: 'This agent opened too many sessions within a minute. Try again after Retry-After seconds.',
  },
  'panel-too-many-streams': {
    status: 429,
    title: 'Too many streams',
    detail: 'This agent has too many pages open. Close some of them.',
  },
  'panel-too-many-events': {
    status: 429,
    title: 'Too many events',
    detail: 'This session sent too many events within a minute. Try again after Retry-After seconds.',
  },
  'panel-full': {
    status: 503,
    title: 'Panel full',
    detail: 'This process has as many open pages as it takes. Try again after Retry-After seconds.',
  },
  'panel-store-unavailable': {
    status: 503,
    title: 'Store unavailable',
    detail: 'The store cannot be asked now. Try again after Retry-After seconds.',
  },
  'panel-closing': {
    status: 503,
    title: 'Panel closing',
    detail: 'This process is about to end. Another one answers after Retry-After seconds.',
  },
  'panel-not-found': { status: 404, title: 'Not found', detail: 'docs/panel.md lists what this service answers.' },
  'panel-method-not-allowed': { status: 405, title: 'Method not allowed', detail: 'See the Allow header.' },
  'panel-internal': {
    status: 500,
    title: 'Internal error',
    detail: 'The request could not be handled. The log of the service says why.',
  },
} as const satisfies Readonly<
  Record<string, { readonly status: number; readonly title: string; readonly detail: string }>
>;

export type PanelProblemCode = keyof typeof PROBLEMS;

const RETRY_AFTER_SECONDS: Readonly<Record<number, string>> = { 429: '10', 503: '2' };

export class PanelRefusal extends Error {
  readonly code: PanelProblemCode;
  readonly status: number;
  /** Which part of the body, and what is wrong with it. */
  readonly field: string | undefined;

  constructor(code: PanelProblemCode, field?: string, options?: ErrorOptions) {
    super(PROBLEMS[code].title, options);
    this.name = 'PanelRefusal';
    this.code = code;
    this.status = PROBLEMS[code].status;
    this.field = field;
  }
}

export function problemResponse(
  { code, status, field }: PanelRefusal,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const { title, detail } = PROBLEMS[code];
  const body = {
    type: 'about:blank',
    title,
    status,
    code,
    detail: field === undefined ? detail : `${field}. ${detail}`,
  };
  const retryAfter = RETRY_AFTER_SECONDS[status];
  const retry: Record<string, string> = retryAfter === undefined ? {} : { 'retry-after': retryAfter };
  return Response.json(body, {
    status,
    headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store', ...retry, ...headers },
  });
}
