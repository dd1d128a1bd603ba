/**
 * What metrics and traces cost the events service, whose requests are the most numerous.
 *
 *   npm run bench:telemetry -- [--rounds 5] [--seconds 3] [--lanes 8] [--batch 100]
 *
 * In each round the same is pushed with both off, with metrics, and with metrics and every request traced to a collector
 * on loopback, one after the other in one process and on one embedded database; the order turns with each round. The rates
 * are medians over the rounds, each ratio is to the rate with both off of the same round.
 */
import { createHmac, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createClosers } from '../src/compose/closers.ts';
import { composeTelemetry } from '../src/compose/telemetry.ts';
import { startIngest } from '../src/ingest/server.ts';
import { openDatabase } from '../src/store/open.ts';
import { benchOptions } from './lib/bench-options.ts';

const values = benchOptions({
  rounds: { type: 'string', default: '5' },
  seconds: { type: 'string', default: '3' },
  lanes: { type: 'string', default: '8' },
  batch: { type: 'string', default: '100' },
});
const MODES = ['off', 'metrics', 'metrics and traces'] as const;
type Mode = (typeof MODES)[number];
const key = randomBytes(32);
let made = 0;

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});

async function main(): Promise<void> {
  const collector = createServer((request, response) => request.resume().once('end', () => response.end()));
  collector.listen(0, '127.0.0.1');
  await once(collector, 'listening');
  const traces = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;
  const db = await openDatabase({ kind: 'pglite', dataDir: null });
  const secrets = [`whsec_${key.toString('base64')}`];
  const ingest = await startIngest({ db, secrets, port: 0, now: Date.now });
  const rates: Record<Mode, number[]> = { off: [], metrics: [], 'metrics and traces': [] };
  await pushFor(ingest.url, 1);
  for (let round = 0; round < Number(values.rounds); round += 1)
    for (let turn = 0; turn < MODES.length; turn += 1) {
      const mode = MODES[(round + turn) % MODES.length] ?? 'off';
      rates[mode].push(await within(mode, traces, () => pushFor(ingest.url, Number(values.seconds))));
    }
  for (const mode of MODES) {
    const ratios = rates[mode].map((rate, round) => rate / (rates.off[round] ?? rate));
    process.stdout.write(`${mode}: ${Math.round(median(rates[mode]))} events/s, ratio ${median(ratios).toFixed(3)}\n`);
  }
  await ingest.close();
  await db.close();
  collector.close();
}

async function within(mode: Mode, traces: string, work: () => Promise<number>): Promise<number> {
  const closers = createClosers({ onError: (name, error) => process.stderr.write(`${name}: ${String(error)}\n`) });
  const env = {
    ...(mode !== 'off' && { METRICS_PORT: '0' }),
    ...(mode === 'metrics and traces' && { OTEL_EXPORTER_OTLP_ENDPOINT: traces }),
  };
  await composeTelemetry({ env, service: 'bench', version: '0', logger: null, closers, isReady: () => true });
  try {
    return await work();
  } finally {
    await closers.close();
  }
}

/** Events stored a second. */
async function pushFor(url: string, seconds: number): Promise<number> {
  const beganAt = performance.now();
  let stored = 0;
  const lane = async (): Promise<void> => {
    while (performance.now() - beganAt < seconds * 1000) stored += await push(url);
  };
  await Promise.all(Array.from({ length: Number(values.lanes) }, lane));
  return stored / ((performance.now() - beganAt) / 1000);
}

async function push(url: string): Promise<number> {
  const at = new Date().toISOString();
  const events = Array.from({ length: Number(values.batch) }, () => {
    const id = `e-${(made += 1)}`;
    const card = { cardId: `card of ${id}`, conversationId: `conversation of ${id}`, agentId: `agent-${made % 50}` };
    const action = { actionId: 'action-a', actionName: 'RefundAssist v1.5.0', version: '1.5.0', queueId: 'queue-1' };
    return { id, type: 'agentassist.action.triggered', occurredAt: at, triggeredAt: at, ...card, ...action };
  });
  const body = JSON.stringify({ events });
  const [id, timestamp] = [`msg_${made}`, String(Math.floor(Date.now() / 1000))];
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  const signed = { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` };
  const headers = { 'content-type': 'application/json', ...signed };
  const response = await fetch(`${url}/events`, { method: 'POST', headers, body });
  if (!response.ok) throw new Error(`The events service answered ${response.status}: ${await response.text()}`);
  await response.arrayBuffer();
  return events.length;
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? NaN;
}
