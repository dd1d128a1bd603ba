import { namedOnly, usualScenarios } from '../../bench/judge/all-scenarios.ts';
import { latencyInformation, orderedInformation, rateInformation } from '../../bench/judge/nearest-law.ts';
import type { ArmModel } from '../../bench/judge/scenario.ts';
import { TOLERANCE } from '../../bench/judge/scenario.ts';
import { seededRandom } from '../../src/domain/shared/random.ts';

const model: ArmModel = {
  accept: 0.2,
  dismiss: 0.2,
  undelivered: 0,
  medianMs: 400,
  sigma: 0.5,
  tail: { share: 0, times: 1 },
  plusMs: 0,
};
/** So many baseline cards that the baseline is as good as known. */
const KNOWN = 1e7;
const divergence = (p: readonly number[], q: readonly number[]): number =>
  p.reduce((sum, share, i) => sum + (share === 0 ? 0 : share * Math.log(share / (q[i] ?? 0))), 0);
const distance = (
  [f0, f1]: readonly [readonly number[], readonly number[]],
  [g0, g1]: readonly [readonly number[], readonly number[]],
  ratio: number,
): number => ratio * divergence(f0, g0) + divergence(f1, g1);

test('acceptance 20 % against 10 % at nine to one: 0.033525 against no difference, 0.028125 against 5 % less', () => {
  expect(rateInformation(0.2, 0.1, 9, -1, 0)).toBeCloseTo(0.033525, 6);
  expect(rateInformation(0.2, 0.1, 9, -1, 0.05)).toBeCloseTo(0.028125, 6);
});

test('with a known baseline a rate has the binary divergence from the tolerated one', () => {
  const [p1, q1] = [0.1, 0.19];
  const byHand = p1 * Math.log(p1 / q1) + (1 - p1) * Math.log((1 - p1) / (1 - q1));
  expect(rateInformation(0.2, 0.1, KNOWN, -1, 0.05)).toBeCloseTo(byHand, 6);
});

test.each([
  [0.2, 0.15, 9, -1, 0.05],
  [0.2, 0.26, 4, 1, 0.05],
  [0.9, 0.5, 1, -1, 0.1],
  [0.7, 0.95, 0.1, 1, 0.2],
] as const)(
  '%d against %d at %d to one: no pair on the tolerated side is nearer',
  (p0, p1, ratio, worse, tolerance) => {
    const slope = 1 + worse * tolerance;
    const pair = (p: number): readonly number[] => [p, 1 - p];
    let nearest = Infinity;
    for (let i = 1; i < 2000; i++) {
      for (const inside of [0, 0.001, 0.01, 0.03, 0.1]) {
        const g1 = slope * (i / 2000) * (1 - worse * inside);
        if (g1 < 1) nearest = Math.min(nearest, distance([pair(p0), pair(p1)], [pair(i / 2000), pair(g1)], ratio));
      }
    }
    const information = rateInformation(p0, p1, ratio, worse, tolerance);
    expect(information).toBeLessThanOrEqual(nearest + 1e-12);
    expect(information).toBeCloseTo(nearest, 5);
  },
);

test('a doubled log-normal latency of a known baseline, 12.5 % tolerated: 0.3909 from the p95 on', () => {
  expect(latencyInformation(model, { ...model, medianMs: 800 }, KNOWN, 0.125)).toBeCloseTo(0.3909, 3);
});

test('a slower share far beyond the rest counts like a rate from nothing: 0.01 of the cards at nine to one', () => {
  const apart = latencyInformation(model, { ...model, tail: { share: 0.01, times: 1e6 } }, 9, 0);
  const byHand = 9 * Math.log(1 / 0.999) + 0.99 * Math.log(0.99 / 0.999) + 0.01 * Math.log(0.01 / 0.001);
  expect(apart).toBeCloseTo(byHand, 6);
});

test('what only moves the quicker cards is no harm to the p95', () => {
  const quicker = { ...model, medianMs: 520, sigma: model.sigma - Math.log(1.3 / 1.12) / 1.644854 };
  expect(latencyInformation(model, quicker, 9, 0.125)).toBe(0);
  expect(latencyInformation(model, { ...model, plusMs: 48 }, 9, 0.125)).toBe(0);
  expect(latencyInformation(model, { ...model, plusMs: 200 }, 9, 0.125)).toBeGreaterThan(0);
});

