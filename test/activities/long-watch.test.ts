/** After promotion: real cards through the real store to what the watch says, and the same again from its record. */
import { MockActivityEnvironment } from '@temporalio/testing';
import type { LongWatchDeps } from '../../src/activities/long-watch.ts';
import { longWatch } from '../../src/activities/long-watch.ts';
import type { LongWatchInput, LongWatchResult } from '../../src/activities/long-watch-types.ts';
import type { Drift } from '../../src/domain/rollout/drift.ts';
import type { EngagementEvent } from '../../src/domain/events/event.ts';
import { retakeLongWatch } from '../../src/domain/long-watch/retake.ts';
import type { Database } from '../../src/store/database.ts';
import { storeEvents } from '../helpers/store-events.ts';
import { longWatchRecordOf } from '../../src/store/long-watches.ts';
import { refOf } from '../helpers/arms.ts';
import { eventOf, iso, NOON } from '../helpers/events.ts';
import { slowRead } from '../helpers/slow-read.ts';
import { openStore } from '../helpers/any-store.ts';

const MINUTE = 60_000;
const PROMOTED = 20;
const END = 40;

let db: Database;
beforeAll(async () => {
  db = await openStore();
});
afterAll(() => db.close());
beforeEach(() => db.query('truncate events, exposures, long_watches, long_watch_cards'));

interface Like {
  /** Of 100 cards. */
  readonly accepted: number;
  readonly latencyMs: number;
}
const usual: Like = { accepted: 30, latencyMs: 200 };

/** A minute's 100 cards of the version. */
function minute(at: number, { accepted, latencyMs }: Like, offMs = 0): EngagementEvent[] {
  const atDesktop = NOON + at * MINUTE + offMs;
  return Array.from({ length: 100 }, (_, i) => {
    const kind = (i * 37 + at) % 100 < accepted ? 'accepted' : 'dismissed';
    return eventOf(`${at}-${i}`, kind, at * MINUTE + 5000, {
      actionId: 'action-b',
      triggeredAt: iso(atDesktop + i * 100),
      renderedAt: iso(atDesktop + i * 100 + latencyMs + ((i * 13) % 100)),
      agentId: `agent-${(i * 7 + at * 11) % 41}`,
    });
  });
}

/** `offMs`: what their clocks are ahead of ours. */
async function traffic(from: number, to: number, like = usual, offMs = 0): Promise<void> {
  for (let at = from; at < to; at++)
    await storeEvents(db, minute(at, like, offMs), {
      source: 'genesys',
      receivedAt: new Date(NOON + at * MINUTE + 15_000),
    });
}

function input(more: Partial<LongWatchInput> = {}): LongWatchInput {
  return {
    rolloutId: 'r-1',
    deployment: {
      target: 'agentAssistActions',
      actionName: 'RefundAssist',
      baseline: refOf('action-a', '1'),
      candidate: refOf('action-b', '2'),
    },
    guardrails: [
      {
        metric: 'acceptanceRate',
        worseWhen: 'lower',
        margin: { kind: 'relative', value: 0.1 },
        alpha: 0.01,
        mode: 'enforce',
        limit: 0.12,
      },
      {
        metric: 'deliveryLatency',
        statistic: 'p95',
        worseWhen: 'higher',
        margin: { kind: 'relative', value: 0.25 },
        alpha: 0.01,
        mode: 'enforce',
      },
    ],
    alpha: 0.01,
    startedAtMs: NOON + PROMOTED * MINUTE,
    endsAtMs: NOON + END * MINUTE,
    policies: { settleMs: 1000, onNoData: { afterMs: 10 * MINUTE, do: 'pause' } },
    startSeq: 0,
    ...more,
  };
}

function run(minutes: number, given = input(), more: Partial<LongWatchDeps> = {}): Promise<LongWatchResult> {
  return new MockActivityEnvironment().run(() =>
    longWatch({ db, now: () => NOON + minutes * MINUTE, lookGapMs: 0, ...more }, given),
  );
}

