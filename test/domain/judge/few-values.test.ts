/** Custom metrics that take few values: satisfaction of 1 to 5, yes or no, counts. */
import fc from 'fast-check';
import { meanEvidence } from '../../../src/domain/judge/bets/mean-bets.ts';
import { asinhGrid } from '../../../src/domain/judge/maths/asinh-grid.ts';
import { startJudge, takeLook } from '../../../src/domain/judge/judge.ts';
import { marginScore } from '../../../src/domain/judge/decision/margin-score.ts';
import { normalQuantile } from '../../../src/domain/judge/maths/normal.ts';
import { openState } from '../../../src/domain/judge/state.ts';
import { reportOf } from '../../../src/domain/judge/report/report.ts';
import type { Arm, Look } from '../../../src/domain/judge/types.ts';
import type { Guardrail } from '../../../src/domain/plan/plan.ts';
import type { Random } from '../../../src/domain/shared/random.ts';
import { customLooks, level } from './custom-streams.ts';

const place = { centre: 3, scale: 2 };
const sketchOf = (values: readonly number[]) => {
  const grid = asinhGrid(place);
  const bins = values.map((value) => grid.binOf(value));
  const from = Math.min(...bins);
  const weights = Array.from({ length: Math.max(...bins) - from + 1 }, () => 0);
  for (const bin of bins) weights[bin - from] = (weights[bin - from] ?? 0) + 1;
  const spans = Object.fromEntries(values.map((value) => [grid.binOf(value), [value, value] as const]));
  return { cards: values.length, sketch: { from, weights }, spans };
};
const memory = sketchOf(Array.from({ length: 300 }, (_, i) => 1 + (i % 5)));
const guardrails = [
  level({ statistic: 'mean', margin: { kind: 'relative', value: 0.1 } }),
  level({ statistic: 'mean', margin: { kind: 'absolute', value: 0.4 }, tolerance: 0.1 }),
];

/** All ways to draw so many cards, with their chance. */
function draws(chances: readonly number[], cards: number): readonly (readonly [readonly number[], number])[] {
  if (cards === 0) return [[[], 1]];
  return draws(chances, cards - 1).flatMap(([values, chance]) =>
    chances.map((one, i) => [[...values, i + 1], chance * one] as const),
  );
}

/** Chances of 1 to 5 with that mean, as far as it can be had by moving weight to one end. */
function withMean(chances: readonly number[], mean: number): readonly number[] {
  const now = chances.reduce((sum, chance, i) => sum + chance * (i + 1), 0);
  const end = mean > now ? 5 : 1;
  const moved = Math.min(1, (mean - now) / (end - now || 1));
  return chances.map((chance, i) => chance * (1 - moved) + (i + 1 === end ? moved : 0));
}

test('the mean of the evidence is at most 1, whatever the values are like, at the tolerance and at the margin', () => {
  const shape = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 5, maxLength: 5 });
  fc.assert(
    fc.property(shape, shape, fc.constantFrom(...guardrails), (one, other, guardrail) => {
      const chancesOf = (weights: readonly number[]) => {
        const sum = weights.reduce((a, b) => a + b, 0);
        return sum === 0 ? [0.2, 0.2, 0.2, 0.2, 0.2] : weights.map((weight) => weight / sum);
      };
      const [baseline, any] = [chancesOf(one), chancesOf(other)];
      const mean = baseline.reduce((sum, chance, i) => sum + chance * (i + 1), 0);
      const isShare = guardrail.margin.kind === 'relative';
      const at = (value: number) => (isShare ? mean * (1 + value) : mean + value);
      const limits = { harm: at(isShare ? 0.05 : 0.1), safe: at(guardrail.margin.value) };
      for (const claim of ['harm', 'safe'] as const) {
        const candidate = withMean(any, Math.min(5, limits[claim]));
        const reached = candidate.reduce((sum, chance, i) => sum + chance * (i + 1), 0);
        if (claim === 'safe' && reached < limits.safe - 1e-9) continue;
        const means = [0, 0, 0, 0, 0, 0];
        for (const [x, ofX] of draws(candidate, 2))
          for (const [y, ofY] of draws(baseline, 2)) {
            const said = meanEvidence(guardrail, place, { baseline: sketchOf(y), candidate: sketchOf(x) }, memory);
            said?.[claim].forEach((log, i) => (means[i] = (means[i] ?? 0) + ofX * ofY * Math.exp(log)));
          }
        expect(Math.max(...means)).toBeLessThanOrEqual(1 + 1e-9);
        expect(Math.max(...means)).toBeGreaterThan(0.3);
      }
    }),
    { numRuns: 12 },
  );
});

const satisfaction = level({ statistic: 'mean', worseWhen: 'lower', margin: { kind: 'relative', value: 0.05 } });
/** 1 to 5, about 3.9 in the mean; `lower` of the cards a step lower. */
const stars = (random: Random, lower: number): number => {
  const draw = random.next();
  const value = draw < 0.05 ? 1 : draw < 0.13 ? 2 : draw < 0.3 ? 3 : draw < 0.65 ? 4 : 5;
  return value > 1 && random.next() < lower ? value - 1 : value;
};
const yes = (random: Random, rate: number): number => (random.next() < rate ? 1 : 0);

