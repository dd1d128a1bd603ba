/** The api process as one function of a request: who calls, how often, what they ask, once, and what they are answered. */
import { Hono } from 'hono';
import type { Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { Configurator } from '../configurator.ts';
import { AssistError } from '../configurator/errors.ts';
import { createRateLimit } from '../http/rate.ts';
import type { Caller } from './caller.ts';
import { callerOf } from './caller.ts';
import type { CallersDeps } from './caller.ts';
import { createOnce } from './once.ts';
import type { Answer } from './once.ts';
import { presentable, problemResponse, refusal, statusOf } from './problem.ts';
import type { Reports } from './report.ts';
import { ROUTES } from './routes.ts';
import type { Route } from './routes.ts';

export interface ApiLogger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface ApiAppDeps extends CallersDeps {
  readonly engine: Configurator;
  /** Null: this process has no store. */
  readonly reports: Reports | null;
  readonly logger?: ApiLogger;
  /** Monotonic. */
  readonly clock: () => number;
}

/** A plan with its card, and waves of them. */
const MAX_BODY_BYTES = 4 * 1024 * 1024;
/** Of one person in a minute: somebody who watches three rollouts; a script that acts once a second. */
const READS_PER_MINUTE = 600;
const ACTS_PER_MINUTE = 60;
/** Reads it whole, where its length is not announced: only of somebody who is known. */
const limitBody = bodyLimit({
  maxSize: MAX_BODY_BYTES,
  onError: () => {
    throw refusal('api-body-too-large', `The body has more than ${MAX_BODY_BYTES} bytes.`, 'Send less.');
  },
});
const HEADERS: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

export function createApiApp(deps: ApiAppDeps): Hono {
  const app = new Hono();
  const serve = createServing(deps);
  app.use(async (c, next) => {
    await next();
    for (const [name, value] of Object.entries(HEADERS)) if (!c.res.headers.has(name)) c.header(name, value);
  });
  app.get('/health', (c) => c.json({ status: 'ok' }));
  app.get('/v1/issuers', async (c) => c.json({ issuers: await signInPlaces(deps) }));
  for (const route of ROUTES) app.on(route.method, route.path, (c) => serve(c, route));
  for (const [path, allow] of allowed())
    app.all(path, () =>
      problemResponse(refusal('api-method-not-allowed', `It takes ${allow}.`, 'docs/api.md lists them all.'), {
        allow,
      }),
    );
  app.notFound(() => problemResponse(refusal('api-not-found', 'Nothing is here.', 'docs/api.md lists what is.')));
  app.onError((error) => refuse(deps, error));
  return app;
}

function createServing(deps: ApiAppDeps): (c: Context, route: Route) => Promise<Response> {
  const once = createOnce(deps.clock);
  const rates = {
    GET: createRateLimit(READS_PER_MINUTE, deps.clock),
    POST: createRateLimit(ACTS_PER_MINUTE, deps.clock),
  };
  return async (c, route) => {
    const caller = await callerOf(deps, c.req.header('authorization'));
    if (!rates[route.method].take(caller.subject))
      throw refusal('api-too-many', 'Too many requests of this person within a minute.', 'Wait a little.');
    assertKnown(caller, route);
    const key = keyOf(c);
    const body = route.method === 'POST' ? await bodyOf(c) : undefined;
    const params = c.req.param() as Record<string, string>;
    const work = (): Promise<Answer> =>
      route.handle({
        caller,
        engine: deps.engine.actingFor(caller.signer),
        reports: deps.reports,
        params,
        query: c.req.query(),
        body,
        key,
      });
    const answer =
      route.method === 'GET' || key === null
        ? await work()
        : await once.of(JSON.stringify([caller.subject, key]), JSON.stringify([route.path, params, body]), work);
    if (route.method === 'POST') deps.logger?.info(told(caller, c), 'act taken');
    return responseOf(answer);
  };
}

function responseOf({ status, body, page }: Answer): Response {
  if (page === undefined) return Response.json(body, { status });
  const headers = { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': page.policy };
  return new Response(page.html, { status, headers });
}

/** Anybody may ask who they are; a stranger who can sign in leaves no trace in the engine. */
function assertKnown({ name, grants }: Caller, { path }: Route): void {
  if (path !== '/v1/me' && grants.length === 0)
    throw refusal(
      'api-not-allowed',
      `${name} has no role here.`,
      'An admin grants one in operators.yaml: to you, to a group of yours, or to all of your issuer.',
    );
}

function told({ name, subject }: Caller, c: Context): object {
  return { by: name, subject, path: c.req.path };
}

function keyOf(c: Context): string | null {
  const key = c.req.header('idempotency-key');
  if (key === undefined) return null;
  if (/^[\x21-\x7e]{1,255}$/.test(key)) return key;
  throw refusal('api-body-invalid', 'Idempotency-Key is no key.', 'Expected 1 to 255 visible ASCII characters.');
}

async function bodyOf(c: Context): Promise<unknown> {
  const type = c.req.header('content-type')?.split(';')[0]?.trim().toLowerCase();
  try {
    if (type === 'application/json') {
      await limitBody(c, () => Promise.resolve());
      return await c.req.json();
    }
  } catch (error) {
    if (error instanceof AssistError) throw error;
  }
  throw refusal('api-body-invalid', 'The body is no JSON.', 'Send content-type: application/json. Nothing was done.');
}

/** What `login` needs to know, and anybody may. */
async function signInPlaces({ operators }: ApiAppDeps): Promise<object[]> {
  const { issuers } = await operators.now();
  return issuers.flatMap(({ issuer, login }) => (login === undefined ? [] : [{ issuer, ...login }]));
}

function allowed(): ReadonlyMap<string, string> {
  const methods = new Map<string, string>([
    ['/health', 'GET'],
    ['/v1/issuers', 'GET'],
  ]);
  for (const { path, method } of ROUTES)
    methods.set(path, methods.has(path) ? `${methods.get(path)}, ${method}` : method);
  return methods;
}

function refuse({ logger }: ApiAppDeps, error: Error): Response {
  const shown = presentable(error);
  if (statusOf(shown) >= 500) logger?.error({ code: shown.code, err: error }, 'request failed');
  else logger?.warn({ code: shown.code, why: shown.message }, 'request refused');
  return problemResponse(shown);
}