/** Until that many cards are taken; a watch that is cancelled has ended nothing. */
async function runAndKill(deps: Pick<LongWatchDeps, 'db' | 'now'>, cards: number): Promise<void> {
  const env = new MockActivityEnvironment();
  const taken = new Promise<void>((resolve) => {
    env.on('heartbeat', (details: { readonly longWatch?: { readonly n: number } } | undefined) => {
      if (details?.longWatch?.n === cards) resolve();
    });
  });
  const running = env.run(() => longWatch({ ...deps, lookGapMs: 0 }, input()));
  await taken;
  env.cancel();
  await expect(running).rejects.toThrow(/cancel/i);
}

async function agrees(): Promise<boolean> {
  const record = await longWatchRecordOf(db, 'r-1');
  if (record === null) throw new Error('nothing was kept');
  return retakeLongWatch(record).agrees;
}

test('a version that turns bad after its promotion is called harm from its cards, and the record takes it again', async () => {
  await traffic(0, 25);
  await traffic(25, END, { accepted: 10, latencyMs: 200 });
  const result = await run(40);
  expect(result).toMatchObject({ kind: 'harm', n: 2000 });
  expect(result.reason).toMatch(
    /^acceptanceRate harm: 15\.0 % since the promotion against 30\.0 % of its own record \(2000 cards\), limit 27\.0 % \(10 % lower\), n 2000 cards, evidence (1:\d+|beyond 1:1000000000)\.$/,
  );
  expect(await agrees()).toBe(true);
});

test('one that becomes slow is harm by its latency, one beyond a limit by the limit', async () => {
  await traffic(0, PROMOTED);
  await traffic(PROMOTED, 30, { accepted: 2, latencyMs: 600 });
  const { rows } = await run(30);
  expect(rows.map(({ metric, against, verdict }) => [metric, against, verdict])).toEqual([
    ['acceptanceRate', 'record', 'harm'],
    ['acceptanceRate', 'limit', 'harm'],
    ['deliveryLatency', 'record', 'harm'],
  ]);
});

test('one that stays as its record is watched until its time is over', async () => {
  await traffic(0, END);
  const result = await run(END);
  expect(result).toMatchObject({
    kind: 'over',
    n: 2000,
    drift: null,
    reason: expect.stringMatching(
      /^No harm proven since the promotion: 3 of 3 tests had cards, n 2000 cards, its own record 2000 cards, error budget 0\.01 in all\.$/,
    ),
  });
  expect(await agrees()).toBe(true);
});

test('cards of the other version and of another rollout count for nothing', async () => {
  await traffic(0, 5, { accepted: 90, latencyMs: 10 });
  const [row] = await db.query<{ seq: number }>('select max(seq) as seq from exposures');
  await traffic(5, END);
  await storeEvents(
    db,
    minute(99, usual).map((event) => ({ ...event, actionId: 'action-a' })),
    { source: 'genesys', receivedAt: new Date(NOON + 30 * MINUTE) },
  );
  const result = await run(END, input({ startSeq: row?.seq ?? 0 }));
  expect(result).toMatchObject({
    kind: 'over',
    n: 2000,
    rows: [{ recordValue: expect.closeTo(0.3, 5), recordCards: 1500 }, {}, {}],
  });
});

test('nothing comes: no data, with the last card and the count; accepted silence is watched on', async () => {
  await traffic(0, 25);
  const result = await run(36);
  expect(result).toMatchObject({
    kind: 'noData',
    n: 500,
    reason: expect.stringMatching(
      /^No card of RefundAssist 2 since 2026-03-01T12:24:15\.000Z, 10 m or longer; n 500 cards since the promotion\.$/,
    ),
  });
  expect(await run(END, input({ acceptNoData: true }))).toMatchObject({ kind: 'over', n: 500 });
});

describe.each([-65, -1, 1, 65])('where desktops and organisation are %i minutes off', (offMinutes) => {
  const offTraffic = (from: number, to: number, like = usual) => traffic(from, to, like, offMinutes * MINUTE);

  test('harm since the promotion is found at once, and the record is what came before it', async () => {
    await offTraffic(0, PROMOTED);
    await offTraffic(PROMOTED, END, { accepted: 2, latencyMs: 200 });
    const result = await run(END);
    expect(result).toMatchObject({
      kind: 'harm',
      rows: [{ recordCards: 2000, recordValue: expect.closeTo(0.3, 5) }, {}, {}],
    });
    expect(await agrees()).toBe(true);
  });

  test('cards that come are no silence, and the one after them is told by our clock', async () => {
    await offTraffic(0, 36);
    await runAndKill({ db, now: () => NOON + 36 * MINUTE }, 1600);
    expect(await run(50, input({ endsAtMs: NOON + 60 * MINUTE }))).toMatchObject({
      kind: 'noData',
      reason: expect.stringContaining('since 2026-03-01T12:35:15.000Z, 10 m or longer; n 1600 cards'),
    });
  });
});

