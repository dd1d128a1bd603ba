/**
 * How fast the outbox empties, and that each conversation keeps its order: events are stored while they are forwarded to
 * a receiver on this machine, once with an empty outbox to begin with and once with all of them waiting.
 *
 *   npm run bench:forward -- [--events 20000] [--store pglite|pg] [--json]
 */
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import type { EngagementEvent } from '../src/domain/events/event.ts';
import type { Database } from '../src/store/database.ts';
import { setDestinations } from '../src/store/destinations.ts';
import { storeBatches } from '../src/store/events.ts';
import { openDatabase } from '../src/store/open.ts';
import { startForwarding } from '../src/worker/forwarding.ts';
import { openBenchStore } from './ingest/stores.ts';
import { startBenchTemporal } from './lib/temporal.ts';
import { newWebhookSecret } from '../src/webhooks/secret.ts';
import { benchOptions } from './lib/bench-options.ts';

const values = benchOptions({
  events: { type: 'string', default: '20000' },
  store: { type: 'string', default: 'pglite' },
  json: { type: 'boolean', default: false },
});
const total = Number(values.events);
const STEPS = ['triggered', 'rendered', 'accepted'] as const;
const logger = {
  info: () => undefined,
  warn: (fields: object, message: string) => void process.stderr.write(`${message} ${JSON.stringify(fields)}\n`),
  error: (fields: object, message: string) => void process.stderr.write(`${message} ${JSON.stringify(fields)}\n`),
};

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});

async function main(): Promise<void> {
  const store = await openBenchStore(values.store === 'pg' ? 'pg' : 'pglite', process.env['DATABASE_URL']);
  if (!store) throw new Error('PostgreSQL is not installed here and DATABASE_URL is not set.');
  const db = await openDatabase(store.config);
  const receiver = await startReceiver();
  const secret = newWebhookSecret();
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const temporal = await startBenchTemporal((line) => void process.stderr.write(`${line}\n`));
  const connection = await NativeConnection.connect({ address: temporal.address });
  const open = () =>
    startForwarding({
      db,
      place: { connection, namespace: temporal.namespace, codecKeys: [] },
      destinations: [{ name: 'bench', url: receiver.url, signingSecrets: [secret], events: true, metrics: true }],
      now: Date.now,
      logger,
    });

  await setDestinations(db, ['bench']);
  const storedAloneMs = await timed(() => storeAll(db, 'waiting'));
  const openedAt = performance.now();
  const draining = await open();
  await receiver.until(total);
  const drainedAt = performance.now();
  await draining.close();
  const forwarder = await open();
  const storedBesideMs = await timed(() => storeAll(db, 'live'));
  const liveMs = storedBesideMs + (await timed(() => receiver.until(2 * total)));
  await forwarder.close();
  receiver.close();
  await connection.close();
  await temporal.close();
  await db.close();
  await store.close();

  const rate = (ms: number): number => Math.round((total / ms) * 1000);
  const result = {
    store: values.store,
    events: 2 * total,
    readyMs: Math.round(receiver.firstAt() - openedAt),
    drainedPerSecond: rate(drainedAt - receiver.firstAt()),
    livePerSecond: rate(liveMs),
    storedPerSecond: rate(storedAloneMs),
    storedPerSecondBesideForwarder: rate(storedBesideMs),
    duplicates: receiver.seen() - 2 * total,
    outOfOrder: receiver.outOfOrder(),
  };
  process.stdout.write(
    values.json
      ? `${JSON.stringify(result)}\n`
      : `${Object.entries(result)
          .map(([name, value]) => `${name} ${value}`)
          .join('\n')}\n`,
  );
  process.exitCode = result.outOfOrder === 0 ? 0 : 1;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

const BATCH = 200;

/** Three events a conversation, in batches as they would come over HTTP. */
async function storeAll(db: Database, run: string): Promise<void> {
  const startedAt = Date.now() - 3_600_000;
  for (let from = 0; from < total; from += BATCH) {
    const events = Array.from({ length: Math.min(BATCH, total - from) }, (_, place) =>
      eventOf(run, from + place, startedAt),
    );
    await storeBatches(db, [{ events, source: 'bench', receivedAt: new Date() }]);
  }
}

function eventOf(run: string, n: number, startedAt: number): EngagementEvent {
  const [card, step] = [Math.floor(n / STEPS.length), n % STEPS.length];
  const triggeredAt = new Date(startedAt + card).toISOString();
  return {
    id: `${run}-${card}-${step}`,
    type: `agentassist.action.${STEPS[step] ?? ''}`,
    occurredAt: new Date(startedAt + card + step).toISOString(),
    conversationId: `${run}-${card}`,
    cardId: `${run}-${card}`,
    actionId: 'action-a',
    actionName: 'RefundAssist v1.5.0',
    version: '1.5.0',
    agentId: `agent-${card % 200}`,
    queueId: 'queue-1',
    triggeredAt,
  };
}

async function startReceiver() {
  const steps = new Map<string, number>();
  let [seen, first, outOfOrder, firstAt] = [0, 0, 0, 0];
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { events = [] } = JSON.parse(Buffer.concat(chunks).toString()) as { events?: EngagementEvent[] };
      firstAt ||= performance.now();
      for (const { id, conversationId } of events) {
        const step = Number(id.slice(id.lastIndexOf('-') + 1));
        const known = steps.get(conversationId) ?? -1;
        seen += 1;
        if (step > known + 1) outOfOrder += 1;
        if (step > known) {
          first += 1;
          steps.set(conversationId, step);
        }
      }
      response.end();
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    seen: () => seen,
    outOfOrder: () => outOfOrder,
    /** When the first message came; ms of the monotonic clock. */
    firstAt: () => firstAt,
    /** Until so many different events have come. */
    async until(count: number): Promise<void> {
      for (;;) {
        if (first >= count) return;
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
