import { MockActivityEnvironment } from '@temporalio/testing';
import type { WatchInput, WatchResult } from '../../src/activities/types.ts';
import { watch } from '../../src/activities/watch.ts';
import type { EngagementEvent } from '../../src/domain/events/event.ts';
import type { StepEnd } from '../../src/domain/judge/types.ts';
import type { Learning } from '../../src/domain/plan/learning.ts';
import type { Slices } from '../../src/domain/plan/plan.ts';
import { JUDGE_RULES } from '../../src/domain/judge/state.ts';
import { retake } from '../../src/domain/judge/retake.ts';
import { looksUpTo } from '../../src/store/decision-looks.ts';
import { storeEvents } from '../helpers/store-events.ts';
import { lastSeq } from '../../src/store/exposures.ts';
import { loadJudgeState } from '../../src/store/judge-states.ts';
import type { Database } from '../../src/store/database.ts';
import { noDrift } from '../helpers/arms.ts';
import { watchInput } from './watch-input.ts';
import { eventOf, iso, NOON } from '../helpers/events.ts';
import { slowRead } from '../helpers/slow-read.ts';
import { openStore } from '../helpers/any-store.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;
const END = 14 * MINUTE;

let db: Database;
beforeAll(async () => {
  db = await openStore();
});
afterAll(() => db.close());
beforeEach(() => db.query('truncate events, exposures, judge_states, decision_looks, agent_habits'));

/** A minute's cards of both arms: 80 each, 16 of them accepted. */
function minute(at: number): EngagementEvent[] {
  return Array.from({ length: 160 }, (_, i) => {
    const [arm, of] = [i % 2 === 0 ? 'action-a' : 'action-b', Math.floor(i / 2)];
    const kind = of % 5 === 0 ? 'accepted' : 'dismissed';
    const triggeredAt = iso(NOON + at * MINUTE + i);
    return eventOf(`${at}-${i}`, kind, at * MINUTE + 500, {
      actionId: arm,
      triggeredAt,
      renderedAt: iso(NOON + at * MINUTE + i + 200),
      agentId: `agent-${of % 40}`,
    });
  });
}

async function traffic(from: number, to: number, like = minute): Promise<void> {
  for (let at = from; at < to; at++)
    await storeEvents(db, like(at), { source: 'genesys', receivedAt: new Date(NOON + at * MINUTE + 1000) });
}

function input(more: Partial<WatchInput> = {}): WatchInput {
  return watchInput(
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
      plannedEnd: { atMs: NOON + END, share: 1 },
      seen: ['acceptanceRate:undecided'],
      ...more,
    },
    { settleMs: 1000, atMostMs: END },
  );
}

function run(nowMs: number, given = input(), heartbeatDetails?: unknown): Promise<WatchResult> {
  const env = new MockActivityEnvironment({ heartbeatDetails });
  return env.run(() => watch({ db, now: () => nowMs, lookGapMs: 0, ...noDrift }, given));
}

interface Memory {
  readonly cursor: number;
  readonly judge: {
    readonly guardrails: WatchInput['guardrails'];
    readonly plannedEnd: StepEnd | null;
    readonly slicing: Slices | null;
    readonly learning: Learning | null;
  };
}
async function kept(): Promise<{ memory: Memory; agrees: boolean }> {
  const stored = await loadJudgeState(db, 'r-1');
  if (stored?.report == null) throw new Error('nothing was kept');
  const memory = stored.state as Memory;
  const { guardrails, plannedEnd, slicing: slices, learning } = memory.judge;
  const record = {
    kind: 'decisionRecord' as const,
    rules: JUDGE_RULES,
    action: 'A',
    version: '2',
    rolloutId: 'r-1',
    guardrails,
    plannedEnd,
    slices,
    learning,
    looks: await looksUpTo(db, 'r-1', stored.cursor),
    report: stored.report,
  };
  return { memory, agrees: retake(record).agrees };
}

test('at the end of atMost it is asked, the bake goes on by the yes, and the record takes it again', async () => {
  await traffic(0, 14);
  const result = await run(NOON + END);
  expect(result).toMatchObject({ kind: 'advance', report: { verdict: 'safe', plannedEnd: { atMs: END, safe: true } } });
  expect(result.reason).toMatch(/proven within its margin at the planned end of the step, n 1120 \/ 1120 cards/);
  expect((await kept()).agrees).toBe(true);
});

