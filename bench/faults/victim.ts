/** A process that will be killed: the events service, the forwarder, and acts that are audited, as its order says. */
import { randomUUID } from 'node:crypto';
import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import { parseSigner } from '../../src/audit/note.ts';
import { checkpointNow } from '../../src/audit/sign.ts';
import { startIngest } from '../../src/ingest/server.ts';
import { appendAudit } from '../../src/store/audit.ts';
import type { Database } from '../../src/store/database.ts';
import { openDatabase } from '../../src/store/open.ts';
import type { StoreConfig } from '../../src/store/open.ts';
import { startForwarding } from '../../src/worker/forwarding.ts';

export interface VictimOrder {
  readonly store: StoreConfig;
  readonly roles: readonly ('events' | 'forwarder')[];
  readonly secret: string;
  readonly destinationUrl: string;
  readonly temporal: { readonly address: string; readonly namespace: string };
  /** Private key of the audit log. */
  readonly auditKey: string;
}

export type VictimMessage =
  | { readonly kind: 'ready'; readonly url: string | null }
  /** The act of this key is committed. */
  | { readonly kind: 'audited'; readonly key: string };

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
const tell = (message: VictimMessage): void => void process.send?.(message);

process.once('message', (order: VictimOrder) => {
  live(order).catch((error: unknown) => {
    process.stderr.write(`${String(error)}\n`);
    process.exit(1);
  });
});
// Without the one who kills it, it has nothing to live for.
process.once('disconnect', () => process.exit(0));

async function live({ store, roles, secret, destinationUrl, temporal, auditKey }: VictimOrder): Promise<void> {
  const db = await openDatabase(store);
  if (roles.includes('forwarder')) await forward(db, temporal, { secret, url: destinationUrl });
  const service = roles.includes('events')
    ? await startIngest({ db, secrets: [secret], now: Date.now, port: 0 })
    : null;
  if (service) void audit(db, auditKey);
  tell({ kind: 'ready', url: service?.url ?? null });
}

async function forward(
  db: Database,
  { address, namespace }: VictimOrder['temporal'],
  { secret, url }: { readonly secret: string; readonly url: string },
): Promise<void> {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  await startForwarding({
    db,
    place: { connection: await NativeConnection.connect({ address }), namespace, codecKeys: [] },
    now: Date.now,
    logger: silent,
    destinations: [{ name: 'coaching', url, signingSecrets: [secret], events: true, metrics: false }],
    settings: { idleMs: 200, retry: { firstMs: 20, maxMs: 200 }, maxFailures: 20, maxAttempts: 1_000 },
  });
}

const ACT_EVERY_MS = 50;
const ACTS_PER_CHECKPOINT = 10;

/** A failure is what is to be expected here; what counts is what was told to be done. */
async function audit(db: Database, auditKey: string): Promise<never> {
  const signer = parseSigner(auditKey);
  for (let acts = 1; ; acts++) {
    await new Promise((resolve) => setTimeout(resolve, ACT_EVERY_MS));
    try {
      const key = `faults/${randomUUID()}`;
      await db.tx((trx) =>
        appendAudit(trx, { key, at: new Date(), actor: 'faults', act: 'kept', reason: 'must not be lost' }),
      );
      tell({ kind: 'audited', key });
      if (acts % ACTS_PER_CHECKPOINT === 0) await checkpointNow(db, signer, { now: Date.now });
    } catch {
      // Not told, so nobody counts on it.
    }
  }
}
