/** What the panel process answers: the page, sessions, streams and what pages tell. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { Hono } from 'hono';
import type { Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { z } from 'zod';
import type { createAdmission } from './admission.ts';
import type { PanelCounts } from './counts.ts';
import type { Hub } from './hub.ts';
import type { PanelLogger } from './logger.ts';
import { pageIdOf, parseBody, readPageEvents } from './page-events.ts';
import type { PageTold } from './page-events.ts';
import type { PageFile } from './page-files.ts';
import { PanelRefusal, problemResponse } from './problem.ts';
import { createRateLimit } from '../http/rate.ts';
import type { Session, Sessions } from './sessions.ts';
import { openStream } from './stream.ts';
import type { Stream } from './stream.ts';
import type { Visibility } from '../store/panel/sessions.ts';

export interface OpenPage {
  readonly pageId: string;
  readonly state: Visibility;
}

/** What is kept of an open page, and what it tells. Each may be called twice. */
export interface PageRecords {
  opened(session: Session, page: OpenPage): Promise<void>;
  closed(pageId: string): Promise<void>;
  /** Throws PanelRefusal for a card that is not of this agent, or one that was painted otherwise than it was sent. */
  tell(session: Session, told: PageTold): Promise<{ readonly stored: number; readonly duplicates: number }>;
}

export interface PanelAppDeps {
  readonly sessions: Sessions;
  readonly admit: ReturnType<typeof createAdmission>;
  readonly hub: Hub;
  readonly records: PageRecords;
  readonly files: ReadonlyMap<string, PageFile>;
  /** Of the page. */
  readonly policy: string;
  /** What GET /panel/config answers. */
  readonly pageConfig: object;
  readonly health: () => object;
  readonly counts: PanelCounts;
  readonly isClosing: () => boolean;
  readonly clock: () => number;
  readonly logger?: PanelLogger | undefined;
}

interface Bindings {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
}
type Env = { Bindings: Bindings };

const MAX_SESSION_BYTES = 16 * 1024;
const MAX_EVENTS_BYTES = 64 * 1024;
/** Of one session in a minute: some hundred cards, each painted and answered, and a page that is turned to and fro. */
const MAX_EVENTS_PER_MINUTE = 600;

const ALLOWED = {
  '/panel/session': 'POST',
  '/panel/events': 'POST',
  '/panel/stream': 'GET',
  '/panel/config': 'GET',
  '/health': 'GET',
} as const;

const sessionSchema = z.object({
  conversationId: z.string().min(1).max(128),
  accessToken: z.string().min(1).max(8_192),
});

export function createPanelApp(deps: PanelAppDeps): Hono<Env> {
  const app = new Hono<Env>();
  app.onError((error) => refuse(deps, error));
  app.notFound(() => refuse(deps, new PanelRefusal('panel-not-found')));
  for (const [path, file] of deps.files) app.get(path, (c) => serveFile(deps, c, file));
  app.get('/panel/config', (c) => c.json(deps.pageConfig, 200, { 'cache-control': 'no-store' }));
  app.post('/panel/session', limitBody(MAX_SESSION_BYTES), (c) => openSession(deps, c));
  app.get('/panel/stream', (c) => stream(deps, c));
  const perSession = createRateLimit(MAX_EVENTS_PER_MINUTE, deps.clock);
  app.post('/panel/events', limitBody(MAX_EVENTS_BYTES), async (c) => {
    const session = deps.sessions.verify(c.req.header('authorization'));
    const told = readPageEvents(await bodyOf(c), session, deps.sessions);
    const taken = told.cards.length + (told.state === null ? 0 : 1);
    if (!perSession.take(`${session.userId} ${session.conversationId}`, taken))
      throw new PanelRefusal('panel-too-many-events');
    const answer = await deps.records.tell(session, told);
    deps.counts.events += taken;
    return c.json(answer, 200, { 'cache-control': 'no-store' });
  });
  app.get('/health', (c) => c.json(deps.health(), 200, { 'cache-control': 'no-store' }));
  const files = [...deps.files.keys()].map((path): [string, string] => [path, 'GET']);
  for (const [path, allow] of [...Object.entries(ALLOWED), ...files])
    app.all(path, () => refuse(deps, new PanelRefusal('panel-method-not-allowed'), { allow }));
  return app;
}