test('a state of another release is taken again from the record of what its judge was shown, and so is a torn one', async () => {
  await traffic(0, 10);
  const hold = input({ goal: { kind: 'hold' }, seen: [] });
  const first = await run(NOON + 10 * MINUTE, hold);
  const stored = await loadJudgeState(db, 'r-1');
  if (stored === null) throw new Error('nothing was kept');
  for (const judge of [
    { ...(stored.state as { judge: object }).judge, version: 2 },
    { ...(stored.state as { judge: object }).judge, rules: JUDGE_RULES - 1 },
    { kind: 'judgeState', version: 99, guardrails: 'of another shape' },
    null,
  ]) {
    await db.query('update judge_states set state = $1', [{ ...stored.state, judge }]);
    expect((await run(NOON + 10 * MINUTE, hold)).report).toEqual(first.report);
  }
});

test('looks that were kept after the last state are taken anew by the next worker: none twice, none left out', async () => {
  await traffic(0, 6);
  const hold = input({ goal: { kind: 'hold' }, seen: [] });
  await run(NOON + 3 * MINUTE, hold);
  const early = await loadJudgeState(db, 'r-1');
  const late = await run(NOON + 6 * MINUTE, hold);
  // A worker that died before it kept its state again: the store has the looks, and the state of before.
  await db.query('update judge_states set state = $1, cursor = $2', [early?.state, early?.cursor]);
  expect((await run(NOON + 6 * MINUTE, hold)).report).toEqual(late.report);
  expect((await kept()).agrees).toBe(true);
});

/** A day before: every other agent accepted `often` of 20 cards, the rest one. */
async function before(often: number): Promise<void> {
  const cards = Array.from({ length: 800 }, (_, i) => {
    const [agent, of] = [i % 40, Math.floor(i / 40)];
    const at = { triggeredAt: iso(NOON - DAY + i), renderedAt: iso(NOON - DAY + i + 200) };
    const kind = of < (agent % 2 === 0 ? often : 1) ? 'accepted' : 'dismissed';
    return eventOf(`before-${i}`, kind, 500 - DAY, { actionId: 'action-a', agentId: `agent-${agent}`, ...at });
  });
  await storeEvents(db, cards, { source: 'genesys', receivedAt: new Date(NOON - DAY + 2000) });
}

test('what is known of the agents is fixed when the rollout is first watched, goes with each card, and is on record', async () => {
  await before(10);
  const hold = input({ goal: { kind: 'hold' }, seen: [], startSeq: await lastSeq(db) });
  await traffic(0, 3);
  await run(NOON + 3 * MINUTE, hold);
  const habits = async (): Promise<readonly string[]> => {
    const looks = await looksUpTo(db, 'r-1', (await loadJudgeState(db, 'r-1'))?.cursor ?? 0);
    const told = looks.flatMap(({ cards }) => cards.map((card) => `${card.agent}: ${JSON.stringify(card.habits)}`));
    return [...new Set(told)].toSorted();
  };
  const first = await habits();
  expect(first).toHaveLength(40);
  expect(first).toContain('agent-1: {"acceptanceRate":-0.181640625,"dismissalRate":0.181640625}');
  expect(first).toContain('agent-2: {"acceptanceRate":0.181640625,"dismissalRate":-0.181640625}');
  // Late news of the day before, and another worker.
  const late = Array.from({ length: 400 }, (_, i) =>
    eventOf(`late-${i}`, 'accepted', -DAY, {
      agentId: `agent-${1 + 2 * (i % 20)}`,
      triggeredAt: iso(NOON - DAY),
      renderedAt: iso(NOON - DAY + 200),
    }),
  );
  await storeEvents(db, late, { source: 'genesys', receivedAt: new Date(NOON - DAY + 2000) });
  await db.query('delete from exposures where triggered_at < $1', [new Date(NOON - DAY + 100)]);
  await traffic(3, 6);
  await run(NOON + 6 * MINUTE, hold);
  expect(await habits()).toEqual(first);
  expect((await kept()).agrees).toBe(true);
});

