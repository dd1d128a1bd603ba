import { clamp } from './log-math.ts';
import type { TwoByTwo } from './fisher-noncentral.ts';

/**
 * The edge of what a plan tolerates, as a line in the plane of the two rates: candidate = slope x baseline + offset.
 * Relative margins have slope 1 +- margin, absolute ones offset +- margin. "Too bad" is the side that `worse` points
 * to, edge included.
 */
export interface MarginLine {
  readonly slope: number;
  readonly offset: number;
  /** +1: a higher rate is worse; -1: a lower one is. */
  readonly worse: 1 | -1;
}

/** The rates one bets on, each inside (0, 1). */
export interface RatePair {
  readonly baseline: number;
  readonly candidate: number;
}

const EDGE = 1e-12;

/**
 * ln of an e-variable for "the candidate is worse than the margin allows" from one block: P(block; bet) / P(block;
 * nearest),
 * where `nearest` is the point of the too-bad side with the least Kullback-Leibler divergence from the bet.
 *
 * Valid whatever the baseline's rate is and however it drifts from block to block, because the too-bad side is convex
 * in the
 * rates: by the inequality of means E[e]^(1/N) <= (n0 E0 + n1 E1)/N, which is linear in the true rates, 1 at `nearest`,
 * and by
 * `nearest`'s optimality at most 1 on the whole side. (An odds ratio at the margin would need the unknown base rate.)
 *
 * References: R. Turner, A. Ly, P. Grunwald (2024), "Generic E-variables for exact sequential k-sample tests that allow
 * for
 * optional stopping", JSPI 230, theorem 1; R. Turner, P. Grunwald (2023), "Exact anytime-valid confidence intervals for
 * contingency tables and beyond", Statistics & Probability Letters 198, section 2 (convex nulls).
 * Worked number: line candidate = baseline + 0.2 (higher is worse), bet (0.5, 0.5), one card per arm: nearest is (0.4,
 * 0.6) by
 * symmetry; baseline hit, candidate no hit: e = 0.5/0.4 * 0.5/0.4 = 1.5625.
 */
export function logMarginEvidence(table: TwoByTwo, line: MarginLine, bet: RatePair): number {
  const excess = bet.candidate - (line.slope * bet.baseline + line.offset);
  if (excess * line.worse >= 0) return 0;
  const nearest = nearestTooBad(table, line, bet);
  if (nearest === null) return 0;
  return (
    logRatio(table.baselineHits, table.baselineCards, bet.baseline, nearest.baseline) +
    logRatio(table.candidateHits, table.candidateCards, bet.candidate, nearest.candidate)
  );
}

/**
 * Where the slope of the (convex) divergence along the line is nothing, by Newton's steps, halving the span where one
 * leaves it; null when no pair of rates lies on the line.
 */
function nearestTooBad(table: TwoByTwo, line: MarginLine, bet: RatePair): RatePair | null {
  let low = Math.max(0, -line.offset / line.slope);
  let high = Math.min(1, (1 - line.offset) / line.slope);
  if (!(low < high)) return null;
  let middle = clamp(bet.baseline, low, high);
  for (let i = 0, step = high - low; i < 60 && Math.abs(step) > 1e-15; i++) {
    const candidate = line.slope * middle + line.offset;
    const [baselineCards, candidateCards] = [table.baselineCards, line.slope * table.candidateCards];
    const slope = baselineCards * pull(bet.baseline, middle) + candidateCards * pull(bet.candidate, candidate);
    const bend =
      baselineCards * stiffness(bet.baseline, middle) +
      line.slope * candidateCards * stiffness(bet.candidate, candidate);
    if (slope < 0) low = middle;
    else high = middle;
    const aimed = middle - slope / bend;
    const next = aimed > low && aimed < high ? aimed : (low + high) / 2;
    step = next - middle;
    middle = next;
  }
  const baseline = clamp(middle, EDGE, 1 - EDGE);
  return { baseline, candidate: clamp(line.slope * baseline + line.offset, EDGE, 1 - EDGE) };
}

/** d/dp KL(q || p). */
function pull(q: number, p: number): number {
  const inside = clamp(p, EDGE, 1 - EDGE);
  return (inside - q) / (inside * (1 - inside));
}

/** d/dp of the pull. */
function stiffness(q: number, p: number): number {
  const inside = clamp(p, EDGE, 1 - EDGE);
  return q / inside ** 2 + (1 - q) / (1 - inside) ** 2;
}

function logRatio(hits: number, cards: number, bet: number, nearest: number): number {
  return hits * Math.log(bet / nearest) + (cards - hits) * Math.log((1 - bet) / (1 - nearest));
}
