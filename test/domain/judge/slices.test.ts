import { startJudge, takeLook } from '../../../src/domain/judge/judge.ts';
import { reportOf } from '../../../src/domain/judge/report/report.ts';
import { askPlannedEnd, planEnd } from '../../../src/domain/judge/decision/planned-end.ts';
import { JUDGE_RULES } from '../../../src/domain/judge/state.ts';
import { retake } from '../../../src/domain/judge/retake.ts';
import type { DecisionRecord } from '../../../src/domain/judge/retake.ts';
import { MAX_SLICES, sliceThreshold } from '../../../src/domain/judge/bets/slices.ts';
import type { Card, JudgeState, Look } from '../../../src/domain/judge/types.ts';
import type { Guardrail, Slices } from '../../../src/domain/plan/plan.ts';
import { seededRandom } from '../../../src/domain/shared/random.ts';
import { emptyMemory } from '../../../src/domain/judge/gathering/baseline-memory.ts';
import { slicedGuardrails } from '../../../src/domain/judge/bets/slice-bets.ts';
import { sliceMarks } from '../../../src/domain/judge/decision/slice-effect.ts';
import { moveOdds } from '../../../src/domain/judge/maths/margin.ts';
import { copySketch, countIn, binOf, emptySketch } from '../../../src/domain/judge/maths/sketch.ts';
import type { Sketch } from '../../../src/domain/judge/maths/sketch.ts';
import { tippingSlice } from '../../../src/domain/judge/report/slice-report.ts';
import { acceptance, dismissal, p95, undelivered } from './helpers.ts';

function latenciesOf(values: readonly number[]): Sketch {
  const sketch = copySketch(emptySketch);
  for (const value of values) countIn(sketch, binOf(value));
  return sketch;
}

const slices: Slices = { by: ['queue'], times: 2, alpha: 0.01 };
const tight: Guardrail = { ...acceptance, margin: { kind: 'relative', value: 0.1 } };

interface World {
  readonly perArm: readonly [number, number];
  /** Shares of the queues, rising to 1. */
  readonly queues: number;
  readonly agents: number;
  /** Acceptance of a card. */
  readonly rate: (queue: number, arm: Card['arm'], t: number, agent: number) => number;
  readonly slower?: (queue: number, arm: Card['arm']) => number;
  /** Agents work for one queue and see one arm. */
  readonly apart?: boolean;
}

function looks(
  seed: number,
  count: number,
  { perArm, queues, agents, rate, slower = () => 1, apart = false }: World,
): readonly Look[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, (_, t) => {
    const arm = (which: Card['arm'], cards: number): readonly Card[] =>
      Array.from({ length: cards }, (): Card => {
        // Smaller queues are rarer: the square of a uniform number falls into the first ones more often.
        const queue = Math.floor(queues * random.next() ** 2);
        const own = Math.floor(random.next() * agents);
        const agent = apart ? (own * queues + queue) * 2 + (which === 'candidate' ? 1 : 0) : own;
        return {
          arm: which,
          outcomes: random.next() < rate(queue, which, t, agent) ? ['accepted'] : [],
          latencyMs: 300 * slower(queue, which) * Math.exp(0.6 * random.normal()),
          agent: `a${agent}`,
          queue: `q${queue}`,
          firstOfConversation: true,
        };
      });
    return {
      atMs: t * 60_000,
      splitPercent: null,
      cards: [...arm('baseline', perArm[0]), ...arm('candidate', perArm[1])],
    };
  });
}

const judged = (shown: readonly Look[], guardrails: readonly Guardrail[] = [tight], plan: Slices | null = slices) =>
  shown.reduce(takeLook, startJudge(guardrails, plan ?? undefined));

/** Acceptance 20 % in the first queues and more in others; 10 % of it better for the candidate, halved in queue 3. */
const hidden: World = {
  perArm: [150, 150],
  queues: 6,
  agents: 100,
  rate: (queue, arm) => (0.2 + 0.02 * queue) * (arm === 'baseline' ? 1 : queue === 3 ? 0.5 : 1.1),
};

test('one of six queues halved behind a better mean is found and named, with values, numbers and evidence', () => {
  for (const seed of [1, 2, 3]) {
    const shown = looks(seed, 60, hidden);
    expect(reportOf(judged(shown, [tight], null)).verdict).not.toBe('harm');
    const report = reportOf(judged(shown));
    expect(report.verdict).toBe('harm');
    expect(report.reason).toMatch(
      /^queue q3: acceptanceRate harm: candidate 1\d\.\d % vs baseline 2\d\.\d %, n \d+ \/ \d+ cards, evidence of harm (beyond )?1:\d+, needed 1:\d+\.$/,
    );
    expect(report.guardrails[0]?.verdict).not.toBe('harm');
    expect(report.slices?.filter(({ verdict }) => verdict === 'harm').map(({ name }) => name)).toEqual(['q3']);
  }
});