test('agents who are alike, and a rollout without cards before it, have no habits', async () => {
  await before(1);
  await traffic(0, 3);
  for (const startSeq of [800, 0]) {
    await db.query('truncate judge_states, decision_looks, agent_habits');
    await run(NOON + 3 * MINUTE, input({ goal: { kind: 'hold' }, seen: [], startSeq }));
    const looks = await looksUpTo(db, 'r-1', 10_000);
    expect(looks.flatMap(({ cards }) => cards).filter(({ habits }) => habits !== undefined)).toEqual([]);
  }
});

test('answers of one arm that come after their cards have settled are seen, kept on record, and taken again from it', async () => {
  const hold = input({ goal: { kind: 'hold' }, seen: [] });
  let result: WatchResult | null = null;
  for (let at = 0; at < 12 && result?.kind !== 'untrusted'; at++) {
    const events = minute(at);
    const known = events.map((event) => ({ ...event, id: `${event.id} known`, type: 'agentassist.action.triggered' }));
    const isLate = ({ actionId, id }: EngagementEvent) => actionId === 'action-b' && id.length % 2 === 0;
    const receivedAt = (ms: number) => ({ source: 'genesys', receivedAt: new Date(NOON + at * MINUTE + ms) });
    await storeEvents(db, known, receivedAt(1000));
    await storeEvents(
      db,
      events.filter((event) => !isLate(event)),
      receivedAt(1100),
    );
    await storeEvents(db, events.filter(isLate), receivedAt(3500));
    result = await run(NOON + at * MINUTE + 59_000, hold);
  }
  expect(result).toMatchObject({ kind: 'untrusted', report: { distrust: [{ kind: 'lateForCandidate' }] } });
  expect((await kept()).agrees).toBe(true);
});

describe('cards dealt at another split than the one that is asked', () => {
  const asked = { splitPercent: 20, previousPercent: 20 };
  const served = { splitPercent: 20, stage: 'both', acceptedRivals: [] } as const;
  const told = async (expected: WatchInput['expected']): Promise<string | undefined> => {
    await traffic(0, 10);
    const { report } = await run(NOON + 10 * MINUTE, input({ ...asked, expected, tellSight: true }));
    return report?.verdict;
  };

  test('are no sign of a broken split while a write of ours may have moved it', async () => {
    expect(await told({ ...served, splitPercent: null })).toBe('undecided');
    await db.query('truncate events, exposures, judge_states, decision_looks');
    expect(await told({ ...served, written: { splitPercent: 50, stage: 'both' } })).toBe('undecided');
  });

  test('are one where all that we wrote is proven', async () => {
    expect(await told(served)).toBe('untrusted');
  });
});

test('a card dated ahead delays nothing: missing data are told by what arrived', async () => {
  await traffic(0, 2);
  await storeEvents(
    db,
    [eventOf('ahead', 'accepted', 86_400_000, { actionId: 'action-b', triggeredAt: iso(NOON + 86_400_000) })],
    { source: 'genesys', receivedAt: new Date(NOON + 2 * MINUTE) },
  );
  const quiet = input({
    policies: { ...input().policies, onNoData: { afterMs: 5 * MINUTE, do: 'pause' } },
    goal: { kind: 'hold' },
    seen: ['acceptanceRate:undecided'],
  });
  let nowMs = NOON + 2 * MINUTE + 5000;
  const env = new MockActivityEnvironment();
  const result = env.run(() => watch({ db, now: () => (nowMs += 60_000), lookGapMs: 0, ...noDrift }, quiet));
  await expect(result).resolves.toMatchObject({
    kind: 'noData',
    reason: expect.stringContaining('No candidate card has come for') as string,
  });
});

test('cards that settle while it looks are looked at next, in a silence too', async () => {
  const known = minute(0).map((event) => ({ ...event, id: `${event.id} known`, type: 'agentassist.action.triggered' }));
  await storeEvents(db, known, { source: 'genesys', receivedAt: new Date(NOON + 1000) });
  const slow = slowRead(db, { askedAtMs: NOON + 1500, answeredAtMs: NOON + 2500 });
  const given = input({ goal: { kind: 'hold' }, seen: ['acceptanceRate:noData'] });
  const result = new MockActivityEnvironment().run(() => watch({ ...slow, lookGapMs: 0, ...noDrift }, given));
  await expect(result).resolves.toMatchObject({ kind: 'news', report: { n: { baseline: 80, candidate: 80 } } });
});

