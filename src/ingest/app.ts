/** The events service: verify, deduplicate, store, answer. No decisions are taken here. */
import { Hono } from 'hono';
import type { Database } from '../store/database.ts';
import { storeBatches } from '../store/events.ts';
import { createAgentIds } from './agent-ids.ts';
import { createAdminRoutes } from './admin.ts';
import type { Bindings } from './admin.ts';
import { createDesk } from './desk.ts';
import { createGate } from './gate.ts';
import { createGroupCommit } from './group-commit.ts';
import type { IngestLogger } from './logger.ts';
import { openapi } from './openapi.ts';
import { IngestRefusal, problemResponse } from './problem.ts';
import { createProver } from './proof.ts';
import type { ProofOptions } from './proof.ts';
import { MOST_HELD_BYTES, createReceiver, freshCounts, storePush, storeRefusal } from './receive.ts';
import type { IntakeCounts } from './receive.ts';

export interface IngestOptions extends ProofOptions {
  readonly db: Database;
  readonly logger?: IngestLogger;
  /** Event ids are unique within a source. */
  readonly source?: string;
  /** Events that wait to be stored; beyond it pushes are refused. */
  readonly mostWaiting?: number;
  /** Bytes of pushes in memory; beyond it pushes are refused. */
  readonly mostHeldBytes?: number;
  /** Set: agent ids are stored, counted and forwarded as a keyed hash only. */
  readonly agentIdHashKey?: string | null;
  /** Opens /admin to this machine. */
  readonly adminToken?: string | null;
  /** What the forwarder of this process says of itself, if it has one. */
  readonly forwarder?: () => object;
}

export interface IngestApp {
  readonly fetch: (request: Request, env?: Bindings) => Response | Promise<Response>;
  /** Waits until every accepted push is stored. */
  readonly drain: () => Promise<void>;
}

/** Throws SigningSecretInvalid when a secret is malformed or there is none. */
export function createIngestApp(options: IngestOptions): IngestApp {
  const { db, logger, now } = options;
  const source = options.source ?? 'genesys';
  const counts = freshCounts();
  const agentIds = createAgentIds(options.agentIdHashKey ?? null);
  const gate = createGate(options.mostHeldBytes ?? MOST_HELD_BYTES);
  const commits = createGroupCommit({
    store: (batches) => storeBatches(db, batches),
    ...(options.mostWaiting === undefined ? {} : { mostWaiting: options.mostWaiting }),
  });
  const receive = createReceiver({ db, source, now, prove: createProver(options), commits, gate, counts, agentIds, logger });
  const intake = () => ({ ...counts, heldBytes: gate.bytes, heldPushes: gate.pushes });
  const desk = createDesk({ db, now, store: (body) => storePush({ source, now, commits, counts, agentIds }, body) });

  const app = new Hono<{ Bindings: Bindings }>();
  app.post('/events', async ({ req }) => Response.json(await receive(req.raw)));
  app.get('/healthz', async () => Response.json(await health(db, intake)));
  app.get('/openapi.json', () => Response.json(openapi));
  app.route('/admin', createAdminRoutes({
    desk, token: options.adminToken ?? null,
    more: () => ({ intake: intake(), ...(options.forwarder ? { forwarder: options.forwarder() } : {}) }),
  }));
  for (const [path, allow] of Object.entries(ALLOWED)) app.all(path, () => problemResponse(new IngestRefusal('method-not-allowed'), { allow }));
  app.notFound(() => problemResponse(new IngestRefusal('not-found')));
  app.onError((error) => refuse(error, counts, logger));
  return { fetch: (request, env) => app.fetch(request, env ?? {}), drain: () => commits.drain() };
}

const ALLOWED = {
  '/events': 'POST', '/healthz': 'GET', '/openapi.json': 'GET',
  '/admin/stats': 'GET', '/admin/dead-letters': 'GET', '/admin/dead-letters/:id': 'GET', '/admin/dead-letters/:id/replay': 'POST',
} as const;

async function health(db: Database, intake: () => object): Promise<object> {
  await db.query('select 1').catch((error: unknown) => {
    throw storeRefusal(error);
  });
  return { status: 'ok', store: db.kind, intake: intake() };
}

function refuse(error: Error, counts: IntakeCounts, logger: IngestLogger | undefined): Response {
  const refusal = error instanceof IngestRefusal ? error : new IngestRefusal('internal', [], { cause: error });
  if (refusal.code === 'overloaded') counts.overloaded += 1;
  else counts.refused += 1;
  if (refusal.cause === undefined) logger?.warn({ code: refusal.code, fields: refusal.fields }, 'request refused');
  else logger?.error({ code: refusal.code, err: refusal.cause }, 'request failed');
  return problemResponse(refusal);
}