test('a queue whose cards come late is found by its slow cards', () => {
  const world: World = {
    ...hidden,
    rate: () => 0.2,
    slower: (queue, arm) => (arm === 'candidate' ? (queue === 2 ? 2.5 : 0.9) : 1),
  };
  const report = reportOf(judged(looks(4, 40, world), [tight, p95]));
  expect(report.slices?.find(({ name }) => name === 'q2')).toMatchObject({
    verdict: 'harm',
    metric: 'deliveryLatency',
    statistic: 'p95',
  });
  expect(report.slices?.find(({ name }) => name === 'q2')?.sentence).toMatch(
    /^queue q2: deliveryLatency p95 harm: candidate \d\d\.\d % slow cards vs baseline \d\.\d % slow cards, /,
  );
});

test.each<[string, Partial<World>]>([
  ['rates that differ by queue and drift', {}],
  [
    'agents of their own habits, each for one queue and one arm',
    { apart: true, agents: 12, rate: (queue, _, __, agent) => 0.25 + 0.02 * queue + 0.2 * Math.sin(agent * 12.9898) },
  ],
])('200 harmless streams, %s: at most alpha are called harmed', (_, more) => {
  const alpha = 0.05;
  let harmed = 0;
  for (let seed = 1; seed <= 200; seed++) {
    const world: World = {
      perArm: [60, 30],
      queues: 6,
      agents: 60,
      rate: (queue, __, t) => 0.15 + 0.03 * queue + 0.1 * Math.sin(t / 8),
      ...more,
    };
    const report = reportOf(
      judged(looks(seed, 20, world), [{ ...tight, alpha: 1e-9 }], { ...slices, times: 1, alpha }),
    );
    harmed += report.slices?.some(({ verdict }) => verdict === 'harm') === true ? 1 : 0;
  }
  // Two standard deviations above 5 % of 200.
  expect(harmed).toBeLessThanOrEqual(16);
});

test('each slice has its difference, with an interval, beside the tolerance and the margins that it is held to', () => {
  const report = reportOf(judged(looks(1, 60, hidden)));
  const harmed = report.slices?.find(({ name }) => name === 'q3');
  const { baselineValue, candidateValue, effect, tolerated, limit, harmful } = harmed!;
  expect(effect).toMatchObject({ unit: 'ofBaseline', estimate: candidateValue! / baselineValue! - 1 });
  expect(effect!.low!).toBeLessThan(-0.5);
  // Half of what was, and surely worse than what is tolerated.
  expect(effect!.high!).toBeLessThan(-0.05);
  expect([tolerated, limit, harmful].map((value) => value! / baselineValue!)).toEqual([
    expect.closeTo(0.95, 9),
    expect.closeTo(0.9, 9),
    expect.closeTo(0.8, 9),
  ]);
  expect(tippingSlice(report)).toBe(harmed);
  expect(tippingSlice(reportOf(judged(looks(1, 3, hidden))))).toBeNull();
});

test('of latency the marks are shares of slow cards: so many as cards that take so much longer would be', () => {
  const memory = { ...emptyMemory, latencies: latenciesOf(Array.from({ length: 1000 }, (_, at) => 100 + at)) };
  const quarter = { ...p95, margin: { kind: 'relative', value: 0.25 } } as const;
  const slow = slicedGuardrails([quarter], slices)[0]!;
  const { tolerated, limit, harmful } = sliceMarks(slow, 0.08, memory, slices.times);
  // 5 % lie beyond 1050 ms; a quarter slower, 26 % do: 840 ms and more.
  expect(limit).toBeCloseTo(moveOdds(0.08, Math.log((0.26 / 0.74) * (0.95 / 0.05))), 1);
  expect(0.08 < tolerated && tolerated < limit && limit < harmful).toBe(true);
  expect(moveOdds(0.08, Math.log(2.59))).toBeCloseTo(0.184, 3);
});

