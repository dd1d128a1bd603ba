/** One authorised call to the API: rate, token, refusal, parsing. Every resource is written on top of this. */
import type { Got } from 'got';
import type { z } from 'zod';
import { createRedactor } from '../domain/text/redact.ts';
import type { Redact } from '../domain/text/redact.ts';
import { count, observe } from '../telemetry/measure.ts';
import { failed, traced } from '../telemetry/spans.ts';
import { GenesysError } from './errors.ts';
import type { TokenSource } from './oauth.ts';
import { correlationIdOf, headerOf, redactedAnswer, refusalOf, UNSAID_RETRY_AFTER_MS } from './refusal.ts';
import type { HttpAnswer } from './refusal.ts';
import type { Urgency } from './token-bucket.ts';
import type { TokenBucket } from './token-bucket.ts';
import { limitSize, noAnswer } from './transport.ts';
import type { Transport } from './transport.ts';

interface Call<T> {
  /** None is repeated after a failure that leaves open whether it arrived: only the caller knows where to look first. */
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below `/api/v2/`, without a leading slash. */
  readonly path: string;
  /** A list is sent as one parameter for each of its values. */
  readonly query?: Readonly<Record<string, string | number | readonly string[]>>;
  readonly body?: object;
  /**
   * The `etag` of the answer that the body was made from: the write is refused (`conflict`) if another hand wrote
   * since.
   */
  readonly ifMatch?: string | undefined;
  readonly schema: z.ZodType<T>;
  /** What a 404 means; `noResource` where the path is that of a whole resource, and not of one document. */
  readonly absent?: 'noResource' | undefined;
  readonly urgency?: Urgency | undefined;
  /** Somebody else's token: the call is asked as they, once, and neither our token nor our rate has a part in it. */
  readonly bearer?: string;
  /** Secrets within the body: a refusal may repeat them, and then they are cut out. */
  readonly secrets?: readonly string[];
}

export interface Answered<T> {
  readonly value: T;
  readonly correlationId: string | null;
  /** When the answer was sent, by the clock of the platform; ms since the epoch, whole seconds. */
  readonly sentAt: number | null;
  /** What is left of the client's rate in this minute; null where the answer does not tell. */
  readonly quota: { readonly used: number; readonly allowed: number } | null;
  /** Which state of the document this is; absent where the organisation does not say. */
  readonly etag?: string;
}

export type Api = <T>(call: Call<T>) => Promise<Answered<T>>;

export interface GenesysLogger {
  debug(fields: object, message: string): void;
}

/** Asked before a write is sent; rejects when the work that it belongs to is not waited for any more. */
export type ConfirmCurrent = (urgency: Urgency) => Promise<void>;

export interface ApiOptions {
  readonly transport: Transport;
  readonly apiUrl: string;
  readonly tokens: TokenSource;
  /** Cuts the secrets of the OAuth client out of what is refused. */
  readonly redact: Redact;
  readonly bucket: TokenBucket;
  readonly now: () => number;
  readonly logger?: GenesysLogger | undefined;
  /** Aborted when the work that a call belongs to was given up: what has not been sent then is not sent. */
  readonly signal?: (() => AbortSignal | undefined) | undefined;
  readonly confirmCurrent?: ConfirmCurrent | undefined;
}

export function createApi(options: ApiOptions): Api {
  const got = options.transport.got.extend({ prefixUrl: `${options.apiUrl.replace(/\/+$/, '')}/api/v2` });
  return async (call) => {
    const sender = { ...options, got };
    const answer = await (call.bearer === undefined ? sendAuthorised(sender, call) : send(sender, call, call.bearer));
    if (answer.status < 200 || answer.status > 299) {
      const refusal = refusalOf(nameOf(call), answer, call.absent);
      if (refusal.kind === 'rateLimited' && call.bearer === undefined)
        options.bucket.closeFor(refusal.retryAfterMs ?? UNSAID_RETRY_AFTER_MS);
      throw refusal;
    }
    const etag = headerOf(answer, 'etag');
    return {
      value: parse(call, answer),
      correlationId: correlationIdOf(answer) ?? null,
      sentAt: sentAtOf(answer),
      quota: quotaOf(answer),
      ...(etag === undefined ? {} : { etag }),
    };
  };
}

interface Sender extends ApiOptions {
  /** Of the transport, below `/api/v2`. */
  readonly got: Got;
}

const WRITES: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH', 'DELETE'] satisfies Call<unknown>['method'][]);

/** A token may die before its time (revoked, a restarted server): then one fresh one is tried, once. */
async function sendAuthorised(sender: Sender, call: Call<unknown>): Promise<HttpAnswer> {
  const { tokens } = sender;
  const token = await tokens.get();
  const answer = await send(sender, call, token);
  if (answer.status !== 401) return answer;
  tokens.invalidate(token);
  return send(sender, call, await tokens.get());
}

