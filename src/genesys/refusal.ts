/** Turns an answer that refuses into a `GenesysError`. Shapes and codes: the public API's ErrorBody. */
import { z } from 'zod';
import type { Redact } from '../domain/text/redact.ts';
import { GenesysError } from './errors.ts';
import type { FieldError, GenesysErrorKind } from './errors.ts';

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly text: string;
}

/** Before anything is quoted: a quotation that ends amid a secret would hold the most of it. */
export function redactedAnswer({ status, headers, text }: HttpAnswer, redact: Redact): HttpAnswer {
  const cut = (value: string | readonly string[] | undefined) =>
    typeof value === 'string' ? redact(value) : value?.map(redact);
  return {
    status,
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, cut(value)])),
    text: redact(text),
  };
}

/** `absent`: what a 404 means where it is asked for something else than one document. */
export function refusalOf(asked: string, answer: HttpAnswer, absent?: GenesysErrorKind): GenesysError {
  const body = errorBodyOf(answer.text);
  return new GenesysError({
    kind: (answer.status === 404 ? absent : undefined) ?? kindOf(answer.status, body.code),
    asked,
    came: cameOf(answer.status, body),
    status: answer.status,
    code: body.code?.slice(0, MAX_WORD_LENGTH),
    correlationId: correlationIdOf(answer) ?? body.contextId?.slice(0, MAX_WORD_LENGTH),
    retryAfterMs: retryAfterMsOf(answer),
    fieldErrors: fieldErrorsOf(body),
    missing: answer.status === 403 ? missingOf(body.message ?? '', headerOf(answer, 'www-authenticate') ?? '') : [],
  });
}

export function correlationIdOf(answer: HttpAnswer): string | undefined {
  return (headerOf(answer, 'inin-correlation-id') ?? headerOf(answer, 'genesys-correlation-id'))?.slice(
    0,
    MAX_WORD_LENGTH,
  );
}

/**
 * Whole seconds on the platform; a longer wait than this is taken for a mistake, since it would shut out a roll back.
 */
export function retryAfterMsOf(answer: HttpAnswer): number | undefined {
  const seconds = Number.parseInt(headerOf(answer, 'retry-after') ?? '', 10);
  return Number.isFinite(seconds) ? Math.min(Math.max(0, seconds) * 1000, MAX_RETRY_AFTER_MS) : undefined;
}

/** What the official .NET and Java SDKs wait when a 429 does not say how long. */
export const UNSAID_RETRY_AFTER_MS = 3000;

const MAX_RETRY_AFTER_MS = 10 * 60_000;
const MAX_QUOTE_LENGTH = 300;
/** Of codes, names and ids, which are short where the platform writes them. */
const MAX_WORD_LENGTH = 200;
const MAX_FIELDS = 20;

const detailSchema = z.object({ errorCode: z.string().nullish(), fieldName: z.string().nullish() });
const errorBodySchema = z.object({
  message: z.string().nullish(),
  code: z.string().nullish(),
  contextId: z.string().nullish(),
  details: z.array(detailSchema).nullish(),
  errors: z.array(z.object({ details: z.array(detailSchema).nullish() })).nullish(),
});
type ErrorBody = z.infer<typeof errorBodySchema>;

/** A refusal that is not in the platform's shape (a proxy's page, for example) still has its status. */
function errorBodyOf(text: string): ErrorBody {
  try {
    return errorBodySchema.parse(JSON.parse(text));
  } catch {
    return {};
  }
}

function kindOf(status: number, code: string | null | undefined): GenesysErrorKind {
  if (status === 401) return code === 'ip.not.authorized' ? 'forbidden' : 'unauthorized';
  if (status === 403) return 'forbidden';
  if (status === 404 || status === 410) return 'notFound';
  if (status === 408) return 'timeout';
  if (status === 409 || status === 412) return 'conflict';
  if (status === 429) return 'rateLimited';
  // What an organisation does not implement it will not implement by being asked again.
  if (status === 501) return 'badRequest';
  if (status >= 500) return 'unavailable';
  return status >= 400 ? 'badRequest' : 'badAnswer';
}

function cameOf(status: number, body: ErrorBody): string {
  const words = [String(status), body.code?.slice(0, MAX_WORD_LENGTH), body.message?.slice(0, MAX_QUOTE_LENGTH)].filter(
    (word) => word != null && word !== '',
  );
  return words.join(' ').replace(/\.$/, '');
}

function fieldErrorsOf(body: ErrorBody): FieldError[] {
  const details = [...(body.details ?? []), ...(body.errors ?? []).flatMap((error) => error.details ?? [])];
  return details.slice(0, MAX_FIELDS).map((detail) => ({
    field: detail.fieldName?.slice(0, MAX_WORD_LENGTH) ?? 'body',
    code: detail.errorCode?.slice(0, MAX_WORD_LENGTH) ?? 'invalid',
  }));
}

/**
 * `... permission(s): [assistants:assistant:add]`, `... to use scope [a:b, c]`, `WWW-Authenticate: ... scope="a:b c"`.
 */
function missingOf(message: string, challenge: string): string[] {
  const listed = /\[([^\]]*)\]/.exec(message)?.[1]?.split(',') ?? message.match(/[\w-]+(?::[\w*-]+)+/g) ?? [];
  const challenged = /scope="([^"]*)"/.exec(challenge)?.[1]?.split(' ') ?? [];
  const names = [...listed, ...challenged]
    .map((name) => name.trim().slice(0, MAX_WORD_LENGTH))
    .filter((name) => name !== '');
  return [...new Set(names)].slice(0, MAX_FIELDS);
}

export function headerOf(answer: HttpAnswer, name: string): string | undefined {
  const value = answer.headers[name];
  return typeof value === 'string' ? value : value?.[0];
}