test('of what is shown of all slices at all looks, no interval misses more often than alpha', () => {
  const alpha = 0.05;
  const ratio = 0.9;
  let missed = 0;
  for (let seed = 1; seed <= 60; seed++) {
    const world: World = {
      perArm: [60, 30],
      queues: 6,
      agents: 60,
      rate: (queue, arm, t) => (0.3 + 0.05 * queue + 0.1 * Math.sin(t / 8)) * (arm === 'baseline' ? 1 : ratio),
    };
    let state: JudgeState = startJudge([tight, dismissal], { ...slices, alpha });
    const isOff = looks(seed, 20, world).some((look) => {
      state = takeLook(state, look);
      return reportOf(state).slices!.some(({ metric, effect }) => {
        if (effect?.unit !== 'ofBaseline' || metric !== 'acceptanceRate') return false;
        return (effect.low ?? -1) > ratio - 1 || (effect.high ?? 1) < ratio - 1;
      });
    });
    missed += isOff ? 1 : 0;
  }
  // Two standard deviations above 5 % of 60.
  expect(missed).toBeLessThanOrEqual(6);
});

test('the budget is split in order of appearance, the larger first within a look, whatever the order of cards', () => {
  expect(Math.exp(sliceThreshold(0.01, 0))).toBeCloseTo(164.5, 1);
  expect(Math.exp(sliceThreshold(0.01, 11))).toBeCloseTo(23_687, 0);
  expect(
    Array.from({ length: 1000 }, (_, k) => Math.exp(-sliceThreshold(0.01, k))).reduce((sum, one) => sum + one, 0),
  ).toBeLessThan(0.01);
  const shown = looks(5, 6, hidden);
  const state = judged(shown);
  expect(reportOf(state).slices?.[0]?.name).toBe('q0');
  expect(judged(shown.map((look) => ({ ...look, cards: look.cards.toReversed() })))).toEqual(state);
});

test('only so many slices are followed; by media type and language, too; a card that does not say is in none', () => {
  const shown = looks(6, 3, { ...hidden, queues: 40 }).map((look) => ({
    ...look,
    cards: look.cards.map((card, i): Card => ({
      ...card,
      queue: '',
      ...(i % 3 > 0 && { mediaType: i % 3 === 1 ? 'chat' : 'message' }),
      language: 'en-us',
    })),
  }));
  const report = reportOf(judged(shown, [tight], { ...slices, by: ['queue', 'mediaType', 'language'] }));
  expect(report.slices?.map(({ by, name }) => `${by} ${name}`)).toEqual([
    'language en-us',
    'mediaType chat',
    'mediaType message',
  ]);
  expect(reportOf(judged(looks(6, 3, { ...hidden, queues: 40 }))).slices).toHaveLength(MAX_SLICES);
});

test('observed guardrails take no part, and harm of a slice stays harm and forbids the planned end', () => {
  expect(reportOf(judged(looks(1, 60, hidden), [{ ...tight, mode: 'observe' }])).verdict).not.toBe('harm');
  const state = looks(2, 60, hidden).reduce(takeLook, planEnd(startJudge([tight], slices), { atMs: 1e9, share: 1 }));
  expect(reportOf(askPlannedEnd(state)).plannedEnd?.safe).toBe(false);
  expect(reportOf(looks(3, 20, { ...hidden, rate: () => 0.3 }).reduce(takeLook, state)).verdict).toBe('harm');
});

test('under 40 KB for a thousand agents and twenty queues with four guardrails; a restart from its JSON equals none', () => {
  const guardrails = [tight, dismissal, undelivered, p95];
  const world: World = { ...hidden, perArm: [1800, 200], queues: 20, agents: 1000 };
  const shown = looks(7, 30, world);
  const state = judged(shown, guardrails);
  expect(JSON.stringify(state).length).toBeLessThan(40 * 1024);
  const half = JSON.parse(JSON.stringify(judged(shown.slice(0, 15), guardrails))) as JudgeState;
  expect(JSON.stringify(shown.slice(15).reduce(takeLook, half))).toBe(JSON.stringify(state));
});

test('a record with slices is taken again to the last bit', () => {
  const shown = looks(1, 60, hidden);
  const record: DecisionRecord = {
    kind: 'decisionRecord',
    rules: JUDGE_RULES,
    action: 'A',
    version: '1.0.0',
    rolloutId: 'r',
    guardrails: [tight],
    slices,
    looks: shown,
    report: reportOf(judged(shown)),
  };
  expect(retake(JSON.parse(JSON.stringify(record)) as DecisionRecord)).toMatchObject({
    agrees: true,
    report: { verdict: 'harm' },
  });
  expect(retake({ ...record, slices: null }).agrees).toBe(false);
});