test('a watch that is begun late ends its record where the promotion was, and harm of the first hour is in no record', async () => {
  await traffic(0, PROMOTED);
  await traffic(PROMOTED, END, { accepted: 2, latencyMs: 200 }, -90 * MINUTE);
  expect(await run(END + 30)).toMatchObject({
    kind: 'harm',
    rows: [{ recordCards: 2000, recordValue: expect.closeTo(0.3, 5) }, {}, {}],
  });
});

test('killed half way and taken up by another worker: the same figures, to the last bit', async () => {
  await traffic(0, 31);
  await runAndKill({ db, now: () => NOON + 31 * MINUTE }, 1100);
  await traffic(31, END);
  const resumed = await run(END);
  expect(await agrees()).toBe(true);
  await db.query('truncate long_watches, long_watch_cards');
  expect(resumed).toEqual(await run(END));
});

test('cards that settle while it looks are looked at next, in a silence too', async () => {
  await traffic(0, 25);
  await runAndKill({ db, now: () => NOON + 25 * MINUTE }, 500);
  const arrivedAtMs = NOON + 26 * MINUTE;
  const shown = minute(25, usual).map((event) => ({ ...event, type: 'agentassist.action.rendered' }));
  await storeEvents(db, shown, { source: 'genesys', receivedAt: new Date(arrivedAtMs) });
  await runAndKill(slowRead(db, { askedAtMs: arrivedAtMs + 500, answeredAtMs: arrivedAtMs + 1500 }), 600);
});

test('the record is frozen once all of it has settled, whatever comes late for it', async () => {
  await traffic(0, 19);
  // Of the last minute only that they were shown: they may still be accepted.
  const shown = minute(19, usual).map((event) => ({
    ...event,
    id: `${event.cardId}-rendered`,
    type: 'agentassist.action.rendered',
  }));
  await storeEvents(db, shown, { source: 'genesys', receivedAt: new Date(NOON + PROMOTED * MINUTE - 500) });
  let nowMs = NOON + PROMOTED * MINUTE;
  const env = new MockActivityEnvironment();
  const running = env.run(() =>
    longWatch({ db, now: () => nowMs, lookGapMs: 0 }, input({ endsAtMs: NOON + (PROMOTED + 1) * MINUTE })),
  );
  await storeEvents(db, minute(19, usual), { source: 'genesys', receivedAt: new Date(nowMs + 200) });
  nowMs += MINUTE;
  expect(await running).toMatchObject({
    kind: 'over',
    n: 0,
    rows: [{ recordCards: 2000, recordValue: expect.closeTo(0.3, 5) }, {}, {}],
  });
});

test('a drift is told, harm comes before it', async () => {
  const drift = () =>
    Promise.resolve({ kind: 'split' as const, key: 'split', message: 'The split is 40 %, asked 100 %.' });
  await traffic(0, 30);
  expect(await run(31, input(), { drift })).toMatchObject({
    kind: 'drift',
    reason: 'The split is 40 %, asked 100 %.',
    drift: { kind: 'split' },
    n: 1000,
  });
  await traffic(31, END, { accepted: 5, latencyMs: 200 });
  expect(await run(END, input(), { drift })).toMatchObject({ kind: 'harm', drift: null });
});

describe('before all cards of the rollout have settled', () => {
  const settling = { ...input().policies, settleMs: 30 * MINUTE };
  const moved: Drift = { kind: 'split', key: 'split', message: 'The organisation shows 50 %.' };

  test('a drift is told all the same', async () => {
    await traffic(0, PROMOTED);
    const drift = (): Promise<Drift> => Promise.resolve(moved);
    expect(await run(PROMOTED + 1, input({ policies: settling }), { drift })).toMatchObject({ kind: 'drift', n: 0 });
  });
});
