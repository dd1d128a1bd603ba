/**
 * How far a slice's candidate is from its baseline, with an interval that holds at every look at once, and how far it
 * may be.
 *
 * As of a rate of the whole rollout (effect.ts), on the slice's own sums. Of slice k in order of appearance the interval
 * about guardrail g misses with a chance of at most alpha_k x w_g (slices.ts; w_g: its part of the enforced alphas): of
 * all that are ever shown, whichever guardrail leads where, any misses with one of at most the slices' alpha. Latency
 * goes by the share of slow cards; how many there may be is what cards as late as the remembered baseline's would give if
 * each took so much longer. Worked number: 5 % slow in the memory, 12 % of it slow when each takes a margin longer: odds
 * of 2.59, so of a slice with 8 % slow cards up to 18.4 %.
 */
import type { BaselineMemory } from '../gathering/baseline-memory.ts';
import type { DesignEffects } from '../clusters/design-effect.ts';
import { designEffectOf } from '../bets/evidence.ts';
import { sliceScore } from '../bets/slice-bets.ts';
import type { SlicedGuardrail, SliceSums } from '../bets/slice-bets.ts';
import { cardsBehind } from '../gathering/comparison.ts';
import { clamp } from '../maths/log-math.ts';
import { shareLimits } from '../maths/limits.ts';
import type { Estimated } from '../maths/limits.ts';
import { logOddsRatio, moveOdds, toleranceTimes, worsen } from '../maths/margin.ts';
import { quantileMs, shareAboveMs } from '../maths/sketch.ts';
import type { Guardrail } from '../../plan/plan.ts';
import type { Effect } from '../types.ts';
import { radius, sharesEffect, unboundedEffect } from './effect.ts';

const TUNED_FOR = 200;
/** Of the weight: no split leaves an arm with less, and sums are rounded. */
const LEAST_NOISE = 1e-3;

/** null before cards of both arms were seen together. */
export function sliceEffect(
  { guardrail, rate }: SlicedGuardrail,
  [weight, baselineSum, candidateSum, baselineNoise]: SliceSums,
  design: DesignEffects,
  alpha: number,
): Effect | null {
  if (weight === 0) return null;
  const z = radius(weight, { alpha, tunedFor: TUNED_FOR });
  const temper = designEffectOf(design, sliceScore(rate));
  const of = (sum: number, noise: number): Estimated => {
    const value = clamp(sum / weight, 0, 1);
    const cards = cardsBehind(weight, { noise: Math.max(noise, LEAST_NOISE * weight) });
    return { value, ...shareLimits(value, cards / temper, z) };
  };
  // The two arms' noise is the weight together: 1/n0 + 1/n1 = 1/weight in each block.
  const [baseline, candidate] = [of(baselineSum, baselineNoise), of(candidateSum, weight - baselineNoise)];
  const isRatio = rate !== null && guardrail.margin.kind === 'relative';
  const effect = sharesEffect(candidate, baseline, isRatio);
  return design.tooFew ? unboundedEffect(effect) : effect;
}

export interface SliceMarks {
  /** The candidate's share at the tolerance, at one margin of the guardrail, and at the slices' `times` of them. */
  readonly tolerated: number;
  readonly limit: number;
  readonly harmful: number;
}

/** `times`: of the margin that the sliced guardrail's own is. */
export function sliceMarks(
  { guardrail, rate }: SlicedGuardrail,
  baseline: number,
  memory: BaselineMemory,
  times: number,
): SliceMarks {
  const at = (margins: number): number =>
    rate === null ? slowerShare(guardrail, baseline, memory, margins) : worsen(guardrail, baseline, margins);
  return { tolerated: at(toleranceTimes(guardrail)), limit: at(1 / times), harmful: at(1) };
}

const SLOW = 0.95;
/** Of what is less, nothing could be told; and so far do the bets go (slice-bets.ts). */
const LEAST_SHARE = 0.01;
const MAX_LOG_ODDS = 3;

/** The slice's share of slow cards, moved by the odds that so many margins make of the remembered baseline's. */
function slowerShare(guardrail: Guardrail, baseline: number, { latencies }: BaselineMemory, margins: number): number {
  const slowMs = quantileMs(latencies, SLOW) ?? 0;
  const factor = slowMs <= 0 ? 1 : worsen(guardrail, slowMs, margins) / slowMs;
  if (factor <= 0) return baseline;
  const odds = logOddsRatio(shareAboveMs(latencies, slowMs / factor), shareAboveMs(latencies, slowMs));
  return moveOdds(Math.max(LEAST_SHARE, baseline), clamp(odds, -MAX_LOG_ODDS, MAX_LOG_ODDS));
}