function serveFile({ policy }: PanelAppDeps, c: Context<Env>, { body, etag, type }: PageFile): Response {
  const headers = {
    etag,
    'cache-control': 'no-cache',
    'content-security-policy': policy,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
  };
  if (c.req.header('if-none-match') === etag) return c.body(null, 304, headers);
  return c.body(new Uint8Array(body), 200, { ...headers, 'content-type': type });
}

async function openSession(deps: PanelAppDeps, c: Context<Env>): Promise<Response> {
  const { conversationId, accessToken } = parseBody(sessionSchema, await bodyOf(c));
  const userId = await deps.admit(accessToken, conversationId);
  deps.counts.sessions += 1;
  return c.json(deps.sessions.open(userId, conversationId), 200, { 'cache-control': 'no-store' });
}

const pageSchema = z.object({ page: z.uuid().optional(), state: z.enum(['visible', 'hidden']).default('hidden') });

/** Answers over the socket itself: of ten thousand that stay open each costs no more than that. */
async function stream(deps: PanelAppDeps, c: Context<Env>): Promise<Response> {
  const session = deps.sessions.verify(c.req.header('authorization'));
  const { page: pageId = pageIdOf(session), state } = parseBody(pageSchema, c.req.query());
  if (deps.isClosing()) throw new PanelRefusal('panel-closing');
  const giveBack = deps.hub.takePlace(session, pageId);
  try {
    await deps.records.opened(session, { pageId, state });
  } catch (error) {
    // What is kept of it from before goes, unless it comes again.
    closed(deps, pageId);
    throw error;
  } finally {
    giveBack();
  }
  const { outgoing } = c.env;
  // It may have gone away while its row was written.
  if (outgoing.destroyed || outgoing.socket?.destroyed !== false) closed(deps, pageId);
  else add(deps, outgoing, { session, pageId });
  return RESPONSE_ALREADY_SENT;
}

function add(deps: PanelAppDeps, outgoing: ServerResponse, page: Pick<Stream, 'session' | 'pageId'>): void {
  const opened = openStream(outgoing, page, {
    onClose: () => {
      deps.hub.remove(opened);
      closed(deps, page.pageId);
    },
    onDrain: () => deps.hub.look([page.session.conversationId]),
    onSlow: () => (deps.counts.slow += 1),
  });
  deps.hub.add(opened);
}

/** A page that comes back at once is the same page: what is kept of it stays. */
function closed({ hub, records, isClosing, logger }: PanelAppDeps, pageId: string): void {
  setTimeout(() => {
    // At the end of the process all its pages go with its row.
    if (isClosing() || hub.hasPage(pageId)) return;
    records.closed(pageId).catch((error: unknown) => logger?.warn({ err: error }, 'a closed page was not told'));
  }, COMES_BACK_MS).unref();
}

const COMES_BACK_MS = 2_000;

async function bodyOf(c: Context<Env>): Promise<unknown> {
  try {
    return await c.req.json();
  } catch {
    throw new PanelRefusal('panel-body-invalid', 'body: is not JSON');
  }
}

function limitBody(maxSize: number) {
  return bodyLimit({
    maxSize,
    onError: () => {
      throw new PanelRefusal('panel-body-too-large');
    },
  });
}

function refuse({ counts, logger }: PanelAppDeps, error: Error, headers: Record<string, string> = {}): Response {
  const refusal =
    error instanceof PanelRefusal ? error : new PanelRefusal('panel-internal', undefined, { cause: error });
  counts.refused[refusal.code] = (counts.refused[refusal.code] ?? 0) + 1;
  if (refusal.cause !== undefined) logger?.error({ code: refusal.code, err: refusal.cause }, 'request failed');
  // What is left of that body is not worth reading.
  const closes = refusal.code === 'panel-body-too-large' ? { connection: 'close' } : {};
  return problemResponse(refusal, { ...headers, ...closes });
}
