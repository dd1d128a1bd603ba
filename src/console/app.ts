/** The console as one function of a request: under which name, who looks, how often, and what they are shown. */
import { Hono } from 'hono';
import type { Context, Next } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { createRateLimit } from '../http/rate.ts';
import { addActs } from './act-routes.ts';
import { addCodec } from './codec-routes.ts';
import { cookiesOf } from './cookies.ts';
import { addressOf, STRANGERS_PER_MINUTE } from './parts.ts';
import type { ConsoleAppDeps, Parts } from './parts.ts';
import type { Viewer } from './viewer.ts';
import { addPages } from './page-routes.ts';
import { addDoctor } from './doctor-routes.ts';
import { addPlans } from './plan-routes.ts';
import { addRecords } from './record-routes.ts';
import { presentable, refusal, statusOf } from './refusal.ts';
import { problemPage } from './views/problem.ts';
import { addSessions } from './session-routes.ts';
import { goOn, ownPath } from './sign-in.ts';
import { createStreams } from './stream.ts';

export interface ConsoleApp {
  readonly fetch: Hono['fetch'];
  readonly request: Hono['request'];
  /** Streams end; pages are served on. */
  close(): void;
}

/** A plan with its card, as a form. */
const MAX_BODY_BYTES = 3 * 1024 * 1024;
/** A delegation, and where to go on: all that somebody may send whom nobody knows yet. */
const MAX_SIGN_IN_BYTES = 16 * 1024;
/** Of one person in a minute, as at the api process. */
const READS_PER_MINUTE = 600;
const ACTS_PER_MINUTE = 60;

const HEADERS: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; " +
    "frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  // None to others; without any, browsers send the forms of our own pages with `Origin: null`.
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
};

export function createConsoleApp(deps: ConsoleAppDeps): ConsoleApp {
  const app = new Hono();
  const parts = partsOf(deps);
  app.use(async (c, next) => {
    await next();
    for (const [name, value] of Object.entries(HEADERS)) if (!c.res.headers.has(name)) c.header(name, value);
  });
  addCodec(app, parts);
  app.use(async (c, next) => guard(parts, c, next));
  app.post('/sign-in/key', bodyLimit({ maxSize: MAX_SIGN_IN_BYTES, onError: tooLarge }));
  // It holds what is sent: of nobody who has not signed in.
  app.post('*', async (c, next) => {
    if (c.req.path !== '/sign-in/key') await parts.assertSignedIn(c);
    await next();
  });
  app.use(bodyLimit({ maxSize: MAX_BODY_BYTES, onError: tooLarge }));
  app.get('/health', (c) => c.json({ status: 'ok', streams: parts.streams.size }));
  addSessions(app, parts);
  addPages(app, parts);
  addActs(app, parts);
  addPlans(app, parts);
  addDoctor(app, parts);
  addRecords(app, parts);
  app.notFound((c) =>
    show(parts, c, refusal('console-not-found', 'There is no such page.', 'Go to the list of rollouts.')),
  );
  app.onError((error, c) => show(parts, c, error));
  return {
    fetch: app.fetch,
    request: app.request,
    close: () => parts.streams.close(),
  };
}

async function guard(parts: Parts, c: Context, next: Next): Promise<Response | void> {
  const { origins, cookies, signIn } = parts;
  origins.assertHost(c.req.header('host'));
  if (c.req.method === 'POST')
    origins.assertSamePage({ origin: c.req.header('origin'), site: c.req.header('sec-fetch-site') });
  else if (c.req.method !== 'GET' && c.req.method !== 'HEAD')
    throw refusal('console-method', `Nothing takes ${c.req.method} here.`, 'Pages are read, and forms are sent.');
  if (signIn !== null && cameFromElsewhere(c) && cookies.get(c, 'session') === undefined)
    return c.html(goOn(hereOf(c)));
  return next();
}

