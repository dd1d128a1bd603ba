/**
 * From pushes over HTTP through the store and the watch to a verdict on a level, and the same verdict again from the
 * record.
 */
import { MockActivityEnvironment } from '@temporalio/testing';
import type { WatchResult } from '../../src/activities/types.ts';
import { watch } from '../../src/activities/watch.ts';
import type { PushedEvent } from '../../src/domain/events/event.ts';
import type { Guardrail } from '../../src/domain/plan/plan.ts';
import { JUDGE_RULES } from '../../src/domain/judge/state.ts';
import { retake } from '../../src/domain/judge/retake.ts';
import type { IngestServer } from '../../src/ingest/server.ts';
import { startIngest } from '../../src/ingest/server.ts';
import { looksUpTo } from '../../src/store/decision-looks.ts';
import { loadJudgeState } from '../../src/store/judge-states.ts';
import type { Database } from '../../src/store/database.ts';
import { noDrift } from '../helpers/arms.ts';
import { watchInput } from './watch-input.ts';
import { eventOf, iso, metricEventOf, NOON } from '../helpers/events.ts';
import { newSecret, push } from '../helpers/push.ts';
import { openStore } from '../helpers/any-store.ts';

const MINUTE = 60_000;
const SETTLE = 10 * MINUTE;
const SECRET = newSecret();
const handleTime: Guardrail = {
  metric: 'custom',
  name: 'handleTime',
  unit: 's',
  statistic: 'p50',
  worseWhen: 'higher',
  margin: { kind: 'relative', value: 0.1 },
  alpha: 0.01,
  mode: 'enforce',
};

let db: Database;
let server: IngestServer;
let nowMs = NOON;
beforeAll(async () => {
  db = await openStore();
  server = await startIngest({ db, secrets: [SECRET], now: () => nowMs, port: 0 });
});
afterAll(async () => {
  await server.close();
  await db.close();
});
beforeEach(() => db.query('truncate events, exposures, custom_values, judge_states, decision_looks'));

const isCandidate = (i: number): boolean => i % 2 === 1;

/** A minute's cards of both arms, all alike but for the level. */
function cards(at: number): PushedEvent[] {
  return Array.from({ length: 160 }, (_, i) =>
    eventOf(`${at}-${i}`, i % 3 === 0 ? 'accepted' : 'dismissed', at * MINUTE + 500, {
      actionId: isCandidate(i) ? 'action-b' : 'action-a',
      triggeredAt: iso(NOON + at * MINUTE + i),
      renderedAt: iso(NOON + at * MINUTE + i + 200),
      agentId: `agent-${i % 40}`,
    }),
  );
}

/** Every fifth card never gets one. */
function handleTimes(at: number, factor: number): PushedEvent[] {
  return Array.from({ length: 160 }, (_, i) => i)
    .filter((i) => i % 5 !== 0)
    .map((i) =>
      metricEventOf(
        `${at}-${i}`,
        'handleTime',
        (200 + ((i * 37 + at * 11) % 200)) * (isCandidate(i) ? factor : 1),
        at * MINUTE + 4000,
      ),
    );
}

async function send(events: readonly PushedEvent[], atMs: number): Promise<void> {
  nowMs = atMs;
  expect((await push({ events }, { url: server.url, secret: SECRET, nowMs })).status).toBe(200);
}

function run(atMs: number): Promise<WatchResult> {
  const input = watchInput(
    { guardrails: [handleTime], seen: ['handleTimep50:undecided', 'handleTimep50:noData'] },
    { settleMs: SETTLE, atMostMs: MINUTE },
  );
  return new MockActivityEnvironment().run(() => watch({ db, now: () => atMs, lookGapMs: 0, ...noDrift }, input));
}

test('a handle time that is a fifth longer rolls back, though levels come late and twice, and the record takes it again', async () => {
  for (let at = 0; at < 6; at++) await send(cards(at), NOON + at * MINUTE);
  for (let at = 0; at < 6; at++) await send(handleTimes(at, 1.2), NOON + (at + 5) * MINUTE);
  await send(handleTimes(3, 1.2), NOON + 12 * MINUTE);
  const result = await run(NOON + 20 * MINUTE);
  expect(result).toMatchObject({
    kind: 'harm',
    report: {
      n: { baseline: 480, candidate: 480 },
      guardrails: [{ name: 'handleTime', unit: 's', n: { baseline: 384, candidate: 384 } }],
    },
  });
  expect(result.reason).toMatch(
    /^handleTime p50 harm: candidate 3\d\d\.\d s vs baseline \d+(\.\d)? s \(\d\d % higher\), limit \d+(\.\d)? s \(10 % higher\), n 384 \/ 384 cards that carry it, evidence/,
  );
  const stored = await loadJudgeState(db, 'r-1');
  if (stored?.report == null) throw new Error('nothing was kept');
  const record = {
    kind: 'decisionRecord' as const,
    rules: JUDGE_RULES,
    action: 'A',
    version: '2',
    rolloutId: 'r-1',
    guardrails: [handleTime],
    looks: await looksUpTo(db, 'r-1', stored.cursor),
    report: stored.report,
  };
  expect(retake(record)).toMatchObject({ agrees: true, report: { verdict: 'harm' } });
});

test('a card is not judged before its level is there or its time to settle is over; a level that comes later is not counted', async () => {
  await send(cards(0), NOON);
  await send(handleTimes(0, 1).slice(0, 40), NOON + MINUTE);
  expect((await run(NOON + 2 * MINUTE)).report.n).toEqual({ baseline: 0, candidate: 0 });
  expect((await run(NOON + SETTLE)).report).toMatchObject({
    n: { baseline: 80, candidate: 80 },
    guardrails: [{ n: { baseline: 20, candidate: 20 } }],
  });
  await send(handleTimes(0, 1), NOON + SETTLE + MINUTE);
  expect((await run(NOON + 2 * SETTLE)).report.guardrails[0]?.n).toEqual({ baseline: 20, candidate: 20 });
});

test('a level that never comes is no data, whatever the time, and never lets the bake go on', async () => {
  for (let at = 0; at < 3; at++) await send(cards(at), NOON + at * MINUTE);
  expect(await run(NOON + 30 * MINUTE)).toMatchObject({
    kind: 'undecided',
    report: { verdict: 'noData', guardrails: [{ verdict: 'noData' }] },
  });
});
