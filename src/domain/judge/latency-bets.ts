/**
 * Bets on delivery latency, by exceedances: how many cards of each arm took longer than a threshold that past blocks have fixed.
 * Only ranks against thresholds count, so a heavy tail cannot upset it, and an incident that hits both arms drops out with the totals.
 *
 * Harm: "no slower than the baseline" at five quantiles of the remembered baseline (the guardrail's own weighs most), each with the
 * odds ratio that a slowdown by one and by three margins would make there.
 * Safe: "the candidate's quantile is at or beyond the margin". With q the baseline's quantile of level p, that means the candidate
 * exceeds (1 + margin) q at least as often as the baseline exceeds q. The remembered q is uncertain, so the candidate is measured at its
 * lower and the baseline at its upper one-sigma bound: both make the candidate look worse, so the claim is harder to prove (conservative).
 * Exact for a slowdown by a factor whatever q is; where shapes differ, it speaks of a level within a sigma or two of p.
 * `mean` has no bound without a bound on the tail: it is judged at p50, p90 and p99 together, each of which must be proven.
 * A card without a latency is not in these tables at all (it counts for undeliveredRate).
 *
 * Reference: S. Howard, A. Ramdas (2022), "Sequential estimation of quantiles with applications to A/B testing and best-arm
 * identification", Bernoulli 28(3), section 2 (quantiles by exceedance indicators).
 * Worked number: lognormal, median 220 ms, sigma 0.5, p95 = 501 ms: 40 % slower puts 16.6 % beyond 501 ms instead of 5 %, odds ratio 3.8.
 */
import type { BaselineMemory } from './baseline-memory.ts';
import { deliveredOf, effectiveCards } from './block.ts';
import type { Block } from './block.ts';
import type { BettingPlan, BlockEvidence } from './evidence.ts';
import { logOddsEvidence } from './fisher-noncentral.ts';
import type { TwoByTwo } from './fisher-noncentral.ts';
import { binOf, countAbove, quantileBin, upperEdgeMs } from './latency-sketch.ts';
import type { LatencySketch } from './latency-sketch.ts';
import { clamp } from './log-math.ts';
import { logOddsRatio, worsened, worseSign } from './margin.ts';
import type { Guardrail, LatencyStatistic } from '../plan/plan.ts';

export const HARM_LEVELS = [0.5, 0.75, 0.9, 0.95, 0.99] as const;
const HARM_MARGINS = [1, 3] as const;
const LEVELS_OF: Readonly<Record<LatencyStatistic, readonly number[]>> = { p50: [0.5], p95: [0.95], p99: [0.99], mean: [0.5, 0.9, 0.99] };
const LEAST_MEMORY = { harm: 50, safe: 200 } as const;
const SIGMAS = 1;

export function statisticOf(guardrail: Guardrail): LatencyStatistic {
  return guardrail.statistic ?? 'p95';
}

export function latencyBettingPlan(statistic: LatencyStatistic): BettingPlan {
  const own = LEVELS_OF[statistic][0];
  const weights = HARM_LEVELS.map((level) => (statistic === 'mean' ? 0.2 : level === own ? 0.4 : 0.15));
  return {
    harmWeights: weights.flatMap((weight) => HARM_MARGINS.map(() => weight / HARM_MARGINS.length)),
    safeClaims: LEVELS_OF[statistic].length,
    safeWeights: [0.6, 0.4],
  };
}

export function latencyEvidence(guardrail: Guardrail, block: Block, memory: BaselineMemory): BlockEvidence {
  return {
    harm: HARM_LEVELS.flatMap((level) => harmBets(guardrail, block, memory, level)),
    safe: LEVELS_OF[statisticOf(guardrail)].map((level) => safeBets(guardrail, block, memory, level)),
    effectiveCards: effectiveCards(deliveredOf(block.baseline), deliveredOf(block.candidate)),
  };
}

function harmBets(guardrail: Guardrail, block: Block, memory: BaselineMemory, level: number): readonly number[] {
  const bin = memory.delivered < LEAST_MEMORY.harm ? null : quantileBin(memory.latencies, level);
  if (bin === null) return HARM_MARGINS.map(() => 0);
  const table = exceedances(block, bin, bin);
  return HARM_MARGINS.map((times) => logOddsEvidence(table, harmLogOdds(guardrail, memory, bin, times)));
}

/** The odds ratio at the threshold if all latencies grew by `times` margins; the first kept small enough to see a doubled tail. */
function harmLogOdds(guardrail: Guardrail, memory: BaselineMemory, bin: number, times: number): number {
  const sign = worseSign(guardrail);
  const edge = upperEdgeMs(bin);
  // A slower candidate exceeds `edge` as often as the baseline exceeds `edge` divided by the slowdown.
  const before = (edge * edge) / Math.max(1e-9, worsened(guardrail, edge, times));
  const size = sign * logOddsRatio(shareAbove(memory, binOf(before)), shareAbove(memory, bin));
  const [low, high] = times === 1 ? [0.2, 0.9] : [1, 2.5];
  return sign * clamp(size, low, high);
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
  if (memory.delivered < LEAST_MEMORY.safe) return null;
  const sign = worseSign(guardrail);
  const slack = SIGMAS * Math.sqrt((level * (1 - level)) / memory.delivered);
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
    baselineCards: deliveredOf(block.baseline),
    candidateHits: countAbove(block.candidate.latencies, candidateBin),
    candidateCards: deliveredOf(block.candidate),
  };
}

function shareAbove(memory: BaselineMemory, bin: number): number {
  return smoothed(memory.latencies, bin, memory.delivered);
}

function smoothed(latencies: LatencySketch, bin: number, delivered: number): number {
  return (countAbove(latencies, bin) + 0.5) / (delivered + 1);
}
