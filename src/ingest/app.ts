/** The events service: verify, deduplicate, store, answer. No decisions are taken here. */
import type { Readable } from 'node:stream';
import { Hono } from 'hono';
import type { Database } from '../store/database.ts';
import { storeBatches } from '../store/events.ts';
import { keepCardTraces } from '../store/trace-links.ts';
import { count } from '../telemetry/measure.ts';
import { createBridge } from './intake/bridge.ts';
import { createAgentIds } from './intake/agent-ids.ts';
import { createAdminApp } from './admin/routes.ts';
import { createCounts, isRefusing } from './intake/counts.ts';
import type { IntakeCounts, IntakeState } from './intake/counts.ts';
import { createEventsAdmin } from './admin/events-admin.ts';
import { createMemoryBudget } from './intake/memory-budget.ts';
import { createGroupCommit } from './intake/group-commit.ts';
import { createHealth } from './health.ts';
import type { IngestLogger } from './logger.ts';
import { openapi } from './openapi.ts';
import { IngestRefusal, problemResponse } from './problem.ts';
import { createAuthenticator } from './authenticator.ts';
import type { AuthenticatorOptions } from './authenticator.ts';
import { MAX_HELD_BYTES, createReceiver, storeAgain } from './intake/receive.ts';

export interface IngestOptions extends AuthenticatorOptions {
  readonly db: Database;
  readonly logger?: IngestLogger;
  /** Event ids are unique within a source. */
  readonly source?: string;
  /** Events that wait to be stored; beyond it pushes are refused. */
  readonly maxWaiting?: number;
  /** Bytes of pushes in memory; beyond it what proves nothing makes room, and pushes are refused when nothing can. */
  readonly maxHeldBytes?: number;
  /** In each such time a body must go on. */
  readonly bodyMs?: number;
  /** Set: agent ids are stored, counted and forwarded as a keyed hash only. */
  readonly agentIdHashKey?: string | null;
  /** Opens /eventbridge; several while one is replaced. */
  readonly bridgeSecrets?: readonly string[];
  /** Opens /admin. */
  readonly adminToken?: string | null;
  /** Connections that were closed to let others in. */
  readonly cutConnections?: () => number;
}

/** What the server hands over with a request; nothing where it did not come over a socket. */
export interface Bindings {
  readonly incoming?: Readable;
  readonly proven?: () => void;
}

export interface IngestApp {
  readonly fetch: (request: Request, env?: Bindings) => Response | Promise<Response>;
  /** For a listener that only this machine reaches; null without a token. */
  readonly admin: ((request: Request) => Response | Promise<Response>) | null;
  /** Waits until every accepted push is stored. */
  readonly drain: () => Promise<void>;
}

/** Throws SigningSecretInvalid when a secret is malformed or there is none. */
export function createIngestApp(options: IngestOptions): IngestApp {
  const { db, logger, now, bodyMs, adminToken = null, bridgeSecrets = [] } = options;
  const source = options.source ?? 'genesys';
  const counts = createCounts();
  const agentIds = createAgentIds(options.agentIdHashKey ?? null);
  const budget = createMemoryBudget(options.maxHeldBytes ?? MAX_HELD_BYTES);
  const commits = createGroupCommit({
    // Before the cards are known: whoever judges them finds where they came from.
    store: async (batches) => {
      await keepCardTraces(db, batches);
      return storeBatches(db, batches);
    },
    ...(options.maxWaiting === undefined ? {} : { maxWaiting: options.maxWaiting }),
  });
  const receive = createReceiver({
    db,
    source,
    now,
    authenticate: createAuthenticator(options),
    commits,
    budget,
    counts,
    agentIds,
    logger,
    bodyMs,
  });
  const bridge =
    bridgeSecrets.length === 0 ? null : createBridge({ db, secrets: bridgeSecrets, budget, now, bodyMs, logger });
  const intake = (): IntakeState => ({
    ...counts,
    refusing: isRefusing(counts, now()),
    heldBytes: budget.bytes,
    heldPushes: budget.pushes,
    cut: budget.cut + (options.cutConnections?.() ?? 0),
  });
  const eventsAdmin = createEventsAdmin({
    db,
    now,
    store: (body, of) => storeAgain({ source, now, commits, counts, agentIds }, body, of),
  });
  const health = createHealth(db);
  const onError = (error: Error): Response => refuse(error, counts, { now, logger });

  const app = new Hono<{ Bindings: Bindings }>();
  app.post('/events', async ({ req, env }) => Response.json(await receive(req.raw, env)));
  if (bridge !== null) {
    app.post('/eventbridge', async ({ req, env }) => Response.json(await bridge.take(req.raw, env.incoming)));
    app.all('/eventbridge', () => problemResponse(new IngestRefusal('method-not-allowed'), { allow: 'POST' }));
  }
  app.get('/healthz', async () => {
    await health();
    const told = { status: 'ok', store: db.kind, intake: intake() };
    return Response.json(bridge === null ? told : { ...told, bridge: bridge.counts });
  });
  app.get('/openapi.json', () => Response.json(openapi));
  for (const [path, allow] of Object.entries(ALLOWED))
    app.all(path, () => problemResponse(new IngestRefusal('method-not-allowed'), { allow }));
  app.notFound(notFound);
  app.onError(onError);

  const more = (): object => ({ intake: intake() });
  const admin = adminToken === null ? null : createAdminApp({ admin: eventsAdmin, token: adminToken, more });
  admin?.notFound(notFound);
  admin?.onError(onError);
  return {
    fetch: (request, env) => app.fetch(request, env ?? {}),
    admin: admin && ((request) => admin.fetch(request)),
    drain: async () => {
      await Promise.all([commits.drain(), bridge?.close()]);
    },
  };
}

const ALLOWED = { '/events': 'POST', '/healthz': 'GET', '/openapi.json': 'GET' } as const;

function notFound(): Response {
  return problemResponse(new IngestRefusal('not-found'));
}

function refuse(
  error: Error,
  counts: IntakeCounts,
  { now, logger }: { readonly now: () => number; readonly logger: IngestLogger | undefined },
): Response {
  const refusal = error instanceof IngestRefusal ? error : new IngestRefusal('internal', [], { cause: error });
  const { code } = refusal;
  if (code === 'overloaded') counts.overloaded += 1;
  else if (code === 'store-unavailable') counts.unavailable += 1;
  else counts.refused += 1;
  const reason = code === 'overloaded' ? code : code === 'store-unavailable' ? 'store' : 'request';
  count('assist_rollouts_intake_requests_refused_total', 1, { reason });
  if (refusal.status === 503) counts.turnedAwayAt = new Date(now()).toISOString();
  if (refusal.cause === undefined) logger?.warn({ code: refusal.code, fields: refusal.fields }, 'request refused');
  else logger?.error({ code: refusal.code, err: refusal.cause }, 'request failed');
  return problemResponse(refusal, CLOSES.has(refusal.code) ? { connection: 'close' } : {});
}

/** What is left of these bodies is not worth reading. */
const CLOSES: ReadonlySet<string> = new Set(['body-too-slow', 'body-incomplete']);