describe('after an outage of all workers, with more unread cards than one read takes', () => {
  const NOW = 45 * MINUTE + 3000;
  const bake = input({
    policies: { ...input().policies, onNoData: { afterMs: 5 * MINUTE, do: 'rollback' } },
    plannedEnd: { atMs: NOON + NOW, share: 1 },
    goal: { ...input().goal, atMostMs: NOW } as WatchInput['goal'],
    seen: ['acceptanceRate:undecided', 'acceptanceRate:safe'],
  });
  const hold: WatchInput = { ...bake, goal: { kind: 'hold' }, tellSight: true };
  const all = { baseline: 46 * 80, candidate: 46 * 80 };
  const outage = async (like?: typeof minute): Promise<void> => {
    await traffic(0, 1);
    await run(NOON + MINUTE, hold);
    await traffic(1, 46, like);
  };

  test('no arm is called silent, and nothing is told, before all of them are read', async () => {
    await outage();
    expect(await run(NOON + NOW, hold)).toMatchObject({ kind: 'news', report: { n: all } });
  });

  test('a bake whose longest time is over ends by all of them', async () => {
    await outage();
    expect(await run(NOON + NOW, bake)).toMatchObject({ kind: 'advance', report: { n: all } });
    expect((await kept()).agrees).toBe(true);
  });

  test('harm ends it with the read that proves it', async () => {
    await outage((at) =>
      minute(at).map((event) =>
        event.actionId === 'action-a' ? event : { ...event, type: 'agentassist.action.dismissed' },
      ),
    );
    const { kind, report } = await run(NOON + NOW, bake);
    expect(kind).toBe('harm');
    expect(report.n.candidate).toBeLessThan(2600);
  });
});

test('without a planned end (and in an activity of 0.1.0) the bake ends undecided', async () => {
  await traffic(0, 14);
  const { plannedEnd: _, ...old } = input();
  expect(await run(NOON + END, old)).toMatchObject({ kind: 'undecided', report: { verdict: 'undecided' } });
});

test('a worker that comes late asks as of the planned end, not of its own time', async () => {
  await traffic(0, 20);
  const result = await run(NOON + 25 * MINUTE);
  expect(result.report).toMatchObject({
    plannedEnd: { n: { candidate: 1120, baseline: 1120 } },
    n: { candidate: 1600, baseline: 1600 },
  });
  expect((await kept()).agrees).toBe(true);
});

test('another worker does not ask again: neither from the store nor from a heartbeat that had not heard the answer', async () => {
  await traffic(0, 2);
  const hold = input({
    plannedEnd: { atMs: NOON + 2 * MINUTE, share: 1 },
    goal: {
      kind: 'bake',
      startedAtMs: NOON,
      forMs: MINUTE,
      atMostMs: 2 * MINUTE,
      minCards: 0,
      cardsBefore: 0,
      require: 'safe',
    },
  });
  expect(await run(NOON + 2 * MINUTE, hold)).toMatchObject({
    kind: 'undecided',
    report: { plannedEnd: { safe: false, look: 2 } },
  });
  const { memory } = await kept();
  const unheard = {
    memory: { ...memory, judge: { ...memory.judge, plannedEnd: { ...memory.judge.plannedEnd, answer: null } } },
  };
  await traffic(2, 14);
  for (const heartbeat of [undefined, unheard]) {
    expect(await run(NOON + END, hold, heartbeat)).toMatchObject({
      kind: 'undecided',
      report: { plannedEnd: { safe: false, look: 2 } },
    });
  }
  expect((await kept()).agrees).toBe(true);
});