function tooLarge(c: Context): never {
  const most = c.req.path === '/sign-in/key' ? MAX_SIGN_IN_BYTES : MAX_BODY_BYTES;
  throw refusal('console-too-large', `The form has more than ${most} bytes.`, 'Send less. Nothing was done.');
}

function partsOf(deps: ConsoleAppDeps): Parts {
  const { viewers, origins, clock } = deps;
  const cookies = cookiesOf(origins);
  const reads = createRateLimit(READS_PER_MINUTE, clock);
  const acts = createRateLimit(ACTS_PER_MINUTE, clock);
  const strangers = createRateLimit(STRANGERS_PER_MINUTE, clock);
  const find = async (c: Context): Promise<Viewer> => {
    const address = addressOf(c);
    const viewer = await viewers.of(cookies.get(c, 'session'), address);
    const counted = viewer?.name ?? null;
    if (!(counted === null ? strangers.take(address) : reads.take(viewer?.countedAs ?? '')))
      throw refusal('console-too-many', 'Too many requests within a minute.', 'Wait a little.');
    if (viewer !== null) return viewer;
    throw refusal('console-sign-in', 'Whoever looks here signs in first.', 'Sign in.');
  };
  return {
    ...deps,
    cookies,
    streams: createStreams(clock),
    viewerOf: find,
    async assertSignedIn(c) {
      const address = addressOf(c);
      const viewer = await viewers.of(cookies.get(c, 'session'), address);
      if (viewer !== null && viewer.name !== null) return;
      if (!strangers.take(address))
        throw refusal('console-too-many', 'Too many requests within a minute.', 'Wait a little.');
      throw refusal('console-sign-in', 'Whoever acts signs in first.', 'Sign in, and act again. Nothing was done.');
    },
    async actorOf(c, token, what = 'act') {
      const viewer = await find(c);
      const { name, engine, formToken } = viewer;
      if (name === null || engine === null)
        throw refusal('console-sign-in', 'Whoever acts signs in first.', 'Sign in, and act again. Nothing was done.');
      if (formToken === '' || token !== formToken)
        throw refusal(
          'console-foreign',
          'The form is not from a page that you were shown.',
          'Open the page again, and act from there. Nothing was done.',
        );
      if (what === 'act' && !acts.take(viewer.countedAs))
        throw refusal('console-too-many', 'Too many acts within a minute.', 'Wait a little. Nothing was done.');
      return { ...viewer, name, engine };
    },
  };
}

/** One clear sentence, as a page, or as what scripts and the command line read. */
async function show(parts: Parts, c: Context, error: Error): Promise<Response> {
  const shown = presentable(error);
  const status = statusOf(shown);
  if (status >= 500) parts.logger?.error({ code: shown.code, err: error }, 'request failed');
  else parts.logger?.warn({ code: shown.code, why: shown.message }, 'request refused');
  const { code, message, remedy } = shown;
  if (!(c.req.header('accept') ?? '').includes('text/html'))
    return c.json({ code, detail: message, remedy }, status as 400, status === 503 ? { 'retry-after': '5' } : {});
  const viewer = await parts.viewers.of(parts.cookies.get(c, 'session'), addressOf(c)).catch(() => null);
  return c.html(await problemPage({ code, message, remedy }, viewer, parts, hereOf(c)), status as 400);
}

/** A link from a message: the session's cookie does not travel with that, but with the next step, which is our own. */
function cameFromElsewhere(c: Context): boolean {
  const site = c.req.header('sec-fetch-site');
  if (c.req.method !== 'GET' || c.req.path.startsWith('/sign-in')) return false;
  return (site === 'cross-site' || site === 'same-site') && c.req.header('sec-fetch-mode') === 'navigate';
}

/** Of this page, or of the one whose form was sent, for coming back to it. */
function hereOf(c: Context): string {
  const { pathname, search } = new URL(c.req.url);
  if (c.req.method === 'GET') return ownPath(`${pathname}${search}`);
  return ownPath(/^\/rollouts\/[^/]+(?=\/acts\/)|^\/plan(?=\/)/.exec(pathname)?.[0] ?? '/');
}