interface Case {
  readonly guardrail: Guardrail;
  readonly value: (random: Random, arm: Arm, worse: boolean) => number;
  /** Candidate cards. */
  readonly within: number;
}

const cases: Readonly<Record<string, Case>> = {
  'satisfaction, lower is worse': {
    guardrail: satisfaction,
    value: (random, arm, worse) => stars(random, worse && arm === 'candidate' ? 0.4 : 0),
    within: 2000,
  },
  'the median of satisfaction': {
    guardrail: { ...satisfaction, statistic: 'p50' },
    value: (random, arm, worse) =>
      worse && arm === 'candidate' ? Math.max(1, stars(random, 1) - 1) : stars(random, 0),
    within: 2000,
  },
  'yes or no': {
    guardrail: level({ statistic: 'mean', margin: { kind: 'absolute', value: 0.08 } }),
    value: (random, arm, worse) => yes(random, worse && arm === 'candidate' ? 0.46 : 0.3),
    within: 1500,
  },
  'how often agents were called back': {
    guardrail: level({ statistic: 'mean', margin: { kind: 'relative', value: 0.2 } }),
    value: (random, arm, worse) =>
      Array.from({ length: 6 }, () => yes(random, worse && arm === 'candidate' ? 0.36 : 0.25)).reduce(
        (a, b) => a + b,
        0,
      ),
    within: 1500,
  },
};

const looksOf = (seed: number, looks: number, value: (random: Random, arm: Arm) => number): readonly Look[] =>
  customLooks({ seed, looks, value });

function cardsUntil(guardrail: Guardrail, looks: readonly Look[], verdict: string): number | null {
  let state = startJudge([guardrail]);
  for (const look of looks) {
    state = takeLook(state, look);
    const row = reportOf(state).guardrails[0];
    if (row?.verdict === verdict) return row.n.candidate;
  }
  return null;
}

test.each(Object.entries(cases))(
  '%s: proven safe by the running test, and harm is found',
  (_name, { guardrail, value, within }) => {
    for (let seed = 1; seed <= 3; seed++) {
      const looks = within / 15;
      expect(
        cardsUntil(
          guardrail,
          looksOf(seed, looks, (random, arm) => value(random, arm, false)),
          'safe',
        ),
      ).toBeLessThan(within);
      expect(
        cardsUntil(
          guardrail,
          looksOf(seed, looks, (random, arm) => value(random, arm, true)),
          'harm',
        ),
      ).toBeLessThan(within / 2);
    }
  },
);

test('shown with an interval, within the range of the values, that holds the difference', () => {
  for (const { guardrail, value } of Object.values(cases)) {
    if (guardrail.statistic !== 'mean') continue;
    const state = looksOf(3, 80, (random, arm) => value(random, arm, true)).reduce(takeLook, startJudge([guardrail]));
    const row = reportOf(state).guardrails[0];
    const { low, high, estimate } = row?.effect ?? { low: 0, high: 0, estimate: 0 };
    if (low === null || high === null) throw new Error('no interval');
    expect(low).toBeLessThan(estimate);
    expect(estimate).toBeLessThan(high);
    expect(Math.sign(low)).toBe(Math.sign(high));
  }
});

test('at a planned end: safe with fewer cards than at any look, and never where it is worse than the margin', () => {
  const score = (looks: readonly Look[]) => {
    const { comparison, design } = openState(looks.reduce(takeLook, startJudge([satisfaction])));
    return marginScore(satisfaction, comparison, design);
  };
  const enough = normalQuantile(0.95);
  expect(score(looksOf(1, 40, (random) => stars(random, 0)))).toBeGreaterThan(enough);
  expect(score(looksOf(1, 40, (random, arm) => stars(random, arm === 'candidate' ? 0.4 : 0)))).toBeLessThan(0);
});

test('a median that is a step worse, though only just, is called safe no more often than alpha', () => {
  const guardrail: Guardrail = { ...satisfaction, statistic: 'p50', alpha: 0.1 };
  // 51 % of the candidate's cards have 3 or less, where 30 % of the baseline's have.
  const value = (random: Random, arm: Arm): number =>
    arm === 'candidate' && random.next() < 0.3 ? 3 : stars(random, 0);
  const safe = Array.from({ length: 30 }, (_, i) => cardsUntil(guardrail, looksOf(700 + i, 40, value), 'safe'));
  expect(safe.filter((cards) => cards !== null).length).toBeLessThanOrEqual(6);
});

test('30 streams at the edge of what is tolerated, and 30 at the margin: no more are called harm, or safe, than alpha', () => {
  const guardrail = { ...satisfaction, alpha: 0.1 };
  // A mean of 3.905, 2.5 % or 5 % lower: the share of the cards that must be a step lower, of 95 % that can be.
  const lower = (share: number) => (3.87 * share) / 0.95;
  const called = (share: number, verdict: string): number =>
    Array.from({ length: 30 }, (_, i) =>
      cardsUntil(
        guardrail,
        looksOf(500 + i, 40, (random, arm) => stars(random, arm === 'candidate' ? lower(share) : 0)),
        verdict,
      ),
    ).filter((cards) => cards !== null).length;
  expect(called(0.025, 'harm')).toBeLessThanOrEqual(6);
  expect(called(0.05, 'safe')).toBeLessThanOrEqual(6);
});
