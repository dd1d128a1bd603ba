import { logBinomial } from '../../../src/domain/judge/maths/binomial.ts';
import { logOddsEvidence } from '../../../src/domain/judge/maths/fisher-noncentral.ts';
import { logMarginEvidence } from '../../../src/domain/judge/maths/margin-evidence.ts';
import { logValueOf, noOnsets, stepOnsets } from '../../../src/domain/judge/maths/onset-slots.ts';
import { emptyTally, noHits } from '../../../src/domain/judge/gathering/block.ts';
import { compareBlock, joinComparisons, shownRate } from '../../../src/domain/judge/gathering/comparison.ts';
import { logSumExp } from '../../../src/domain/judge/maths/log-math.ts';
import { logRatioTilt } from '../../../src/domain/judge/trust/sample-ratio.ts';
import { choose, tableProbability } from './helpers.ts';

describe('binomial probability', () => {
  test('worked number: 2 of 4 at one half', () => {
    expect(logBinomial(2, 4, 0.5)).toBeCloseTo(-0.980829253, 9);
  });

  test.each([1, 7, 15, 16, 30])('agrees with counting for every x of n = %i', (n) => {
    for (const p of [0.001, 0.3, 0.9]) {
      for (let x = 0; x <= n; x++) {
        expect(logBinomial(x, n, p)).toBeCloseTo(
          Math.log(choose(n, x)) + x * Math.log(p) + (n - x) * Math.log(1 - p),
          10,
        );
      }
    }
  });

  test('stays accurate at a thousand million: the density of the normal limit', () => {
    const n = 1e9;
    expect(logBinomial(4e8, n, 0.4)).toBeCloseTo(-0.5 * Math.log(2 * Math.PI * n * 0.24), 7);
  });
});

describe('odds evidence of a two-by-two table', () => {
  const table = (candidateHits: number, candidateCards: number, baselineHits: number, baselineCards: number) => ({
    candidateHits,
    candidateCards,
    baselineHits,
    baselineCards,
  });

  test('worked number: candidate 2 of 2, baseline 0 of 2, psi 2 gives 24/13', () => {
    expect(logOddsEvidence(table(2, 2, 0, 2), Math.log(2))).toBeCloseTo(Math.log(24 / 13), 12);
  });

  test.each([
    [3, 5, 4],
    [1, 9, 1],
    [7, 2, 5],
    [40, 300, 90],
    [12, 12, 23],
  ])('agrees with enumeration: %i candidate, %i baseline cards, %i hits', (candidate, baseline, hits) => {
    for (const psi of [0.05, 0.7, 1, 1.4, 20]) {
      const support = Array.from({ length: hits + 1 }, (_, k) => k).filter(
        (k) => k <= candidate && hits - k <= baseline,
      );
      const mean = support.reduce((sum, k) => sum + tableProbability(k, candidate, baseline, hits) * psi ** k, 0);
      for (const k of support) {
        const exact = k * Math.log(psi) - Math.log(mean);
        expect(logOddsEvidence(table(k, candidate, hits - k, baseline), Math.log(psi))).toBeCloseTo(exact, 9);
      }
    }
  });

  test('its mean is exactly 1 when the arms do not differ, and at most 1 when the candidate is better', () => {
    const [candidate, baseline, hits, psi] = [6, 11, 8, 1.7];
    const evidence = (k: number) => Math.exp(logOddsEvidence(table(k, candidate, hits - k, baseline), Math.log(psi)));
    const support = [0, 1, 2, 3, 4, 5, 6];
    expect(
      support.reduce((sum, k) => sum + tableProbability(k, candidate, baseline, hits) * evidence(k), 0),
    ).toBeCloseTo(1, 12);
    const tilted = support.map((k) => tableProbability(k, candidate, baseline, hits) * 0.6 ** k);
    const mean =
      support.reduce((sum, k) => sum + (tilted[k] ?? 0) * evidence(k), 0) / tilted.reduce((sum, p) => sum + p, 0);
    expect(mean).toBeLessThan(1);
  });

  test('says nothing where nothing could differ: an empty arm, no hits, all hits', () => {
    expect(
      [table(0, 0, 3, 9), table(2, 5, 0, 0), table(0, 5, 0, 9), table(5, 5, 9, 9)].map((t) => logOddsEvidence(t, 0.5)),
    ).toEqual([0, 0, 0, 0]);
  });

  test('a thousand million cards: finite, and as the normal limit has it', () => {
    const n = 1e9;
    const theta = 1e-4;
    const extra = 20_000;
    const value = logOddsEvidence(table(4e8 + extra, n, 4e8 - extra, n), theta);
    const variance = (n * 0.24) / 2;
    expect(value).toBeCloseTo(theta * extra - (theta * theta * variance) / 2, 3);
  });
});