test('one media type badly harmed behind a good mean rolls back, and the record takes it again', async () => {
  for (let at = 0; at < 14; at++) {
    const events = minute(at).map((event, i) => {
      const mediaType = i % 6 < 2 ? 'chat' : 'message';
      const [worse, better] = [
        event.actionId === 'action-b' && mediaType === 'chat',
        event.actionId === 'action-b' && i % 20 === 3,
      ];
      const kind = worse ? 'dismissed' : better ? 'accepted' : (event.type.split('.')[2] ?? '');
      return { ...event, mediaType, id: `${event.cardId}-${kind}`, type: `agentassist.action.${kind}` };
    });
    await storeEvents(db, events, { source: 'genesys', receivedAt: new Date(NOON + at * MINUTE + 1000) });
  }
  const sliced = input({
    slices: { by: ['mediaType', 'language'], times: 2, alpha: 0.01 },
    guardrails: input().guardrails.map((guardrail) => ({ ...guardrail, alpha: 1e-12 })),
  });
  const result = await run(NOON + END, sliced);
  expect(result).toMatchObject({
    kind: 'harm',
    reason: expect.stringMatching(/^media type chat: acceptanceRate harm: candidate 0\.0 % vs baseline 2\d\.\d %, /),
  });
  expect(result.report.slices?.map(({ name }) => name)).toEqual(['message', 'chat']);
  expect((await kept()).agrees).toBe(true);
});

test('a paused bake is asked at the same moment; the next bake starts without the answer', async () => {
  await traffic(0, 14);
  const paused = await run(NOON + END, input({ goal: { kind: 'hold' }, seen: [] }));
  expect(paused.report).toMatchObject({ verdict: 'safe', plannedEnd: { look: 14 } });
  const next = await run(NOON + END, input({ plannedEnd: { atMs: NOON + 2 * END, share: 1 }, seen: [] }));
  expect(next.report.verdict).toBe('undecided');
  expect(next.report).not.toHaveProperty('plannedEnd');
});

test('a bake that was asked is not asked again at another moment that is said to be its end', async () => {
  await traffic(0, 2);
  const ending = (minutes: number): WatchInput =>
    input({
      plannedEnd: { atMs: NOON + minutes * MINUTE, share: 1, step: 1 },
      goal: { kind: 'hold' },
      tellSight: true,
    });
  const first = await run(NOON + 2 * MINUTE, ending(2));
  expect(first.report).toMatchObject({ plannedEnd: { safe: false, look: 2 } });
  await traffic(2, 14);
  for (const minutes of [3, 14, 200])
    expect((await run(NOON + END, ending(minutes))).report.plannedEnd).toEqual(first.report.plannedEnd);
  expect((await kept()).agrees).toBe(true);
});

test('cards count for a harm budget as soon as they are known of, each once, also for the next worker', async () => {
  await traffic(0, 1);
  const [held, now] = [{ kind: 'hold' } as const, NOON + 2000];
  const budget = (cards: number) => [{ of: 'step' as const, cards, do: 'pause' as const, sinceMs: NOON }];
  const given = { settleMs: 600_000 };
  const unsettled = (cards: number, more: Partial<WatchInput> = {}): WatchInput => {
    const whole = input({ goal: held, budgets: budget(cards), tellSight: true, ...more });
    return { ...whole, policies: { ...whole.policies, ...given } };
  };
  expect(await run(now, unsettled(81))).toMatchObject({ kind: 'news' });
  expect(await run(now, unsettled(80))).toMatchObject({ kind: 'spent', budget: { shown: 80, cards: 80 } });
  await traffic(1, 2);
  const later = now + MINUTE;
  expect(await run(later, unsettled(160))).toMatchObject({ kind: 'spent', budget: { shown: 160 } });
  const anew = [{ of: 'step' as const, cards: 80, do: 'pause' as const, sinceMs: NOON + 30_000 }];
  expect(await run(later, unsettled(80, { budgets: anew }))).toMatchObject({ kind: 'spent', budget: { shown: 80 } });
});

test('what agents did while the card was new to them is left out as the plan says, and the record takes it again', async () => {
  await traffic(0, 10);
  const given = input({ goal: { kind: 'hold' }, seen: [] });
  const learning = { first: { cards: 3 }, do: 'leaveOut' } as const;
  const { report } = await run(NOON + 10 * MINUTE, { ...given, policies: { ...given.policies, learning } });
  const learned = report.guardrails[0]?.learned;
  expect(learned).toMatchObject({ first: '3 cards', decides: true });
  expect(learned?.n.candidate).toBe(report.n.candidate - 40 * 3);
  expect(learned?.n.baseline).toBeLessThan(report.n.baseline);
  expect((await kept()).agrees).toBe(true);
});
