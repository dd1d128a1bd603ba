/**
 * The values shown beside the verdicts: each block's arms are weighed alike (by baseline x candidate / both, the
 * weights of Mantel
 * and Haenszel 1959), so that a split that rises while the day gets worse does not make the candidate look worse than
 * it is.
 * With one block, or a constant split, they are the plain rates. Worked number: blocks 10 of 100 vs 1 of 10 and 50 of
 * 100 vs 50 of
 * 100: weights 9.09 and 50, baseline and candidate both (9.09 x 0.1 + 50 x 0.5) / 59.09 = 43.8 %, though pooled they
 * are 30 % and 46 %.
 */
import { byRate } from '../../metrics/index.ts';
import type { RateName } from '../../metrics/index.ts';
import { effectiveCards, emptyTally, noHits } from './block.ts';
import type { ArmTally, Block, RateCounts } from './block.ts';
import type { ComparedCustom } from './compared-custom.ts';
import { byOwnScore, HABIT_UNIT, ownScore } from './habits.ts';
import { round } from '../maths/rounding.ts';
import { addSketch, emptySketch } from '../maths/sketch.ts';
import type { Sketch } from '../maths/sketch.ts';
import type { Arm } from '../types.ts';

interface WeightedArm {
  /** Sum of (weight of the block)^2 / cards: the noise of a weighted rate is this x p (1 - p) / (sum of weights)^2. */
  readonly noise: number;
  readonly timedNoise: number;
  /** Among cards on time, weighed by their own numbers. */
  readonly onTime: RateCounts;
  readonly hits: RateCounts;
  /** The rates without the agents' habits. */
  readonly own: ArmTally['own'];
  readonly latencies: Sketch;
}

export interface Comparison {
  /** Sum of the blocks' weights, in effective cards. */
  readonly weight: number;
  /** The same for cards with a known latency, and for those on time. */
  readonly timedWeight: number;
  readonly onTimeWeight: number;
  readonly baseline: WeightedArm;
  readonly candidate: WeightedArm;
  /** Those custom metrics of the plan that have been compared. */
  readonly custom: readonly ComparedCustom[];
}

const emptyArm: WeightedArm = {
  noise: 0,
  timedNoise: 0,
  onTime: noHits,
  hits: noHits,
  own: emptyTally.own,
  latencies: emptySketch,
};
export const emptyComparison: Comparison = {
  weight: 0,
  timedWeight: 0,
  onTimeWeight: 0,
  baseline: emptyArm,
  candidate: emptyArm,
  custom: [],
};

export function addComparison(comparison: Comparison, block: Block): Comparison {
  const weights = {
    all: effectiveCards(block.baseline.cards, block.candidate.cards),
    timed: effectiveCards(block.baseline.timed, block.candidate.timed),
    onTime: effectiveCards(block.baseline.onTime.cards, block.candidate.onTime.cards),
  };
  return {
    ...comparison,
    weight: round(comparison.weight + weights.all, 4),
    timedWeight: round(comparison.timedWeight + weights.timed, 4),
    onTimeWeight: round(comparison.onTimeWeight + weights.onTime, 4),
    baseline: addArm(comparison.baseline, block.baseline, weights),
    candidate: addArm(comparison.candidate, block.candidate, weights),
  };
}

/** As `shownRate`, among cards that came no later than most of the baseline's. */
export function onTimeRate(comparison: Comparison, arm: Arm, rate: RateName): number | null {
  return comparison.onTimeWeight === 0 ? null : comparison[arm].onTime[rate] / comparison.onTimeWeight;
}

/** Share 0..1; null before both arms were seen together. */
export function shownRate(comparison: Comparison, arm: Arm, rate: RateName): number | null {
  return comparison.weight === 0 ? null : comparison[arm].hits[rate] / comparison.weight;
}

/** By how much the candidate's agents are known to differ from the baseline's agents, as a share; 0 where nothing is known. */
export function habitsBetween({ weight, baseline, candidate }: Comparison, rate: RateName): number {
  if (weight === 0) return 0;
  const habitsOf = ({ hits, own }: WeightedArm): number => hits[rate] - (own[ownScore(rate)] ?? hits[rate]);
  return (habitsOf(candidate) - habitsOf(baseline)) / weight;
}

interface Weights {
  readonly all: number;
  readonly timed: number;
  readonly onTime: number;
}

function addArm(sum: WeightedArm, tally: ArmTally, weights: Weights): WeightedArm {
  const perCard = weights.all / tally.cards;
  const perTimed = weights.timed === 0 ? 0 : weights.timed / tally.timed;
  const perOnTime = weights.onTime === 0 ? 0 : weights.onTime / tally.onTime.cards;
  return {
    noise: round(sum.noise + weights.all * perCard, 4),
    timedNoise: round(sum.timedNoise + weights.timed * perTimed, 4),
    onTime: byRate((rate) => round(sum.onTime[rate] + tally.onTime.hits[rate] * perOnTime, 4)),
    hits: byRate((rate) => round(sum.hits[rate] + tally.hits[rate] * perCard, 4)),
    own: byOwnScore((score) => round(sum.own[score] + (tally.own[score] / HABIT_UNIT) * perCard, 4)),
    latencies: perTimed === 0 ? sum.latencies : addSketch(sum.latencies, tally.latencies, perTimed),
  };
}
