/**
 * How much one candidate card tells a harm from the nearest law that is tolerated.
 *
 * Nothing is known of the baseline but its own cards, `ratio` of them for each candidate card. Of all pairs of laws
 * (g0, g1) of a baseline and a candidate that is worse by no more than the tolerance, the nearest to the true (f0, f1)
 * is the one with the least ratio KL(f0 || g0) + KL(f1 || g1), and that least value is the information: what the best
 * e-process against all of them gains. R. Turner, A. Ly, P. Grünwald (2024), "Generic e-variables for exact sequential
 * k-sample tests that allow for optional stopping", J. Stat. Plan. Inference 230. "No difference" is among the tolerated
 * laws, so what tells from the nearest of them never says more than what tells from that.
 */
import { normalQuantile, normalTail } from '../../src/domain/judge/maths/normal.ts';
import type { ArmModel } from './scenario.ts';

/**
 * Of a rate p0 in the baseline and p1 in the candidate; `worse`: +1 where a higher one is. Tolerated is g1 up to
 * s g0, s = 1 + worse x tolerance. That side is convex, so the nearest pair lies on the line, where the derivative is a
 * quadratic in g0 (M. Farrington, G. Manning (1990), Statistics in Medicine 9, for the same line).
 *
 * Worked numbers, nine to one, 20 % against 10 %, lower is worse. Tolerance 0: g0 = g1 = 0.19, 9 x 0.000321 + 0.030639 =
 * 0.033525. Tolerance 5 %: g0 = 0.19105, g1 = 0.18150, 9 x 0.000256 + 0.025820 = 0.028125.
 */
export function rateInformation(p0: number, p1: number, ratio: number, worse: 1 | -1, tolerance: number): number {
  const slope = 1 + worse * tolerance;
  if (worse * (p1 - slope * p0) <= 0) return 0;
  const hits = ratio * p0 + p1;
  const a = slope * (ratio + 1);
  const b = hits * (1 + slope) + ratio * (1 - p0) + slope * (1 - p1);
  const g0 = (2 * hits) / (b + Math.sqrt(b * b - 4 * a * hits));
  return ratio * binaryDivergence(p0, g0) + binaryDivergence(p1, slope * g0);
}

/** The percentile that the benchmark's latency guardrail names. */
const LEVEL = 0.95;
const STEP = 0.01;
/** Standard deviations of the log latency. */
const REACH = 7;

/**
 * Of two log-normal latencies. A guardrail on the p95 protects the p95 and what is slower: tolerated is whatever leaves,
 * from the baseline's p95 on, no larger share of the candidate's cards beyond (1 + tolerance) x than of the baseline's
 * beyond x. What is quicker is one category. (The p95 is the true baseline's: a law whose own p95 lies further out is
 * asked for less, so the true bound may be a little higher than this one.) The latencies' clustering is not in it.
 *
 * Worked number, known baseline, sigma 0.5, x2, tolerance 12.5 %: d = ln(2 / 1.125) / 0.5 = 1.1507, z = 1.6449 - d =
 * 0.4941, Q = P(Z > z) = 0.3106: d phi(z) + d^2 Q / 2 + (1 - Q) ln((1 - Q) / 0.95) = 0.4063 + 0.2057 - 0.2211 = 0.3909.
 */
export function latencyInformation(base: ArmModel, candidate: ArmModel, ratio: number, tolerance: number): number {
  const edges = edgesFrom(slowest(base, LEVEL), [base, candidate]);
  const information = orderedInformation(
    masses(edges, (ms) => shareSlower(base, ms)),
    masses(edges, (ms) => shareSlower(candidate, ms * (1 + tolerance))),
    ratio,
  );
  return information * (1 - candidate.undelivered);
}

/**
 * Of two distributions over the same categories in order, where tolerated is any pair of which the candidate's is
 * stochastically no larger: from each category on it has no more than the baseline's.
 *
 * The nearest such pair: the baseline's share of a category's cards is made to fall, or stay, from category to category
 * by pooling neighbours (weighted antitonic regression); in each resulting block both laws get the pooled mass, spread
 * as their own was. H. Brunk, W. Franck, D. Hanson, R. Hogg (1966), "Maximum likelihood estimation of the distributions
 * of two stochastically ordered random variables", JASA 61; T. Robertson, F. Wright (1974), Ann. Stat. 2.
 *
 * Worked number, one to one: (0.5, 0.3, 0.2) and (0.3, 0.2, 0.5): shares 0.625, 0.6, 0.286 fall already, so the pair is
 * (0.4, 0.25, 0.35) twice: 0.05435 + 0.04740 = 0.10175. (0.2, 0.5, 0.3) and (0.5, 0.1, 0.4): 0.286, 0.833, 0.429: the
 * first two are pooled, to 0.538: blocks of 0.7 and 0.6, 0.3 and 0.4: 0.00563 + 0.00539 = 0.01102.
 */
export function orderedInformation(base: readonly number[], candidate: readonly number[], ratio: number): number {
  const blocks: { b: number; c: number }[] = [];
  for (const [i, mass] of base.entries()) {
    let block = { b: ratio * mass, c: candidate[i] ?? 0 };
    for (let last = blocks.at(-1); last !== undefined && last.b * block.c <= block.b * last.c; last = blocks.at(-1)) {
      blocks.pop();
      block = { b: last.b + block.b, c: last.c + block.c };
    }
    blocks.push(block);
  }
  const information = blocks.reduce((sum, { b, c }) => {
    const pooled = (b + c) / (ratio + 1);
    return sum + part(b, ratio * pooled) + part(c, pooled);
  }, 0);
  return information > ROUNDING ? information : 0;
}

/** What sums of this many parts may be off by. */
const ROUNDING = 1e-12;

function edgesFrom(first: number, models: readonly ArmModel[]): readonly number[] {
  const sigma = Math.max(...models.map((model) => model.sigma));
  const furthest = Math.max(
    ...models.map(
      ({ medianMs, tail, plusMs }) => medianMs * Math.max(1, tail.times) * Math.exp(REACH * sigma) + plusMs,
    ),
  );
  const count = Math.ceil(Math.log(furthest / first) / STEP);
  return Array.from({ length: count }, (_, i) => first * Math.exp(i * STEP));
}

/** What is quicker than the first edge, then between each and the next, the last without an end. */
function masses(edges: readonly number[], slower: (ms: number) => number): readonly number[] {
  const shares = [1, ...edges.map(slower), 0];
  return edges.concat(0).map((_, i) => (shares[i] ?? 0) - (shares[i + 1] ?? 0));
}

/** P(latency > ms). */
function shareSlower({ medianMs, sigma, tail, plusMs }: ArmModel, ms: number): number {
  if (ms <= plusMs) return 1;
  const beyond = (median: number): number => normalTail(Math.log((ms - plusMs) / median) / sigma);
  return (1 - tail.share) * beyond(medianMs) + tail.share * beyond(medianMs * tail.times);
}

/** The latency that a share `level` does not exceed. */
function slowest(model: ArmModel, level: number): number {
  const z = normalQuantile(level);
  let [low, high] = [0, model.plusMs + model.medianMs * Math.max(1, model.tail.times) * Math.exp(z * model.sigma)];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (shareSlower(model, middle) > 1 - level) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

export function binaryDivergence(p: number, q: number): number {
  return part(p, q) + part(1 - p, 1 - q);
}

function part(p: number, q: number): number {
  return p <= 0 || q <= 0 ? 0 : p * Math.log(p / q);
}
