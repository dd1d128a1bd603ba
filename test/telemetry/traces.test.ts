/** A trace leads, link by link, from the event that tipped the verdict to the read-back that proves the roll back. */
import { createServer } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { MockActivityEnvironment } from '@temporalio/testing';
import { ExportResultCode } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { InMemorySpanExporter } from '@opentelemetry/sdk-trace-base';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { organisationActivities } from '../../src/activities/organisation.ts';
import type { WatchResult } from '../../src/activities/types.ts';
import { watch } from '../../src/activities/watch.ts';
import type { TargetState } from '../../src/targets/target.ts';
import type { Targets } from '../../src/targets/index.ts';
import { startIngest } from '../../src/ingest/server.ts';
import type { IngestServer } from '../../src/ingest/server.ts';
import type { Database } from '../../src/store/database.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { resourceOf } from '../../src/telemetry/resource.ts';
import { traced } from '../../src/telemetry/spans.ts';
import { startTracing } from '../../src/telemetry/tracing.ts';
import { watchInput } from '../activities/watch-input.ts';
import { fingerprintOf, noDrift } from '../helpers/arms.ts';
import { eventOf, iso, NOON } from '../helpers/events.ts';
import { newSecret, push } from '../helpers/push.ts';
import { openStore } from '../helpers/any-store.ts';

const MINUTE = 60_000;
const RESOURCE = resourceOf('test', '0');
const COLLECTOR = { url: 'http://127.0.0.1:1/v1/traces', headers: {} };
const secret = newSecret();
let nowMs = NOON;
let db: Database;
let ingest: IngestServer;

beforeAll(async () => {
  db = await openStore();
  ingest = await startIngest({ db, secrets: [secret], port: 0, now: () => nowMs });
});
afterAll(async () => {
  await ingest.close();
  await db.close();
});
beforeEach(() => db.query('truncate events, exposures, judge_states, decision_looks, trace_links'));

/** What the work leaves behind. */
async function spansOf(work: () => Promise<void>): Promise<readonly ReadableSpan[]> {
  const exporter = new InMemorySpanExporter();
  const kept: ReadableSpan[] = [];
  exporter.export = (spans, done) => {
    kept.push(...spans);
    done({ code: ExportResultCode.SUCCESS });
  };
  const tracing = startTracing(RESOURCE, COLLECTOR, null, exporter);
  try {
    await work();
  } finally {
    await tracing.close();
  }
  return kept;
}

/** A minute in which agents take the candidate half as often. */
function badMinute(at: number) {
  return Array.from({ length: 160 }, (_, i) => {
    const [arm, of] = [i % 2 === 0 ? 'action-a' : 'action-b', Math.floor(i / 2)];
    const kind = of % 10 < (arm === 'action-a' ? 8 : 2) ? 'accepted' : 'dismissed';
    const triggeredAt = iso(NOON + at * MINUTE + i);
    return eventOf(`${at}-${i}`, kind, at * MINUTE + 500, {
      actionId: arm,
      triggeredAt,
      renderedAt: iso(NOON + at * MINUTE + i + 200),
      agentId: `agent-${of % 40}`,
    });
  });
}

const INPUT = watchInput(
  {
    guardrails: [
      {
        metric: 'acceptanceRate',
        worseWhen: 'lower',
        margin: { kind: 'relative', value: 0.2 },
        alpha: 0.01,
        mode: 'enforce',
      },
    ],
    seen: ['acceptanceRate:undecided'],
  },
  { settleMs: 1000, atMostMs: 14 * MINUTE },
);

const restored: TargetState = {
  candidate: { enabled: false, servesHere: false, splitPercent: 0, fingerprint: fingerprintOf('action-b') },
  baseline: { enabled: true, servesHere: true, splitPercent: 100, fingerprint: fingerprintOf('action-a') },
  effectiveSplitPercent: 0,
  covered: true,
  correlationId: 'c-1',
} as TargetState;
const target = { setSplit: async () => {}, retire: async () => {}, readBack: async () => restored };
const targets = { of: () => target } as unknown as Targets;

async function tillHarm(): Promise<void> {
  for (let at = 0; at < 3; at += 1) {
    nowMs = NOON + at * MINUTE + 1000;
    const answer = await push({ events: badMinute(at) }, { url: ingest.url, secret, nowMs });
    expect(answer.status).toBe(200);
  }
  const now = (): number => NOON + 4 * MINUTE;
  const said = await new MockActivityEnvironment().run((): Promise<WatchResult> =>
    watch({ db, now, lookGapMs: 0, ...noDrift }, INPUT),
  );
  expect(said.kind).toBe('harm');
}

