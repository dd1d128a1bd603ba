/**
 * How large the difference is, with an interval that holds at every look at once.
 *
 * Estimate: candidate against baseline, block by block (comparison.ts). Interval: the asymptotic confidence sequence of
 * the normal mixture,
 * estimate +- sd x sqrt(2 (1 + 1/(I r)) ln(sqrt(I r + 1) / alpha)), with sd that of the estimate at this look (agents'
 * design effect
 * included), I the effective cards so far and r = 1/500, which is tightest at some thousand cards.
 *
 * Reference: I. Waudby-Smith, D. Arbour, R. Sinha, E. Kennedy, A. Ramdas (2024), "Time-uniform central limit theory and
 * asymptotic
 * confidence sequences", Annals of Statistics 52(6), theorem 2.2. For quantiles by inverting exceedances: S. Howard, A.
 * Ramdas (2022),
 * Bernoulli 28(3), section 3. Worked number: I = 1000, alpha = 0.05: sqrt(2 x 1.5 x ln(sqrt(3) / 0.05)) = 3.26 standard
 * deviations.
 */
import { shownRate } from '../gathering/comparison.ts';
import type { Comparison } from '../gathering/comparison.ts';
import type { DesignEffects } from '../clusters/design-effect.ts';
import { designEffectOf } from '../bets/evidence.ts';
import { comparedQuantity } from './compared-quantity.ts';
import { QUANTILES_OF, statisticOf } from '../bets/quantity.ts';
import { quantileOn } from '../maths/sketch.ts';
import { clamp } from '../maths/log-math.ts';
import { exceedanceVariance, noiseOf } from './margin-score.ts';
import { rateOf } from '../../metrics/index.ts';
import type { RateName } from '../../metrics/index.ts';
import type { Guardrail } from '../../plan/plan.ts';
import type { Effect } from '../types.ts';

const TUNED_FOR = 500;
/** No ratio is shown beyond this; plain JSON has no infinity. */
const MAX_RATIO = 1e9;

/** null without data of both arms. */
export function effectOf(guardrail: Guardrail, comparison: Comparison, design: DesignEffects): Effect | null {
  const rate = rateOf(guardrail.metric);
  return rate === null
    ? quantityEffect(guardrail, comparison, design)
    : rateEffect(guardrail, rate, comparison, design);
}

/** Standard deviations that hold at every look at once. */
export function radius(effectiveCards: number, alpha: number): number {
  const scaled = effectiveCards / TUNED_FOR;
  return Math.sqrt(2 * (1 + 1 / scaled) * Math.log(Math.sqrt(scaled + 1) / alpha));
}

function rateEffect(
  guardrail: Guardrail,
  rate: RateName,
  comparison: Comparison,
  design: DesignEffects,
): Effect | null {
  const [p0, p1] = [shownRate(comparison, 'baseline', rate), shownRate(comparison, 'candidate', rate)];
  if (p0 === null || p1 === null) return null;
  const variance =
    designEffectOf(design, rate) * (noiseOf(comparison, 'baseline', p0) + noiseOf(comparison, 'candidate', p1));
  const half = radius(comparison.weight, guardrail.alpha) * Math.sqrt(variance);
  const [low, high] = [clamp(p1 - p0 - half, -1, 1), clamp(p1 - p0 + half, -1, 1)];
  if (guardrail.margin.kind === 'absolute' || p0 === 0) return { estimate: p1 - p0, low, high, unit: 'share' };
  return { estimate: ratio(p1 - p0, p0), low: Math.max(-1, ratio(low, p0)), high: ratio(high, p0), unit: 'ofBaseline' };
}

function quantityEffect(guardrail: Guardrail, comparison: Comparison, design: DesignEffects): Effect | null {
  const [quantile, more] = QUANTILES_OF[statisticOf(guardrail)];
  const compared = comparedQuantity(guardrail, comparison);
  // A mean is judged at several quantiles: it has no interval of its own without a bound on the tail.
  if (compared === null || compared.weight === 0 || quantile === undefined || more !== undefined) return null;
  const { turn } = compared;
  const half = radius(compared.weight, guardrail.alpha) * Math.sqrt(exceedanceVariance(quantile, compared, design));
  const reference = quantileOn(compared.shown('baseline'), compared.baseline.sketch, quantile) ?? 0;
  const own = guardrail.metric === 'custom' ? 'own' : 'ms';
  const shown = compared.shown('candidate');
  const at = (share: number): number => quantileOn(shown, compared.candidate.sketch, clamp(share, 0, 1)) ?? 0;
  const [estimate, low, high] = [at(quantile), at(quantile - turn * half), at(quantile + turn * half)].map(
    (value) => turn * (value - reference),
  );
  const unit = guardrail.margin.kind === 'absolute' || reference === 0 ? own : 'ofBaseline';
  const inUnit = (value = 0): number => (unit === own ? value : ratio(value, Math.abs(reference))) + 0;
  return { estimate: inUnit(estimate), low: inUnit(low), high: inUnit(high), unit };
}

function ratio(part: number, whole: number): number {
  return clamp(part / whole, -MAX_RATIO, MAX_RATIO);
}
