/**
 * Bets on delivery latency. Only ranks count, so a heavy tail cannot upset it, and an incident that hits both arms drops out.
 *
 * Harm: "no slower than the baseline" against the tilts of latency-tilts.ts, given the block's pooled latencies.
 * Safe: "the candidate's quantile is at or beyond the margin". With q the baseline's quantile of level p, that means the candidate
 * exceeds (1 + margin) q at least as often as the baseline exceeds q. The remembered q is uncertain, so the candidate is measured at its
 * lower and the baseline at its upper one-sigma bound: both make the candidate look worse, so the claim is harder to prove (conservative).
 * Exact for a slowdown by a factor whatever q is; where shapes differ, it speaks of a level within a sigma or two of p.
 * `mean` has no bound without a bound on the tail: it is judged at p50, p90 and p99 together, each of which must be proven.
 * A card without a latency is not in these tables at all (an undelivered one counts for undeliveredRate).
 *
 * Reference: S. Howard, A. Ramdas (2022), "Sequential estimation of quantiles with applications to A/B testing and best-arm
 * identification", Bernoulli 28(3), section 2 (quantiles by exceedance indicators).
 * Worked number: lognormal, median 220 ms, sigma 0.5, p95 = 501 ms: 40 % slower puts 16.6 % beyond 501 ms instead of 5 %, odds ratio 3.8.
 */
import type { BaselineMemory } from './baseline-memory.ts';
import { effectiveCards } from './block.ts';
import type { Block } from './block.ts';
import type { BettingPlan, BlockEvidence } from './evidence.ts';
import { logOddsEvidence } from './fisher-noncentral.ts';
import type { TwoByTwo } from './fisher-noncentral.ts';
import { referenceOf } from './latency-reference.ts';
import { binOf, countAbove, quantileBin, quantileMs, upperEdgeMs } from './latency-sketch.ts';
import type { LatencySketch } from './latency-sketch.ts';
import { LATENCY_TILTS, tiltEvidence, tiltWeights } from './latency-tilts.ts';
import { clamp } from './log-math.ts';
import { logOddsRatio, worsened, worseSign } from './margin.ts';
import type { Guardrail, LatencyStatistic } from '../plan/plan.ts';

/** The quantiles that a statistic is judged by. */
export const LEVELS_OF: Readonly<Record<LatencyStatistic, readonly number[]>> = { p50: [0.5], p95: [0.95], p99: [0.99], mean: [0.5, 0.9, 0.99] };
const LEAST_MEMORY = 200;
/** With so many remembered cards the block's own need not help to say what is slow. */
const ENOUGH_MEMORY = 500;
const SIGMAS = 1;

export function statisticOf(guardrail: Guardrail): LatencyStatistic {
  return guardrail.statistic ?? 'p95';
}

export function latencyBettingPlan(statistic: LatencyStatistic): BettingPlan {
  return {
    harmWeights: tiltWeights(statistic),
    harmScores: LATENCY_TILTS.map(({ score }) => score),
    safeClaims: LEVELS_OF[statistic].length,
    safeWeights: [0.6, 0.4],
    safeScore: statistic === 'p50' ? 'location' : 'tail',
  };
}

export function latencyEvidence(guardrail: Guardrail, block: Block, memory: BaselineMemory): BlockEvidence {
  return {
    harm: harmBets(guardrail, block, memory),
    safe: LEVELS_OF[statisticOf(guardrail)].map((level) => safeBets(guardrail, block, memory, level)),
    effectiveCards: effectiveCards(block.baseline.timed, block.candidate.timed),
  };
}

function harmBets(guardrail: Guardrail, block: Block, memory: BaselineMemory): readonly number[] {
  const arms = { baseline: block.baseline.latencies, candidate: block.candidate.latencies };
  if (block.baseline.timed === 0 || block.candidate.timed === 0) return LATENCY_TILTS.map(() => 0);
  const pooled = [arms.baseline, arms.candidate];
  const reference = referenceOf(memory.timed >= ENOUGH_MEMORY ? [memory.latencies] : [memory.latencies, ...pooled]);
  if (reference === null) return LATENCY_TILTS.map(() => 0);
  return tiltEvidence(arms, reference, marginRatio(guardrail, memory.timed > 0 ? memory.latencies : arms.baseline), worseSign(guardrail));
}

/** The margin as a factor > 1 of the reference's value. */
function marginRatio(guardrail: Guardrail, reference: LatencySketch): number {
  const value = quantileMs(reference, LEVELS_OF[statisticOf(guardrail)][0] ?? 0.5) ?? 1;
  const ratio = worsened(guardrail, Math.max(1e-3, value)) / Math.max(1e-3, value);
  return clamp(ratio >= 1 ? ratio : 1 / Math.max(1e-6, ratio), 1.001, 1e6);
}

function safeBets(guardrail: Guardrail, block: Block, memory: BaselineMemory, level: number): readonly number[] {
  const thresholds = safeThresholds(guardrail, memory, level);
  if (thresholds === null) return [0, 0];
  const sign = worseSign(guardrail);
  const expected = -sign * logOddsRatio(shareAbove(memory, thresholds.candidate), shareAbove(memory, thresholds.baseline));
  const size = clamp(expected, 0.2, 3);
  const table = exceedances(block, thresholds.baseline, thresholds.candidate);
  return [size, size / 2].map((logOdds) => logOddsEvidence(table, -sign * logOdds));
}

interface Thresholds {
  readonly baseline: number;
  readonly candidate: number;
}

function safeThresholds(guardrail: Guardrail, memory: BaselineMemory, level: number): Thresholds | null {
  if (memory.timed < LEAST_MEMORY) return null;
  const sign = worseSign(guardrail);
  const slack = SIGMAS * Math.sqrt((level * (1 - level)) / memory.timed);
  const baseline = quantileBin(memory.latencies, clamp(level + sign * slack, 0, 1));
  const reference = quantileBin(memory.latencies, clamp(level - sign * slack, 0, 1));
  if (baseline === null || reference === null) return null;
  // Rounded to the grid against the candidate: down where slower is worse, up where faster is.
  const limit = binOf(worsened(guardrail, upperEdgeMs(sign === 1 ? reference - 1 : reference)));
  return { baseline: sign === 1 ? baseline : baseline - 1, candidate: sign === 1 ? limit - 1 : limit };
}

function exceedances(block: Block, baselineBin: number, candidateBin: number): TwoByTwo {
  return {
    baselineHits: countAbove(block.baseline.latencies, baselineBin),
    baselineCards: block.baseline.timed,
    candidateHits: countAbove(block.candidate.latencies, candidateBin),
    candidateCards: block.candidate.timed,
  };
}

function shareAbove(memory: BaselineMemory, bin: number): number {
  return smoothed(memory.latencies, bin, memory.timed);
}

function smoothed(latencies: LatencySketch, bin: number, delivered: number): number {
  return (countAbove(latencies, bin) + 0.5) / (delivered + 1);
}
