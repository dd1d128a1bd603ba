/** What begins late shows among the latest cards long before it shows in the whole rollout. */
import { startJudge, takeLook } from '../../../src/domain/judge/judge.ts';
import { recentText } from '../../../src/domain/judge/report/effect-text.ts';
import { reportOf } from '../../../src/domain/judge/report/report.ts';
import { differenceLimits, foundLimits, ratioLimits, shareLimits } from '../../../src/domain/judge/maths/limits.ts';
import { coarsen, refine } from '../../../src/domain/judge/maths/coarse.ts';
import type { Look } from '../../../src/domain/judge/types.ts';
import type { Guardrail } from '../../../src/domain/plan/plan.ts';
import { acceptance, p95 } from './helpers.ts';
import { customLooks, level } from './custom-streams.ts';

const judgeAll = (guardrails: readonly Guardrail[], looks: readonly Look[]) =>
  reportOf(looks.reduce(takeLook, startJudge(guardrails)));

const LATE = 150;
/** Everything of the candidate gets worse after so many looks. */
const late = customLooks({
  seed: 11,
  looks: LATE + 12,
  value: (random, arm, look) => 300 + 100 * random.normal() + (arm === 'candidate' && look >= LATE ? 200 : 0),
}).map((look, at) => ({
  ...look,
  cards: look.cards.map((card, i) => ({
    ...card,
    latencyMs: (200 + ((i * 37) % 100)) * (card.arm === 'candidate' && at >= LATE ? 2 : 1),
    outcomes: card.arm === 'candidate' && at >= LATE ? [] : card.outcomes,
  })),
}));
const plan = [acceptance, { ...p95, statistic: 'p50' as const }, level()];

test('harm that begins late: the latest cards show it, with an interval of their own, and the sentence says so', () => {
  const { guardrails } = judgeAll(plan, late);
  expect(guardrails.map(({ verdict }) => verdict)).toEqual(['harm', 'harm', 'harm']);
  for (const row of guardrails) {
    const { effect, recent, limit } = row;
    if (effect == null || recent === undefined || limit === null) throw new Error('nothing is shown');
    expect(Math.abs(recent.effect.estimate)).toBeGreaterThan(3 * Math.abs(effect.estimate));
    expect(recent.n.candidate).toBeLessThan(400);
    expect(recent.sinceMs).toBeGreaterThan(60_000 * (LATE - 20));
    expect(recentText(row)).toMatch(
      /^the latest \d+ \/ \d+ cards: candidate [\d.]+ (%|ms|s) vs baseline [\d.]+ (%|ms|s), [+-].* to .*\); the whole rollout: [+-]/,
    );
  }
  expect(guardrails[1]?.sentence).toMatch(
    /\(the p50 shown is that of all cards so far; of the latest \d+ \/ \d+ it is \d+ ms vs \d+ ms\)\.$/,
  );
});

test('as long as the latest cards are all there were, and where they say the same, nothing is added', () => {
  const before = judgeAll(plan, late.slice(0, 5));
  expect(before.guardrails.map(({ recent }) => recent)).toEqual([undefined, undefined, undefined]);
  expect(judgeAll(plan, late.slice(0, LATE)).guardrails.map(recentText)).toEqual([null, null, null]);
});

test('limits: worked numbers, and what one side cannot tell', () => {
  const [candidate, baseline] = [
    { value: 0.2, low: 0.1, high: 0.3 },
    { value: 0.4, low: 0.3, high: 0.5 },
  ];
  expect(differenceLimits(candidate, baseline).low).toBeCloseTo(-0.341, 3);
  const ratio = ratioLimits(candidate, baseline);
  expect(ratio.low).toBeCloseTo(0.243, 3);
  expect(ratio.high).toBeCloseTo(0.824, 3);
  expect(ratioLimits(candidate, { ...baseline, low: 0 }).high).toBeNull();
  expect(shareLimits(0, 1000, 3)).toEqual({ low: 0, high: expect.closeTo(0.00449, 5) });
  expect(shareLimits(0.5, 400, 2).low).toBeCloseTo(0.45, 3);
  expect(foundLimits(0.95, 50, 3)).toEqual({ low: expect.closeTo(0.83, 2), high: null });
});

test('a coarse sketch on the fine bins again keeps its cards, and bins of its own', () => {
  const fine = { from: 102, weights: [3, 1, 0, 0, 0, 0, 6] };
  const refined = refine(coarsen({ from: 102, weights: [2, 0, 0, 0, 0, 0, 4] }), fine);
  expect(refined).toEqual({ from: 102, weights: [1.5, 0.5, 0, 0, 0, 0, 4] });
});
