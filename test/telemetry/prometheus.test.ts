/** A real Prometheus scrapes a real process's endpoint, answers queries over it, and takes our rules. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createClosers } from '../../src/compose/closers.ts';
import { measureStore } from '../../src/compose/store-figures.ts';
import { composeTelemetry } from '../../src/compose/telemetry.ts';
import { startIngest } from '../../src/ingest/server.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { METRICS, definitionOf } from '../../src/telemetry/metrics.ts';
import type { MetricName } from '../../src/telemetry/metrics.ts';
import { eventOf, NOON } from '../helpers/events.ts';
import { PATIENCE_MS } from '../helpers/patience.ts';
import { findPrometheus, promtool, startPrometheus } from '../helpers/prometheus.ts';
import { newSecret, push } from '../helpers/push.ts';
import { saveRollout } from '../../src/store/rollouts.ts';
import { ROOT } from '../helpers/sources.ts';
import { openStore } from '../helpers/any-store.ts';

const found = findPrometheus();
if (found === null)
  process.stdout.write('Prometheus is not installed here: what it makes of our metrics is not tried.\n');
const RULES = join(ROOT, 'deploy/prometheus/alerts.yaml');

/** What only a process has that does the thing: absent from an events service. */
const ELSEWHERE: readonly MetricName[] = [
  'assist_rollouts_outbox_rows',
  'assist_rollouts_outbox_oldest_age_seconds',
  'assist_rollouts_outbox_failing_seconds',
  'assist_rollouts_watches',
  'assist_rollouts_watch_silence_seconds',
  'assist_rollouts_guardian_last_look_timestamp_seconds',
  'assist_rollouts_panel_streams',
  'assist_rollouts_panel_losing',
  'assist_rollouts_panel_unheard_conversations',
];

const urls: string[] = [];
const logger = createLogger({
  stream: { write: (line: string) => urls.push(...(/"url":"([^"]+)"/.exec(line) ?? []).slice(1)) },
});
const closers = createClosers({ onError: (name, error) => process.stderr.write(`${name}: ${String(error)}\n`) });
let pushed: Response[] = [];
let isReady = false;

beforeAll(async () => {
  const env = { METRICS_PORT: '0' };
  await composeTelemetry({ env, service: 'events', version: '1.2.3', logger, closers, isReady: () => isReady });
  const db = await openStore();
  closers.add('database', () => db.close());
  measureStore(db, closers);
  const [secret, nowMs] = [newSecret(), NOON + 2_000];
  const ingest = await startIngest({ db, secrets: [secret], port: 0, now: () => nowMs, logger });
  closers.add('events service', () => ingest.close());
  const at = { url: ingest.url, secret, nowMs };
  const batch = [eventOf('card-1', 'triggered', 0), eventOf('card-1', 'accepted', 500)];
  pushed = [
    await push({ events: batch }, at),
    await push({ events: batch }, at),
    await push({ events: [{ ...batch[0], id: 7 }] }, at),
    await push({ events: batch }, { ...at, secret: newSecret() }),
  ];
  await saveRollout(db, {
    rolloutId: 'r-1',
    workflowId: 'rollout/RefundAssist',
    action: 'RefundAssist',
    version: '2',
    startedBy: 'ana',
    startedAt: new Date(NOON),
    phase: 'needsAttention',
    outcome: null,
    reason: 'the organisation refuses',
    endedAt: null,
    report: null,
    safety: null,
  });
});
afterAll(() => closers.close());

const endpoint = (): string => urls.find((url) => url.endsWith('/metrics')) ?? '';

function missingGauges(text: string): MetricName[] {
  const samples = new Set(text.split('\n').map((line) => /^(\w+?)(_bucket|_sum|_count)?[{ ]/.exec(line)?.[1] ?? ''));
  return (Object.keys(METRICS) as MetricName[]).filter(
    (name) => definitionOf(name).type === 'gauge' && !samples.has(name),
  );
}

test('the endpoint serves what the table says, and nothing else of ours', async () => {
  expect(pushed.map(({ status }) => status)).toEqual([200, 200, 400, 401]);
  let text = '';
  let missing: MetricName[] = [];
  // Of a scrape for which the store is too slow its gauges are absent.
  for (const deadline = Date.now() + PATIENCE_MS; Date.now() < deadline;) {
    text = await (await fetch(endpoint())).text();
    missing = missingGauges(text);
    if (missing.length <= ELSEWHERE.length) break;
  }
  const served = new Map([...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name = '', type]) => [name, type]));
  for (const [name, type] of served)
    if (name !== 'target_info') expect([name, type]).toEqual([name, definitionOf(name as MetricName)?.type]);
  expect(missing.toSorted()).toEqual(ELSEWHERE.toSorted());
  expect(text).toContain('service_name="assist-rollouts-events",service_version="1.2.3"');
});

