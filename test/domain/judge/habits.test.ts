import { askPlannedEnd, planEnd } from '../../../src/domain/judge/decision/planned-end.ts';
import { habitsOf } from '../../../src/domain/judge/gathering/habits.ts';
import { startJudge, takeLook } from '../../../src/domain/judge/judge.ts';
import { reportOf } from '../../../src/domain/judge/report/report.ts';
import { retake } from '../../../src/domain/judge/retake.ts';
import { JUDGE_RULES } from '../../../src/domain/judge/state.ts';
import type { Card, Habits, JudgeState, Look } from '../../../src/domain/judge/types.ts';
import type { Guardrail } from '../../../src/domain/plan/plan.ts';
import { seededRandom } from '../../../src/domain/shared/random.ts';
import { acceptance } from './helpers.ts';

const guardrail: Guardrail = { ...acceptance, margin: { kind: 'relative', value: 0.15 }, alpha: 0.05 };

test('worked number: two agents of 100 cards, 30 and 10 accepted; alike agents have no habits; a few cards tell little', () => {
  const of = (...hits: readonly number[]) =>
    habitsOf(new Map(hits.map((acceptanceRate, i) => [`a${i}`, { cards: 100, hits: { acceptanceRate } }])));
  expect([...of(30, 10).values()].map(({ acceptanceRate }) => acceptanceRate)).toEqual([0.091796875, -0.091796875]);
  expect([...of(20, 20, 20).values()]).toEqual([{}, {}, {}]);
  expect(habitsOf(new Map())).toEqual(new Map());
  const one = (cards: number): Habits | undefined =>
    habitsOf(
      new Map([
        ['much', { cards: 1000, hits: { acceptanceRate: 300 } }],
        ['other', { cards: 1000, hits: { acceptanceRate: 100 } }],
        ['few', { cards, hits: { acceptanceRate: cards } }],
      ]),
    ).get('few');
  expect(one(1)?.acceptanceRate).toBeLessThan(0.1);
  expect(one(200)?.acceptanceRate).toBeGreaterThan(0.6);
});

interface World {
  readonly seed: number;
  /** The candidate's acceptance over the baseline's. */
  readonly times: number;
  /** What is known of an agent, from what the agent is like. */
  readonly known: (habit: number, agent: number) => Habits | undefined;
}

/** Six hours of 20 candidate and 80 baseline agents, of whom half accept 8 points more and half 8 points less. */
function looks({ seed, times, known }: World): readonly Look[] {
  const random = seededRandom(seed);
  const habits = Array.from({ length: 100 }, () => 0.08 * Math.sign(random.next() - 0.5));
  const card = (arm: Card['arm']): Card => {
    const agent = arm === 'candidate' ? Math.floor(20 * random.next()) : 20 + Math.floor(80 * random.next());
    const rate = 0.2 * (arm === 'candidate' ? times : 1) + (habits[agent] ?? 0);
    const own = known(habits[agent] ?? 0, agent);
    return {
      arm,
      outcomes: random.next() < rate ? ['accepted'] : [],
      latencyMs: 200,
      agent: `agent ${agent}`,
      queue: 'q',
      firstOfConversation: true,
      ...(own !== undefined && { habits: own }),
    };
  };
  return Array.from({ length: 120 }, (_, i) => ({
    atMs: i * 180_000,
    splitPercent: 20,
    cards: Array.from({ length: 150 }, (_card, n) => card(n % 5 === 0 ? 'candidate' : 'baseline')),
  }));
}

const atEnd = (shown: readonly Look[]): JudgeState =>
  askPlannedEnd(shown.reduce(takeLook, planEnd(startJudge([guardrail]), { atMs: 1e9, share: 1 })));
const safeOf = (times: number, known: World['known'], runs: number): number =>
  Array.from({ length: runs }, (_, i) => i + 1).filter(
    (seed) => reportOf(atEnd(looks({ seed, times, known }))).plannedEnd?.safe === true,
  ).length;

const truth: World['known'] = (habit) => ({ acceptanceRate: habit });

test('agents who differ leave a harmless version undecided, unless it is known how they do', () => {
  expect(safeOf(1, () => undefined, 10)).toBeLessThanOrEqual(3);
  expect(safeOf(1, truth, 10)).toBeGreaterThanOrEqual(9);
});

test('at the margin a history that is right, of other agents, or of none is no reason to say safe', () => {
  const others: World['known'] = (_habit, agent) => ({ acceptanceRate: agent % 3 === 0 ? 0.1 : -0.05 });
  for (const known of [truth, others]) expect(safeOf(0.85, known, 20)).toBeLessThanOrEqual(3);
});

test('the sentence says the rate that was held against the margin; the record gives it again to the last bit', () => {
  const shown = looks({ seed: 3, times: 1, known: truth });
  const state = atEnd(shown);
  const report = reportOf(state);
  expect(report.guardrails[0]?.sentence).toMatch(
    /proven at the planned end .* \(\d\d\.\d % but for what its agents were like before the rollout\), needed/,
  );
  const record = {
    kind: 'decisionRecord' as const,
    rules: JUDGE_RULES,
    action: 'a',
    version: '2',
    rolloutId: 'r',
    guardrails: [guardrail],
    looks: JSON.parse(JSON.stringify(shown)) as readonly Look[],
    plannedEnd: (state as unknown as { readonly plannedEnd: never }).plannedEnd,
    report,
  };
  expect(retake(record)).toMatchObject({ agrees: true });
});

test('harm is looked for in what was shown: habits change nothing of it', () => {
  const harmOf = (known: World['known']): number | undefined =>
    reportOf(looks({ seed: 5, times: 0.7, known }).reduce(takeLook, startJudge([guardrail]))).guardrails[0]?.logEvidence
      .harm;
  expect(harmOf(truth)).toBe(harmOf(() => undefined));
});
