/** The events service: verify, deduplicate, store, answer. No decisions are taken here. */
import { Hono } from 'hono';
import type { Database } from '../store/database.ts';
import { isBadValue } from '../store/errors.ts';
import { storeBatches } from '../store/events.ts';
import type { Stored } from '../store/events.ts';
import { parsePush, readBody } from './body.ts';
import { Overloaded, createGroupCommit } from './group-commit.ts';
import type { GroupCommit } from './group-commit.ts';
import { IngestRefusal, problemResponse } from './problem.ts';
import { isSigned, parseSecret, readClaim } from './signature.ts';

export interface IngestLogger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface IngestOptions {
  readonly db: Database;
  /** `whsec_...`; several while a secret is being replaced. */
  readonly secrets: readonly string[];
  readonly now: () => number;
  readonly logger?: IngestLogger;
  /** How far the sender's clock and delivery may be off, either way. */
  readonly toleranceSeconds?: number;
  /** Event ids are unique within a source. */
  readonly source?: string;
  readonly mostWaiting?: number;
}

export interface IngestApp {
  readonly fetch: (request: Request) => Response | Promise<Response>;
  /** Waits until every accepted push is stored. */
  readonly drain: () => Promise<void>;
}

/** Throws SigningSecretInvalid when a secret is malformed or there is none. */
export function createIngestApp(options: IngestOptions): IngestApp {
  const { db, logger } = options;
  const commits = createGroupCommit({
    store: (batches) => storeBatches(db, batches),
    ...(options.mostWaiting === undefined ? {} : { mostWaiting: options.mostWaiting }),
  });
  const keys = (options.secrets.length > 0 ? options.secrets : ['']).map(parseSecret);
  const receive = createReceiver({ ...options, keys, commits });

  const app = new Hono();
  app.post('/events', async ({ req }) => Response.json(await receive(req.raw)));
  app.get('/healthz', async () => {
    await db.query('select 1').catch((error: unknown) => {
      throw storeRefusal(error);
    });
    return Response.json({ status: 'ok', store: db.kind });
  });
  app.all('/events', () => problemResponse(new IngestRefusal('method-not-allowed'), { allow: 'POST' }));
  app.all('/healthz', () => problemResponse(new IngestRefusal('method-not-allowed'), { allow: 'GET' }));
  app.notFound(() => problemResponse(new IngestRefusal('not-found')));
  app.onError((error) => {
    const refusal = error instanceof IngestRefusal ? error : new IngestRefusal('internal', [], { cause: error });
    if (refusal.cause === undefined) logger?.warn({ code: refusal.code, fields: refusal.fields }, 'request refused');
    else logger?.error({ code: refusal.code, err: refusal.cause }, 'request failed');
    return problemResponse(refusal);
  });
  return { fetch: (request) => app.fetch(request), drain: () => commits.drain() };
}

interface Receiver extends IngestOptions {
  readonly keys: readonly Uint8Array[];
  readonly commits: GroupCommit;
}

/** What can be refused without the body is refused before it is read. */
function createReceiver({ commits, keys, now, logger, toleranceSeconds = 300, source = 'genesys' }: Receiver): (request: Request) => Promise<Stored> {
  return async (request) => {
    const header = (name: string): string | undefined => request.headers.get(name) ?? undefined;
    const receivedAt = new Date(now());
    const claim = readClaim(
      { id: header('webhook-id'), timestamp: header('webhook-timestamp'), signature: header('webhook-signature') },
      receivedAt.getTime(), toleranceSeconds);
    if (typeof claim === 'string') throw new IngestRefusal(claim);
    if (commits.isFull(1)) throw new IngestRefusal('overloaded');
    const body = await readBody(request);
    if (!isSigned(claim, body, keys)) throw new IngestRefusal('signature-mismatch');
    const events = parsePush(body);
    const stored = await commits.submit({ source, receivedAt, events }).catch((error: unknown) => {
      throw storeRefusal(error);
    });
    logger?.info({ webhookId: header('webhook-id'), ...stored }, 'push stored');
    return stored;
  };
}

/** Whatever went wrong in the store, the push is not stored and worth another try; unless it holds a value that never will be. */
function storeRefusal(error: unknown): IngestRefusal {
  if (error instanceof Overloaded) return new IngestRefusal('overloaded');
  if (isBadValue(error)) return new IngestRefusal('event-invalid', [{ field: '(body)', message: 'The database refuses a value' }]);
  return new IngestRefusal('store-unavailable', [], { cause: error });
}