test('/live is there from the start, /ready says whether the process does its work', async () => {
  const asked = async () =>
    Promise.all(['/live', '/ready'].map(async (path) => (await fetch(endpoint().replace('/metrics', path))).status));
  expect(await asked()).toEqual([200, 503]);
  isReady = true;
  expect(await asked()).toEqual([200, 200]);
});

test('nothing else is there, and many who scrape at once are all answered', async () => {
  expect((await fetch(endpoint().replace('/metrics', '/'))).status).toBe(404);
  expect((await fetch(endpoint(), { method: 'POST' })).status).toBe(404);
  const answers = await Promise.all(Array.from({ length: 8 }, () => fetch(endpoint())));
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
});

(found === null ? describe.each([]) : describe.each([found]))('a real Prometheus', (tools) => {
  test('takes the rules and the configuration of deploy/, and each alert fires when it should and not before', () => {
    expect(promtool(tools.promtool, 'check', 'rules', RULES)).toMatch(/SUCCESS: \d+ rules found/);
    const config = join(ROOT, 'deploy/prometheus/prometheus.yaml');
    expect(promtool(tools.promtool, 'check', 'config', config)).toContain('is valid prometheus config');
    expect(promtool(tools.promtool, 'test', 'rules', join(__dirname, 'alerts.yaml'))).toContain('SUCCESS');
    const rules = [...readFileSync(RULES, 'utf8').matchAll(/- alert: (\w+)/g)].map(([, name]) => name);
    const tried = readFileSync(join(__dirname, 'alerts.yaml'), 'utf8');
    expect(rules.filter((name) => !new RegExp(`^ +alertname: ${name}$`, 'm').test(tried))).toEqual([]);
  });

  test('scrapes the endpoint, and its answers are what happened', async () => {
    const prometheus = await startPrometheus(tools.prometheus, {
      global: { scrape_interval: '1s', evaluation_interval: '1s' },
      rule_files: [RULES],
      scrape_configs: [
        { job_name: 'assist-rollouts-events', static_configs: [{ targets: [new URL(endpoint()).host] }] },
      ],
    });
    try {
      const [up] = await prometheus.queryUntilFound('up{job="assist-rollouts-events"} == 1');
      expect(up?.value).toBe(1);
      const events = await prometheus.queryUntilFound('sum by (result) (assist_rollouts_intake_events_total)');
      expect(Object.fromEntries(events.map(({ metric, value }) => [metric['result'], value]))).toEqual({
        stored: 2,
        duplicate: 2,
        refused: 0,
      });
      const lag = 'histogram_quantile(1, sum by (le) (assist_rollouts_intake_lag_seconds_bucket))';
      expect((await prometheus.query(lag))[0]?.value).toBe(2.5);
      // Of a scrape for which the store is too slow they are absent.
      for (const name of ['rollouts{phase="needsAttention"}', 'dead_letters{kind="intake"}', 'store_up'])
        expect((await prometheus.queryUntilFound(`assist_rollouts_${name}`))[0]?.value).toBe(1);
      const [alert] = await prometheus.queryUntilFound('ALERTS{alertname="NeedsAttention"}');
      expect(alert?.metric['severity']).toBe('page');
      // It waits for a second at most, which a busy machine may take now and then.
      const taken = await prometheus.getUntil('/api/v1/targets', (answer) => {
        const { activeTargets } = (answer as { data: { activeTargets: { lastError: string }[] } }).data;
        return activeTargets.every(({ lastError }) => lastError === '') ? activeTargets.length : undefined;
      });
      expect(taken).toBe(1);
    } finally {
      await prometheus.close();
    }
  });
});
