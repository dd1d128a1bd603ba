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
import { addCoarse, coarsen, refine } from '../maths/coarse.ts';
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

/** What a block is a comparison of. */
export function compareBlock({ baseline, candidate }: Block): Comparison {
  const weights = {
    all: effectiveCards(baseline.cards, candidate.cards),
    timed: effectiveCards(baseline.timed, candidate.timed),
    onTime: effectiveCards(baseline.onTime.cards, candidate.onTime.cards),
  };
  return {
    weight: weights.all,
    timedWeight: weights.timed,
    onTimeWeight: weights.onTime,
    baseline: weighArm(baseline, weights),
    candidate: weighArm(candidate, weights),
    custom: [],
  };
}

/** Of the cards of both; the custom metrics are those of the first. */
export function joinComparisons(a: Comparison, b: Comparison): Comparison {
  return {
    custom: a.custom,
    weight: round(a.weight + b.weight, 4),
    timedWeight: round(a.timedWeight + b.timedWeight, 4),
    onTimeWeight: round(a.onTimeWeight + b.onTimeWeight, 4),
    baseline: joinArms(a.baseline, b.baseline),
    candidate: joinArms(a.candidate, b.candidate),
  };
}

type LightArm = Pick<WeightedArm, 'noise' | 'timedNoise' | 'hits' | 'latencies'>;

/** What is kept of one beside the whole: what is shown of it, latencies on coarse bins. */
export interface LightComparison {
  readonly weight: number;
  readonly timedWeight: number;
  readonly baseline: LightArm;
  readonly candidate: LightArm;
}

export function lightenComparison({ weight, timedWeight, baseline, candidate }: Comparison): LightComparison {
  const lighten = ({ noise, timedNoise, hits, latencies }: WeightedArm): LightArm => ({
    noise,
    timedNoise,
    hits,
    latencies: coarsen(latencies),
  });
  return { weight, timedWeight, baseline: lighten(baseline), candidate: lighten(candidate) };
}

export function joinLight(a: LightComparison, b: LightComparison): LightComparison {
  return {
    weight: round(a.weight + b.weight, 4),
    timedWeight: round(a.timedWeight + b.timedWeight, 4),
    baseline: joinLightArms(a.baseline, b.baseline),
    candidate: joinLightArms(a.candidate, b.candidate),
  };
}

/** On the bins of the whole, which holds its cards too. */
export function refineComparison(light: LightComparison, whole: Comparison): Comparison {
  const refineArm = (arm: Arm): WeightedArm => ({
    ...emptyArm,
    ...light[arm],
    latencies: refine(light[arm].latencies, whole[arm].latencies),
  });
  return { ...emptyComparison, ...light, baseline: refineArm('baseline'), candidate: refineArm('candidate') };
}

/** So many cards of one block would have the noise of the weighted figure. */
export function cardsBehind(weight: number, { noise }: { readonly noise: number }): number {
  return weight ** 2 / Math.max(noise, Number.MIN_VALUE);
}

/** As `shownRate`, among cards that came no later than most of the baseline's. */
export function onTimeRate(comparison: Comparison, arm: Arm, rate: RateName): number | null {
  return comparison.onTimeWeight === 0 ? null : comparison[arm].onTime[rate] / comparison.onTimeWeight;
}

/** Share 0..1; null before both arms were seen together. */
export function shownRate(comparison: Comparison, arm: Arm, rate: RateName): number | null {
  return comparison.weight === 0 ? null : comparison[arm].hits[rate] / comparison.weight;
}

/** By how much the candidate's agents are known to differ from the baseline's, as a share; 0: nothing is known. */
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

function weighArm(tally: ArmTally, weights: Weights): WeightedArm {
  const perCard = weights.all / tally.cards;
  const perTimed = weights.timed === 0 ? 0 : weights.timed / tally.timed;
  const perOnTime = weights.onTime === 0 ? 0 : weights.onTime / tally.onTime.cards;
  return {
    noise: weights.all * perCard,
    timedNoise: weights.timed * perTimed,
    onTime: byRate((rate) => tally.onTime.hits[rate] * perOnTime),
    hits: byRate((rate) => tally.hits[rate] * perCard),
    own: byOwnScore((score) => (tally.own[score] / HABIT_UNIT) * perCard),
    latencies: perTimed === 0 ? emptySketch : addSketch(emptySketch, tally.latencies, perTimed),
  };
}

function joinArms(a: WeightedArm, b: WeightedArm): WeightedArm {
  const { noise, timedNoise, hits } = joinCounts(a, b);
  return {
    noise,
    timedNoise,
    hits,
    onTime: byRate((rate) => round(a.onTime[rate] + b.onTime[rate], 4)),
    own: byOwnScore((score) => round(a.own[score] + b.own[score], 4)),
    latencies: addSketch(a.latencies, b.latencies),
  };
}

function joinLightArms(a: LightArm, b: LightArm): LightArm {
  const { noise, timedNoise, hits } = joinCounts(a, b);
  return { noise, timedNoise, hits, latencies: addCoarse(a.latencies, b.latencies) };
}

function joinCounts(a: LightArm, b: LightArm): Omit<LightArm, 'latencies'> {
  return {
    noise: round(a.noise + b.noise, 4),
    timedNoise: round(a.timedNoise + b.timedNoise, 4),
    hits: byRate((rate) => round(a.hits[rate] + b.hits[rate], 4)),
  };
}