test('two distributions over three categories, as worked by hand', () => {
  expect(orderedInformation([0.5, 0.3, 0.2], [0.3, 0.2, 0.5], 1)).toBeCloseTo(0.10175, 5);
  expect(orderedInformation([0.2, 0.5, 0.3], [0.5, 0.1, 0.4], 1)).toBeCloseTo(0.01102, 5);
  expect(orderedInformation([0.2, 0.3, 0.5], [0.3, 0.3, 0.4], 9)).toBe(0);
});

test('a category that the baseline never has is told at once, one that the candidate never has is not', () => {
  expect(orderedInformation([1, 0], [0.9, 0.1], KNOWN)).toBeGreaterThan(1);
  expect(orderedInformation([0.9, 0.1], [1, 0], 9)).toBe(0);
});

/** Steps at random, each kept if the pair is still in order and nearer: the problem is convex, so this finds the least. */
function nearestByTrying(base: readonly number[], candidate: readonly number[], ratio: number, seed: number): number {
  const random = seededRandom(seed);
  const ordered = (g0: readonly number[], g1: readonly number[]): boolean =>
    g0.every((_, i) => g1.slice(i).reduce((a, b) => a + b) <= g0.slice(i).reduce((a, b) => a + b) + 1e-12);
  const moved = (law: readonly number[], size: number): readonly number[] => {
    const [from, to] = [Math.floor(random.next() * law.length), Math.floor(random.next() * law.length)];
    const mass = Math.min(law[from] ?? 0, random.next() * size);
    return from === to ? law : law.map((share, i) => (i === from ? share - mass : i === to ? share + mass : share));
  };
  const both = base.map((share, i) => (ratio * share + (candidate[i] ?? 0)) / (ratio + 1));
  let [g0, g1]: [readonly number[], readonly number[]] = [both, both];
  let least = distance([base, candidate], [g0, g1], ratio);
  for (let i = 0; i < 60_000; i++) {
    const size = 0.2 * 0.9998 ** i + 1e-5;
    const [h0, h1] = [moved(g0, size), moved(g1, size)];
    const tried = distance([base, candidate], [h0, h1], ratio);
    if (tried < least && ordered(h0, h1)) [g0, g1, least] = [h0, h1, tried];
  }
  return least;
}

test.each([1, 2, 3, 4, 5, 6])('no pair in stochastic order is nearer than the pooled one: table %d', (seed) => {
  const random = seededRandom(1000 + seed);
  const law = (): readonly number[] => {
    const weights = Array.from({ length: 4 }, () => 0.1 + random.next());
    return weights.map((weight) => weight / weights.reduce((a, b) => a + b));
  };
  const [base, candidate, ratio] = [law(), law(), [1, 4, 9][seed % 3] ?? 1];
  const tried = nearestByTrying(base, candidate, ratio, seed);
  const information = orderedInformation(base, candidate, ratio);
  expect(information).toBeLessThanOrEqual(tried + 1e-9);
  expect(information).toBeCloseTo(tried, 3);
});

/** Each metric by itself: what tells the candidate from the nearest tolerated law. */
function informations({ base, candidate }: { base: ArmModel; candidate: ArmModel }): readonly number[] {
  return [
    rateInformation(base.accept, candidate.accept, 9, -1, TOLERANCE.accept),
    rateInformation(base.dismiss, candidate.dismiss, 9, 1, TOLERANCE.dismiss),
    latencyInformation(base, candidate, 9, TOLERANCE.p95),
  ];
}

test('tolerable scenarios lie within the tolerance in every metric, the others beyond it in one', () => {
  const all = [...usualScenarios, ...namedOnly];
  const told = (kind: string): readonly number[] =>
    all.filter((one) => one.kind === kind).map((one) => Math.max(...informations(one)));
  expect(Math.max(...told('null'), ...told('tolerable'))).toBeLessThan(1e-12);
  expect(Math.min(...told('harm'), ...told('edge'))).toBeGreaterThan(1e-4);
});
