/** Whatever a call to Genesys can end in, besides an answer. One kind per way to react. */

export type GenesysErrorKind =
  | 'badRequest'
  | 'unauthorized'
  | 'forbidden'
  | 'notFound'
  | 'noResource'
  | 'conflict'
  | 'rateLimited'
  | 'unavailable'
  | 'timeout'
  | 'network'
  | 'proxy'
  | 'badAnswer'
  | 'badClient';

export interface FieldError {
  readonly field: string;
  readonly code: string;
}

export interface GenesysErrorFields {
  readonly kind: GenesysErrorKind;
  /** What was asked: `PUT /api/v2/agentassist/actions/42`. */
  readonly asked: string;
  /** What came instead of an answer, one clause. */
  readonly came: string;
  readonly status?: number | undefined;
  /** The platform's own code, e.g. `missing.permissions`. */
  readonly code?: string | undefined;
  readonly correlationId?: string | undefined;
  readonly retryAfterMs?: number | undefined;
  readonly fieldErrors?: readonly FieldError[] | undefined;
  /** Names of the permissions or scopes that the client lacks. */
  readonly missing?: readonly string[] | undefined;
  /** False: it cannot have arrived. */
  readonly wasSent?: boolean;
}

/**
 * Carries no `cause`: the errors of the HTTP library hold the request with its Authorization header, and whatever
 * prints or serialises a cause would print the token.
 */
export class GenesysError extends Error {
  readonly kind: GenesysErrorKind;
  readonly status: number | undefined;
  readonly code: string | undefined;
  readonly correlationId: string | undefined;
  readonly retryAfterMs: number | undefined;
  readonly fieldErrors: readonly FieldError[];
  readonly missing: readonly string[];

  constructor(fields: GenesysErrorFields) {
    super(messageOf(fields));
    this.name = 'GenesysError';
    this.kind = fields.kind;
    this.status = fields.status;
    this.code = fields.code;
    this.correlationId = fields.correlationId;
    this.retryAfterMs = fields.retryAfterMs;
    this.fieldErrors = fields.fieldErrors ?? [];
    this.missing = fields.missing ?? [];
  }
}

export function isGenesysError(error: unknown, ...kinds: readonly GenesysErrorKind[]): error is GenesysError {
  return error instanceof GenesysError && (kinds.length === 0 || kinds.includes(error.kind));
}

/** For a deletion: what is gone already needs none. */
export async function unlessGone(deletion: Promise<unknown>): Promise<void> {
  try {
    await deletion;
  } catch (error) {
    if (!isGenesysError(error, 'notFound')) throw error;
  }
}

function messageOf(fields: GenesysErrorFields): string {
  const correlation = fields.correlationId === undefined ? '' : ` (correlation id ${fields.correlationId})`;
  return `${fields.asked}: ${fields.came}${correlation}. ${wayOut(fields)}`;
}

function wayOut(fields: GenesysErrorFields): string {
  switch (fields.kind) {
    case 'badRequest':
      return badRequestWayOut(fields.fieldErrors ?? []);
    case 'unauthorized':
      return 'A fresh token was refused too: check that the OAuth client is still active.';
    case 'forbidden':
      return forbiddenWayOut(fields.missing ?? []);
    case 'notFound':
      return 'It may have been deleted by hand: look it up by name, or start again.';
    case 'noResource':
      return (
        'This organisation has no such resource, and the published Genesys Cloud API has none: only some imitate it. ' +
        'Name a target in the plan that every organisation has: `assistPanel`, `copilotSuggestions` or `copilotQueues`.'
      );
    case 'conflict':
      return 'Something else holds this name or state: look it up, then choose another name or version.';
    case 'rateLimited':
      return rateLimitedWayOut(fields.retryAfterMs);
    case 'unavailable':
      return 'This usually passes: try again later.';
    case 'timeout':
    case 'network':
      if (fields.wasSent === false)
        return 'Nothing was sent: nobody answers at that address now. It is worth another try later.';
      return 'The request may or may not have arrived: try again, looking first at what is there.';
    case 'proxy':
      return 'Nothing was sent: check HTTPS_PROXY, HTTP_PROXY and NO_PROXY, and what the proxy lets through.';
    case 'badAnswer':
      return 'Check that the address is the one of the Genesys API, and that no proxy answers in its place.';
    case 'badClient':
      return (
        'Check GENESYS_CLIENT_ID, GENESYS_CLIENT_SECRET and the region: an unknown client is also the usual sign ' +
        'of the wrong region.'
      );
  }
}

function badRequestWayOut(fieldErrors: readonly FieldError[]): string {
  if (fieldErrors.length === 0) return 'The same request will be refused again: correct it.';
  return `Correct ${fieldErrors.map((error) => `${error.field} (${error.code})`).join(', ')}.`;
}

function forbiddenWayOut(missing: readonly string[]): string {
  if (missing.length === 0) return 'Give the OAuth client a role that may do this.';
  return `Give the OAuth client ${missing.join(', ')}; a change takes about 10 seconds to be seen everywhere.`;
}

function rateLimitedWayOut(retryAfterMs: number | undefined): string {
  if (retryAfterMs === undefined) return 'Wait before asking again.';
  return `Ask again in ${Math.ceil(retryAfterMs / 1000)} s.`;
}