function rollBack(of: Database = db) {
  const { rollBack: act } = organisationActivities({
    targets,
    db: of,
    now: () => NOON,
    calendar: null,
    webhook: { publicUrl: 'http://127.0.0.1', signingSecret: secret },
  });
  const run = { workflowExecution: { workflowId: 'rollout/RefundAssist', runId: INPUT.rolloutId } };
  return new MockActivityEnvironment(run).run(() => act({ deployment: INPUT.deployment, mayAsk: true }));
}

const linkOf = ({ links }: ReadableSpan, why: string) =>
  links.find(({ attributes }) => attributes?.['assist_rollouts.link'] === why)?.context;

test('from the push that tipped it over the look that said harm to the read-back that proves the roll back', async () => {
  const spans = await spansOf(async () => {
    await tillHarm();
    await rollBack();
  });
  const [readBack] = spans.filter(({ name }) => name === 'read back');
  expect(readBack?.attributes['assist_rollouts.proven']).toBe(true);
  const back = spans.find((span) => span.spanContext().spanId === readBack?.parentSpanContext?.spanId);
  expect(back?.name).toBe('roll back');
  const verdict = back && linkOf(back, 'after the verdict');
  const look = spans.find((span) => span.spanContext().spanId === verdict?.spanId);
  expect(look?.attributes['assist_rollouts.verdict']).toBe('harm');
  const tipping = look && linkOf(look, 'tipped by');
  const pushed = spans.filter(({ name }) => name === 'events POST');
  expect(pushed).toHaveLength(3);
  expect(pushed.map((span) => span.spanContext().spanId)).toContain(tipping?.spanId);
  // Each is a trace of its own, so that none grows for days.
  expect(new Set([readBack, look, ...pushed].map((span) => span?.spanContext().traceId)).size).toBe(5);
});

test('no span holds a value, a text or an id of somebody', async () => {
  const spans = await spansOf(async () => {
    await tillHarm();
    await traced('fails', {}, () => Promise.reject(new Error('the agent said so'))).catch(() => undefined);
    await traced('recorded', {}, async (span) => span?.recordException(new Error('the agent said so')));
  });
  const told = JSON.stringify(
    spans.map(({ name, attributes, events, status }) => ({ name, attributes, events, status })),
  );
  for (const hidden of ['agent-1', 'conversation of', '0-1', 'queue-1', 'said so', secret])
    expect(told).not.toContain(hidden);
  expect(spans.filter(({ name }) => name.startsWith('store ')).length).toBeGreaterThan(3);
  expect(spans.find(({ name }) => name === 'fails')).toMatchObject({
    status: { code: 2 },
    attributes: { 'error.type': 'Error' },
  });
});

test('without tracing nothing is kept, and the same is decided', async () => {
  await tillHarm();
  expect(await rollBack()).toMatchObject({ state: { covered: true } });
  expect(await db.query('select key from trace_links')).toEqual([]);
});

test('a store that does not answer holds up no roll back', async () => {
  const hung: Database = { ...db, query: () => new Promise(() => undefined) };
  const spans = await spansOf(async () => void (await rollBack(hung)));
  expect(spans.find(({ name }) => name === 'read back')?.attributes['assist_rollouts.proven']).toBe(true);
});

test('log lines tell the trace that they belong to, and none where there is none', async () => {
  const lines: Record<string, unknown>[] = [];
  const logger = createLogger({ stream: { write: (line: string) => lines.push(JSON.parse(line)) } });
  const spans = await spansOf(async () => {
    await traced('work', {}, async () => logger.info('within'));
    logger.info('outside');
  });
  const { traceId, spanId } = spans[0]?.spanContext() ?? {};
  expect(lines[0]).toMatchObject({ msg: 'within', trace_id: traceId, span_id: spanId });
  expect(lines[1]).not.toHaveProperty('trace_id');
});

test('spans arrive at a collector by OTLP, with the headers that it asks for', async () => {
  const seen: { readonly url: string | undefined; readonly headers: IncomingHttpHeaders; readonly body: Buffer }[] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      seen.push({ url: request.url, headers: request.headers, body: Buffer.concat(parts) });
      response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/traces`;
  const to = { url, headers: { authorization: 'Bearer x' } };
  const tracing = startTracing(RESOURCE, to, null, new OTLPTraceExporter(to));
  await traced('arrives', {}, () => Promise.resolve());
  await tracing.close();
  server.closeAllConnections();
  server.close();
  expect(seen[0]).toMatchObject({
    url: '/v1/traces',
    headers: { authorization: 'Bearer x', 'content-type': 'application/x-protobuf' },
  });
  expect(seen[0]?.body.includes('arrives')).toBe(true);
  expect(seen[0]?.body.includes('assist-rollouts-test')).toBe(true);
});