async function send(sender: Sender, call: Call<unknown>, token: string): Promise<HttpAnswer> {
  const { bucket, now, logger } = sender;
  if (call.bearer === undefined) await bucket.take(nameOf(call), call.urgency ?? 'normal');
  if (WRITES.has(call.method)) await sender.confirmCurrent?.(call.urgency ?? 'normal');
  const signal = sender.signal?.();
  if (signal?.aborted === true) throw abandoned(nameOf(call));
  const startedAt = now();
  const answer = await measured(call, () => exchange(sender, call, token, signal));
  const { status } = answer;
  const said = { call: nameOf(call), status, ms: now() - startedAt, correlationId: correlationIdOf(answer) };
  logger?.debug(said, 'genesys call');
  return answer;
}

/** Its path is told without the ids in it. */
function measured(call: Call<unknown>, work: () => Promise<HttpAnswer>): Promise<HttpAnswer> {
  const { method } = call;
  const template = call.path.replaceAll(/[^/]*\d[^/]*/g, '{id}');
  const attributes = { 'http.request.method': method, 'url.template': `/api/v2/${template}` };
  return traced(`${method} /api/v2/${template}`, { kind: 'client', attributes }, async (span) => {
    const startedAt = performance.now();
    let status = 'none';
    try {
      const answer = await work();
      status = String(answer.status);
      span?.setAttribute('http.response.status_code', answer.status);
      if (span !== null && answer.status >= 400) failed(span, status);
      return answer;
    } finally {
      count('assist_rollouts_genesys_requests_total', 1, { method, status });
      const seconds = (performance.now() - startedAt) / 1000;
      observe('assist_rollouts_genesys_request_duration_seconds', seconds);
    }
  });
}

async function exchange(
  { got, redact }: Sender,
  call: Call<unknown>,
  token: string,
  signal: AbortSignal | undefined,
): Promise<HttpAnswer> {
  try {
    const response = await limitSize(
      nameOf(call),
      got(call.path, {
        method: call.method,
        ...(signal === undefined ? {} : { signal }),
        headers: {
          authorization: `Bearer ${token}`,
          ...(call.ifMatch === undefined ? {} : { 'if-match': call.ifMatch }),
        },
        ...(call.query === undefined ? {} : { searchParams: searchOf(call.query) }),
        ...(call.body === undefined ? {} : { json: call.body }),
      }),
    );
    const answer = { status: response.statusCode, headers: response.headers, text: response.body };
    return response.ok
      ? answer
      : redactedAnswer(redactedAnswer(answer, redact), createRedactor([token, ...(call.secrets ?? [])]));
  } catch (error) {
    throw signal?.aborted === true ? abandoned(nameOf(call)) : noAnswer(nameOf(call), error);
  }
}

function nameOf(call: Call<unknown>): string {
  return `${call.method} /api/v2/${call.path}`;
}

function sentAtOf(answer: HttpAnswer): number | null {
  const sentAt = Date.parse(headerOf(answer, 'date') ?? '');
  return Number.isNaN(sentAt) ? null : sentAt;
}

function quotaOf(answer: HttpAnswer): Answered<unknown>['quota'] {
  const [used = NaN, allowed = NaN] = ['count', 'allowed'].map((name) =>
    Number.parseInt(headerOf(answer, `inin-ratelimit-${name}`) ?? '', 10),
  );
  return Number.isFinite(used) && Number.isFinite(allowed) ? { used, allowed } : null;
}

function searchOf(query: NonNullable<Call<unknown>['query']>): URLSearchParams {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query))
    for (const one of typeof value === 'object' ? value : [String(value)]) parameters.append(name, one);
  return parameters;
}

function parse<T>(call: Call<T>, answer: HttpAnswer): T {
  const parsed = call.schema.safeParse(bodyOf(call, answer));
  if (parsed.success) return parsed.data;
  const places = parsed.error.issues.slice(0, 5).map((issue) => `${issue.path.join('.') || 'body'} (${issue.code})`);
  throw badAnswer(call, answer, `an answer of another shape than expected at ${places.join(', ')}`);
}

/** Nothing at all (204, or an empty 200) is `undefined`. */
function bodyOf(call: Call<unknown>, answer: HttpAnswer): unknown {
  if (answer.text === '') return undefined;
  try {
    return JSON.parse(answer.text);
  } catch {
    throw badAnswer(call, answer, `an answer of ${answer.text.length} characters that is not JSON`);
  }
}

function badAnswer(call: Call<unknown>, answer: HttpAnswer, came: string): GenesysError {
  return new GenesysError({
    kind: 'badAnswer',
    asked: nameOf(call),
    came,
    status: answer.status,
    correlationId: correlationIdOf(answer),
  });
}

function abandoned(asked: string): GenesysError {
  return new GenesysError({ kind: 'network', asked, came: 'the call was given up', code: 'abandoned' });
}
