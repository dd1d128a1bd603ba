/** Access tokens by client credentials. They never leave memory, and never stand in an error or a log line. */
import { z } from 'zod';
import { createRedactor } from '../domain/text/redact.ts';
import { GenesysError, isGenesysError } from './errors.ts';
import { correlationIdOf, redactedAnswer, refusalOf, retryAfterMsOf, UNSAID_RETRY_AFTER_MS } from './refusal.ts';
import type { HttpAnswer } from './refusal.ts';
import { limitSize, noAnswer } from './transport.ts';
import type { Transport } from './transport.ts';

export interface TokenSource {
  /** A token that is good for a while yet. However many callers wait, one request is made. */
  get(): Promise<string>;
  /** Forgets this token if it is still the one in use; a newer one stays. */
  invalidate(token: string): void;
}

export interface OAuthOptions {
  readonly transport: Transport;
  readonly loginUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly now: () => number;
}

interface Held {
  readonly token: string;
  readonly renewAt: number;
}

export function createTokenSource(options: OAuthOptions): TokenSource {
  let held: Held | undefined;
  let inFlight: Promise<Held> | undefined;
  let throttled: { readonly error: GenesysError; readonly untilMs: number } | undefined;

  async function renew(): Promise<Held> {
    try {
      held = await requestToken(options);
      return held;
    } catch (error) {
      if (isGenesysError(error, 'rateLimited'))
        throttled = {
          error,
          untilMs: performance.now() + Math.min(error.retryAfterMs ?? UNSAID_RETRY_AFTER_MS, MAX_WAIT_MS),
        };
      throw error;
    } finally {
      inFlight = undefined;
    }
  }

  return {
    async get() {
      if (held !== undefined && options.now() < held.renewAt) return held.token;
      // Whoever asks again while it is throttled keeps it so.
      if (throttled !== undefined && performance.now() < throttled.untilMs) throw throttled.error;
      inFlight ??= renew();
      return (await inFlight).token;
    },
    invalidate(token) {
      if (held?.token === token) held = undefined;
    },
  };
}

const ASKED = 'POST /oauth/token';
/** What is urgent waits for a token: a throttled endpoint is left alone no longer. */
const MAX_WAIT_MS = 60_000;
const MAX_MARGIN_MS = 60_000;
const MAX_CODE_LENGTH = 100;

const tokenSchema = z.object({ access_token: z.string().min(1), expires_in: z.number().positive() });
const refusalSchema = z.object({
  error: z.string(),
  description: z.string().optional(),
  error_description: z.string().optional(),
});

async function requestToken(options: OAuthOptions): Promise<Held> {
  const askedAt = options.now();
  const answer = await ask(options);
  if (answer.status !== 200) throw tokenRefusal(redactedAnswer(answer, createRedactor([options.clientSecret])));
  const parsed = tokenSchema.safeParse(parseJson(answer.text));
  if (!parsed.success) throw badTokenAnswer(answer);
  return { token: parsed.data.access_token, renewAt: renewAt(askedAt, parsed.data.expires_in * 1000) };
}

/** 60 s before the end as the official Go SDK does, or a tenth of a short life. */
function renewAt(askedAt: number, lifetimeMs: number): number {
  return askedAt + lifetimeMs - Math.min(MAX_MARGIN_MS, lifetimeMs * 0.1);
}

async function ask(options: OAuthOptions): Promise<HttpAnswer> {
  try {
    const response = await limitSize(
      ASKED,
      options.transport.got.post(`${options.loginUrl.replace(/\/+$/, '')}/oauth/token`, {
        headers: {
          authorization: `Basic ${Buffer.from(`${options.clientId}:${options.clientSecret}`).toString('base64')}`,
        },
        form: { grant_type: 'client_credentials' },
      }),
    );
    return { status: response.statusCode, headers: response.headers, text: response.body };
  } catch (error) {
    throw noAnswer(ASKED, error);
  }
}

/** A bad client is reported as 400 or 401, and throttling as a 400 with this text: both are told apart by the body. */
function tokenRefusal(answer: HttpAnswer): GenesysError {
  if (answer.status === 429 || answer.status >= 500) return refusalOf(ASKED, answer);
  const body = refusalSchema.safeParse(parseJson(answer.text));
  if (!body.success) return refusalOf(ASKED, answer);
  const description = (body.data.error_description ?? body.data.description ?? '').slice(0, 200);
  const code = body.data.error.slice(0, MAX_CODE_LENGTH);
  return new GenesysError({
    kind: description.startsWith('rate limit exceeded') ? 'rateLimited' : 'badClient',
    asked: ASKED,
    came: `${answer.status} ${code}: ${description}`,
    status: answer.status,
    code,
    correlationId: correlationIdOf(answer),
    retryAfterMs: retryAfterMsOf(answer),
  });
}

function badTokenAnswer(answer: HttpAnswer): GenesysError {
  const came = 'an answer without access_token and expires_in';
  return new GenesysError({
    kind: 'badAnswer',
    asked: ASKED,
    came,
    status: answer.status,
    correlationId: correlationIdOf(answer),
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
