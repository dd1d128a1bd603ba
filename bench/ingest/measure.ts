/** The measurements on one store. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { startIngest } from '../../src/ingest/server.ts';
import { openDatabase } from '../../src/store/open.ts';
import { quantile } from '../lib/quantile.ts';
import { eventStream, take } from './events.ts';
import { toChunks } from './raw.ts';
import type { SendOrder, SendReport } from './sender.ts';
import type { BenchStore } from './stores.ts';
import { newWebhookSecret } from '../../src/webhooks/secret.ts';

export interface Figures {
  readonly eventsPerSecond: number;
  readonly rawPerSecond: number;
  readonly ratio: number;
  readonly p99AckMs: number;
}

export interface Settings {
  readonly seconds: number;
  readonly rounds: number;
  readonly batch: number;
  readonly lanes: number;
  readonly soakSeconds: number;
}

type Say = (line: string) => void;

/** Rows of one COPY: larger ones are no faster. */
const CHUNK = 10_000;
const CHUNKS = 3;
const HALF_SECONDS_PER_ROUND = 3;

export async function measureStore(
  store: BenchStore,
  settings: Settings,
  say: Say,
): Promise<{ figures: Figures; details: object }> {
  const raw: number[] = [];
  const rates: number[] = [];
  for (let round = 0; round < settings.rounds; round++) {
    raw.push(await rawRate(store, settings.seconds));
    rates.push(await withService(store, (send) => topRate(send, settings)));
    say(
      `${store.name}, round ${round + 1}: ${Math.round(raw.at(-1) ?? 0)} by COPY, ` +
        `${Math.round(rates.at(-1) ?? 0)} events/s over HTTP`,
    );
  }
  const [eventsPerSecond, rawPerSecond] = [Math.round(quantile(rates, 0.5)), Math.round(quantile(raw, 0.5))];
  const half = await withService(store, (send) => atHalf(send, settings, eventsPerSecond, say));
  return {
    figures: {
      eventsPerSecond,
      rawPerSecond,
      ratio: Math.round((1000 * eventsPerSecond) / rawPerSecond) / 1000,
      p99AckMs: half.p99AckMs,
    },
    details: { rounds: { http: rates.map(Math.round), copy: raw.map(Math.round) }, ...half.details },
  };
}

async function rawRate(store: BenchStore, seconds: number): Promise<number> {
  await empty(store);
  const chunks = toChunks(take(eventStream(Date.now), CHUNKS * CHUNK), CHUNK);
  const raw = await store.openRaw();
  try {
    let rows = 0;
    const startedAt = performance.now();
    for (const chunk of chunks) {
      await raw.load(chunk);
      rows += CHUNK;
      if (performance.now() - startedAt > seconds * 1000) break;
    }
    return (rows * 1000) / (performance.now() - startedAt);
  } finally {
    await raw.close();
  }
}

async function empty(store: BenchStore): Promise<void> {
  const db = await openDatabase(store.config);
  await db.query('truncate events, exposures');
  await db.close();
}

type Send = (order: Pick<SendOrder, 'seconds' | 'rate' | 'batch' | 'lanes'>) => Promise<SendReport>;

/** The real service on an emptied store, and a sender in a process of its own. */
async function withService<T>(store: BenchStore, work: (send: Send) => Promise<T>): Promise<T> {
  await empty(store);
  const db = await openDatabase(store.config);
  const secret = newWebhookSecret();
  const service = await startIngest({ db, secrets: [secret], now: Date.now, port: 0 });
  const sender = fork(join(__dirname, 'sender.js'), { execArgv: [] });
  const port = Number(new URL(service.url).port);
  try {
    return await work(async (order) => {
      sender.send({ ...order, port, secret } satisfies SendOrder);
      const [report] = (await Promise.race([
        once(sender, 'message'),
        once(sender, 'exit').then(() => Promise.reject(new Error('The sender ended.'))),
      ])) as [SendReport];
      return report;
    });
  } finally {
    sender.kill();
    await service.close();
    await db.close();
  }
}

async function topRate(send: Send, { seconds, batch, lanes }: Settings): Promise<number> {
  await send({ seconds: 1, rate: null, batch, lanes });
  const { acknowledged, seconds: took } = await send({ seconds, rate: null, batch, lanes });
  return acknowledged / took;
}

async function atHalf(
  send: Send,
  settings: Settings,
  topRatePerSecond: number,
  say: Say,
): Promise<{ p99AckMs: number; details: object }> {
  const { batch, lanes } = settings;
  const rate = topRatePerSecond / 2;
  await send({ seconds: 1, rate, batch, lanes });
  const { ackMs, refused } = await send({ seconds: HALF_SECONDS_PER_ROUND * settings.rounds, rate, batch, lanes });
  const latency = {
    p99AckMs: tenth(quantile(ackMs, 0.99)),
    details: { p50AckMs: tenth(quantile(ackMs, 0.5)), pushes: ackMs.length, refused },
  };
  if (settings.soakSeconds === 0) return latency;
  return { ...latency, details: { ...latency.details, soak: await soak(send, settings, rate, say) } };
}

const SOAK_SLICE_SECONDS = 20;

/** Memory of this process, which holds the service and, where it is embedded, the database. */
async function soak(send: Send, { soakSeconds, batch, lanes }: Settings, rate: number, say: Say): Promise<object> {
  let events = 0;
  const rssMb: number[] = [];
  for (let seconds = 0; seconds < soakSeconds; seconds += SOAK_SLICE_SECONDS) {
    const report = await send({ seconds: Math.min(SOAK_SLICE_SECONDS, soakSeconds - seconds), rate, batch, lanes });
    events += report.acknowledged;
    rssMb.push(Math.round(process.memoryUsage().rss / 2 ** 20));
    say(`soak: ${events} events, ${rssMb.at(-1)} MiB, p99 ${tenth(quantile(report.ackMs, 0.99))} ms`);
  }
  return { events, rssMb };
}

function tenth(value: number): number {
  return Math.round(value * 10) / 10;
}
