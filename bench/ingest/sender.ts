/**
 * A process of its own that plays the organisation: signed pushes over HTTP, either as fast as they are answered or at
 * a rate.
 */
import { signedPush } from '../lib/push.ts';
import { eventStream, take } from './events.ts';
import { openLane } from './http-lane.ts';
import type { HttpLane } from './http-lane.ts';

export interface SendOrder {
  readonly port: number;
  readonly secret: string;
  readonly seconds: number;
  readonly batch: number;
  readonly lanes: number;
  /** Events per second; null: as fast as they are answered. */
  readonly rate: number | null;
}

export interface SendReport {
  readonly acknowledged: number;
  readonly refused: number;
  readonly seconds: number;
  /** ms from when a push was due to its acknowledgement, ascending. */
  readonly ackMs: readonly number[];
}

const stream = eventStream(Date.now);
/** Requests made before the clock starts, so that the sender takes little of the machine from the service. */
const PREPARED_PER_SECOND = 10_000;
const MAX_PREPARED = 100_000;

process.on('message', (order: SendOrder) => {
  send(order).then(
    (report) => process.send?.(report),
    (error: unknown) => {
      process.stderr.write(`${String(error)}\n`);
      process.exit(1);
    },
  );
});

async function send(order: SendOrder): Promise<SendReport> {
  const lanes = await Promise.all(Array.from({ length: order.lanes }, () => openLane(order.port)));
  const prepared = prepare(order);
  const total = { acknowledged: 0, refused: 0 };
  const ackMs: number[] = [];
  const startedAt = performance.now();
  const endsAt = startedAt + order.seconds * 1000;

  const one = async (lane: HttpLane, dueAt: number): Promise<void> => {
    const status = await lane.send(prepared.pop() ?? request(order));
    ackMs.push(performance.now() - dueAt);
    if (status === 200) total.acknowledged += order.batch;
    else total.refused += order.batch;
    if (status === 503) await new Promise((resolve) => setTimeout(resolve, 100));
  };

  if (order.rate === null) {
    await Promise.all(
      lanes.map(async (lane) => {
        while (performance.now() < endsAt) await one(lane, performance.now());
      }),
    );
  } else {
    await atRate(order, lanes, startedAt, one);
  }
  const seconds = (performance.now() - startedAt) / 1000;
  for (const lane of lanes) lane.close();
  return { ...total, seconds, ackMs: ackMs.sort((a, b) => a - b) };
}

/** Pushes fall due whether or not earlier ones were answered, so a slow answer makes the next ones late and is seen. */
async function atRate(
  { batch, rate, seconds }: SendOrder,
  lanes: readonly HttpLane[],
  startedAt: number,
  one: (lane: HttpLane, dueAt: number) => Promise<void>,
): Promise<void> {
  const gapMs = (batch / (rate ?? 1)) * 1000;
  const running = lanes.map(async (lane, index) => {
    for (let n = index; n * gapMs < seconds * 1000; n += lanes.length) {
      const dueAt = startedAt + n * gapMs;
      const waitMs = dueAt - performance.now();
      if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
      await one(lane, dueAt);
    }
  });
  await Promise.all(running);
}

function prepare(order: SendOrder): Buffer[] {
  const events = Math.min(MAX_PREPARED, order.seconds * Math.min(order.rate ?? Infinity, PREPARED_PER_SECOND));
  return Array.from({ length: Math.ceil(events / order.batch) }, () => request(order)).reverse();
}

function request({ port, secret, batch }: SendOrder): Buffer {
  const { headers, body } = signedPush(secret, take(stream, batch));
  const lines = Object.entries({
    host: `127.0.0.1:${port}`,
    ...headers,
    'content-length': Buffer.byteLength(body),
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`POST /events HTTP/1.1\r\n${lines.join('')}\r\n${body}`);
}
