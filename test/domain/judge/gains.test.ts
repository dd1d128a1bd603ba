import { askPlannedEnd, planEnd } from '../../../src/domain/judge/decision/planned-end.ts';
import { startJudge, takeLook } from '../../../src/domain/judge/judge.ts';
import { reportOf } from '../../../src/domain/judge/report/report.ts';
import { retake } from '../../../src/domain/judge/retake.ts';
import { JUDGE_RULES } from '../../../src/domain/judge/state.ts';
import type { Arm, Card, JudgeState, Look } from '../../../src/domain/judge/types.ts';
import type { Guardrail } from '../../../src/domain/plan/plan.ts';
import { seededRandom } from '../../../src/domain/shared/random.ts';
import { acceptance, dismissal, p95 } from './helpers.ts';

const guardrails: readonly Guardrail[] = [{ ...acceptance, goal: 0.05 }, { ...dismissal, goal: 0.1 }, p95];
const custom = (more: Partial<Guardrail>): Guardrail => ({
  metric: 'custom',
  name: 'handleTime',
  unit: 's',
  statistic: 'p50',
  worseWhen: 'higher',
  margin: { kind: 'relative', value: 0.1 },
  alpha: 0.01,
  mode: 'enforce',
  ...more,
});

interface Model {
  readonly accept: number;
  readonly dismiss: number;
  readonly medianMs: number;
  readonly handle: number;
  readonly score: number;
}
const usual: Model = { accept: 0.4, dismiss: 0.2, medianMs: 220, handle: 300, score: 0.4 };

function lookOf(at: number, candidate: Model, seed: number): Look {
  const random = seededRandom(seed * 10_007 + at);
  const draw = (arm: Arm, { accept, dismiss, medianMs, handle, score }: Model): Card => {
    const taste = random.next();
    return {
      arm,
      outcomes: taste < accept ? ['accepted'] : taste < accept + dismiss ? ['dismissed'] : [],
      latencyMs: medianMs * Math.exp(0.5 * random.normal()),
      agent: `a${Math.floor(random.next() * 100)}`,
      queue: 'q',
      firstOfConversation: true,
      custom: { handleTime: handle * Math.exp(0.4 * random.normal()), score: random.next() < score ? 5 : 3 },
    };
  };
  return {
    atMs: at * 60_000,
    splitPercent: 50,
    cards: Array.from({ length: 80 }, (_, i) => (i % 2 === 0 ? draw('baseline', usual) : draw('candidate', candidate))),
  };
}
const looksOf = (count: number, candidate: Partial<Model>, seed = 1): Look[] =>
  Array.from({ length: count }, (_, i) => lookOf(i + 1, { ...usual, ...candidate }, seed));
const judged = (looks: readonly Look[], of = guardrails): JudgeState => looks.reduce(takeLook, startJudge(of));

test('a version that is better in a metric is said to be so, with its evidence and in the sentence on all', () => {
  const report = reportOf(judged(looksOf(120, { accept: 0.52, medianMs: 150 }), [acceptance, dismissal, p95]));
  expect(report.verdict).toBe('safe');
  expect(report.goals).toBeUndefined();
  expect(report.guardrails.map(({ better }) => better !== undefined)).toEqual([true, false, true]);
  expect(report.guardrails[0]?.sentence).toMatch(/; proven better than the baseline, evidence 1:\d+\.$/);
  expect(report.reason).toMatch(/cards; proven better: acceptanceRate, deliveryLatency p95\.$/);
});

test('custom metrics may be better too: by rank, and by the mean where values are few', () => {
  const of = [custom({}), custom({ name: 'score', unit: 'points', statistic: 'mean', worseWhen: 'lower' })];
  const [handleTime, score] = reportOf(judged(looksOf(150, { handle: 220, score: 0.8 }), of)).guardrails;
  expect(handleTime?.better?.logEvidence).toBeGreaterThan(Math.log(100));
  expect(score?.better?.logEvidence).toBeGreaterThan(Math.log(100));
  const same = reportOf(judged(looksOf(150, {}), of)).guardrails;
  expect(same.map(({ better }) => better)).toEqual([undefined, undefined]);
});

test('a goal is proven by the evidence of all looks, and says what is lacking until then', () => {
  const some = reportOf(judged(looksOf(8, { accept: 0.52, dismiss: 0.1 })));
  expect(some.goals).toBe('open');
  expect(some.guardrails[0]?.sentence).toMatch(
    /; goal \d\d\.\d % \(5 % higher\) not proven, evidence 1:\d+(\.\d)? \(needed 1:100\)/,
  );
  const all = reportOf(judged(looksOf(200, { accept: 0.52, dismiss: 0.1 })));
  expect(all.goals).toBe('proven');
  expect(all.guardrails[1]?.sentence).toMatch(/goal \d\d\.\d % \(10 % lower\) proven, evidence 1:/);
  expect(all.reason).toMatch(/; goal proven: acceptanceRate, dismissalRate\.$/);
});

test('what is better by less than the goal leaves it open, whatever else is safe', () => {
  const report = reportOf(judged(looksOf(150, { accept: 0.41, dismiss: 0.1 })));
  expect(report).toMatchObject({ verdict: 'safe', goals: 'open' });
  expect(report.reason).toMatch(/goal proven: dismissalRate; goal not proven: acceptanceRate\.$/);
});

test('the planned end asks for the goal with fewer cards, once, and the record takes it again to the last bit', () => {
  const looks = looksOf(45, { accept: 0.5, dismiss: 0.13 });
  const before = judged(looks);
  const end = { atMs: 45 * 60_000, share: 1 };
  const asked = askPlannedEnd(looks.reduce(takeLook, planEnd(startJudge(guardrails), end)));
  expect(reportOf(before).goals).toBe('open');
  expect(reportOf(asked).goals).toBe('proven');
  expect(reportOf(asked).guardrails[1]?.sentence).toContain('proven at the planned end of the step');
  const record = {
    kind: 'decisionRecord' as const,
    rules: JUDGE_RULES,
    action: 'a',
    version: '1',
    rolloutId: 'r',
    guardrails,
    looks,
    plannedEnd: { ...end, answer: { safe: true, look: 45, n: { baseline: 0, candidate: 0 }, scores: [], needed: 0 } },
    report: reportOf(asked),
  };
  expect(retake(record).agrees).toBe(true);
});

test('of what is no better nothing is said, nor of what says harm; harm and safe are as without a goal', () => {
  for (let seed = 1; seed <= 12; seed += 1) {
    const report = reportOf(judged(looksOf(80, {}, seed)));
    expect(report.guardrails.filter(({ better, goal }) => better !== undefined || goal?.proven === true)).toEqual([]);
  }
  const looks = looksOf(60, { accept: 0.2, dismiss: 0.1 });
  const [withGoal, without] = [judged(looks), judged(looks, [acceptance, dismissal, p95])].map(reportOf);
  expect(withGoal?.verdict).toBe('harm');
  expect(withGoal?.guardrails[0]).toMatchObject({ verdict: 'harm', goal: { proven: false } });
  const verdicts = (report = withGoal) => report?.guardrails.map(({ verdict, logEvidence }) => [verdict, logEvidence]);
  expect(verdicts(without)).toEqual(verdicts());
});
