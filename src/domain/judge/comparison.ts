/**
 * The values shown beside the verdicts: each block's arms are weighed alike (by baseline x candidate / both, the weights of Mantel
 * and Haenszel 1959), so that a split that rises while the day gets worse does not make the candidate look worse than it is.
 * With one block, or a constant split, they are the plain rates. Worked number: blocks 10 of 100 vs 1 of 10 and 50 of 100 vs 50 of
 * 100: weights 9.09 and 50, baseline and candidate both (9.09 x 0.1 + 50 x 0.5) / 59.09 = 43.8 %, though pooled they are 30 % and 46 %.
 */
import { effectiveCards } from './block.ts';
import type { ArmTally, Block, RateOutcome } from './block.ts';
import { addSketch, emptySketch, meanMs, quantileMs } from './latency-sketch.ts';
import type { LatencySketch } from './latency-sketch.ts';
import type { LatencyStatistic } from '../plan/plan.ts';
import type { Arm } from './types.ts';

interface WeightedArm {
  readonly accepted: number;
  readonly dismissed: number;
  readonly undelivered: number;
  readonly latencies: LatencySketch;
}

export interface Comparison {
  /** Sum of the blocks' weights, in effective cards. */
  readonly weight: number;
  readonly baseline: WeightedArm;
  readonly candidate: WeightedArm;
}

const emptyArm: WeightedArm = { accepted: 0, dismissed: 0, undelivered: 0, latencies: emptySketch };
export const emptyComparison: Comparison = { weight: 0, baseline: emptyArm, candidate: emptyArm };

export function addComparison(comparison: Comparison, block: Block): Comparison {
  const weight = effectiveCards(block.baseline.cards, block.candidate.cards);
  const timed = effectiveCards(block.baseline.timed, block.candidate.timed);
  return {
    weight: comparison.weight + weight,
    baseline: addArm(comparison.baseline, block.baseline, weight, timed),
    candidate: addArm(comparison.candidate, block.candidate, weight, timed),
  };
}

/** Share 0..1; null before both arms were seen together. */
export function shownRate(comparison: Comparison, arm: Arm, outcome: RateOutcome): number | null {
  return comparison.weight === 0 ? null : comparison[arm][outcome] / comparison.weight;
}

/** Milliseconds; null before delivered cards of both arms were seen together. */
export function shownLatencyMs(comparison: Comparison, arm: Arm, statistic: LatencyStatistic): number | null {
  const { latencies } = comparison[arm];
  if (statistic === 'mean') return meanMs(latencies);
  return quantileMs(latencies, Number(statistic.slice(1)) / 100);
}

function addArm(sum: WeightedArm, tally: ArmTally, weight: number, timedWeight: number): WeightedArm {
  const perCard = weight / tally.cards;
  return {
    accepted: sum.accepted + tally.accepted * perCard,
    dismissed: sum.dismissed + tally.dismissed * perCard,
    undelivered: sum.undelivered + tally.undelivered * perCard,
    latencies: timedWeight === 0 ? sum.latencies : addSketch(sum.latencies, tally.latencies, timedWeight / tally.timed),
  };
}