describe('margin evidence', () => {
  test('worked number: 20 points of margin, one card in each arm', () => {
    const one = { baselineHits: 1, baselineCards: 1, candidateHits: 0, candidateCards: 1 };
    const line = { slope: 1, offset: 0.2, worse: 1 } as const;
    expect(Math.exp(logMarginEvidence(one, line, { baseline: 0.5, candidate: 0.5 }))).toBeCloseTo(1.5625, 9);
  });

  test.each([
    ['3 points higher', { slope: 1, offset: 0.03, worse: 1 } as const, { baseline: 0.01, candidate: 0.01 }],
    ['20 % lower', { slope: 0.8, offset: 0, worse: -1 } as const, { baseline: 0.4, candidate: 0.4 }],
    ['30 % higher', { slope: 1.3, offset: 0, worse: 1 } as const, { baseline: 0.9, candidate: 0.85 }],
    ['10 points lower', { slope: 1, offset: -0.1, worse: -1 } as const, { baseline: 0.05, candidate: 0.08 }],
  ])('its mean never exceeds 1 wherever the candidate is worse than the margin: %s', (_name, line, bet) => {
    const [n0, n1] = [3, 4];
    let worst = 0;
    for (let p0 = 0; p0 <= 1; p0 += 0.05) {
      for (let p1 = 0; p1 <= 1; p1 += 0.05) {
        if ((p1 - line.slope * p0 - line.offset) * line.worse < 0) continue;
        worst = Math.max(
          worst,
          meanEvidence(n0, n1, p0, p1, (a, b) =>
            logMarginEvidence({ baselineHits: a, baselineCards: n0, candidateHits: b, candidateCards: n1 }, line, bet),
          ),
        );
      }
    }
    expect(worst).toBeGreaterThan(0.1);
    expect(worst).toBeLessThanOrEqual(1 + 1e-9);
  });

  test('bets nothing when the bet itself is too bad, or the margin cannot be reached', () => {
    const some = { baselineHits: 1, baselineCards: 4, candidateHits: 2, candidateCards: 4 };
    expect(logMarginEvidence(some, { slope: 1, offset: 0.1, worse: 1 }, { baseline: 0.2, candidate: 0.4 })).toBe(0);
    expect(logMarginEvidence(some, { slope: 1, offset: 1.5, worse: 1 }, { baseline: 0.2, candidate: 0.2 })).toBe(0);
  });
});

describe('mixture over onsets', () => {
  test('worked number: two blocks of 3, nothing between', () => {
    let process = noOnsets;
    process = stepOnsets(process, [Math.log(3)], 0);
    process = stepOnsets(process, [Math.log(3)], 0);
    expect(Math.exp(logValueOf(process, [1]))).toBeCloseTo(4.6, 3);
    expect(Math.exp(logValueOf({ ...process, information: 1 }, [1], [2]))).toBeCloseTo(1.9, 3);
  });

  test('stays a martingale over every path of a fair coin, onset weights included, but for rounding', () => {
    const length = 10; // more onsets than slots, so that some are merged
    let total = 0;
    for (let path = 0; path < 2 ** length; path++) {
      let process = noOnsets;
      for (let t = 0; t < length; t++) {
        const up = ((path >> t) & 1) === 1;
        process = stepOnsets(process, [Math.log(up ? 1.5 : 0.5), Math.log(up ? 0.2 : 1.8)], 40);
      }
      total += Math.exp(logValueOf(process, [0.7, 0.3]));
    }
    expect(total / 2 ** length).toBeLessThan(1);
    expect(total / 2 ** length).toBeGreaterThan(0.9995);
  });

  test('bounded both ways: no evidence, however strong, leaves the finite numbers', () => {
    let process = noOnsets;
    for (const step of [1e9, 1e9, -1e9, -1e9, Number.NaN]) process = stepOnsets(process, [step], 1e9);
    expect(Number.isFinite(logValueOf(process, [1]))).toBe(true);
    expect(Number.isFinite(logSumExp([]))).toBe(true);
  });
});

test('worked number of the sample-ratio tilt: 20 of 100 at a split of 10 %', () => {
  expect(logRatioTilt(20, 100, 0.1, 2)).toBeCloseTo(4.3319, 4);
});

test('worked number of the shown values: both arms 43.8 % though pooled they are 30 % and 46 %', () => {
  const tally = (count: number, accepted: number) => ({
    ...emptyTally,
    cards: count,
    hits: { ...noHits, acceptanceRate: accepted },
  });
  const block = (baseline: ReturnType<typeof tally>, candidate: ReturnType<typeof tally>) => ({
    splitPercent: 50,
    sinceMs: 0,
    baseline,
    candidate,
  });
  const first = compareBlock(block(tally(100, 10), tally(10, 1)));
  const both = joinComparisons(first, compareBlock(block(tally(100, 50), tally(100, 50))));
  expect(shownRate(both, 'baseline', 'acceptanceRate')).toBeCloseTo(0.438, 3);
  expect(shownRate(both, 'candidate', 'acceptanceRate')).toBeCloseTo(
    shownRate(both, 'baseline', 'acceptanceRate') ?? 0,
    12,
  );
});

function meanEvidence(
  n0: number,
  n1: number,
  p0: number,
  p1: number,
  evidence: (a: number, b: number) => number,
): number {
  let mean = 0;
  for (let a = 0; a <= n0; a++) {
    for (let b = 0; b <= n1; b++) {
      mean +=
        choose(n0, a) *
        p0 ** a *
        (1 - p0) ** (n0 - a) *
        choose(n1, b) *
        p1 ** b *
        (1 - p1) ** (n1 - b) *
        Math.exp(evidence(a, b));
    }
  }
  return mean;
}
