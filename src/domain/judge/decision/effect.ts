/**
 * How large the difference is, with an interval that holds at every look at once.
 *
 * Estimate: candidate against baseline, block by block (comparison.ts). Interval: the asymptotic confidence sequence of
 * the normal mixture, which reaches
 *
 *     z = sqrt(2 (1 + 1/(I r)) ln(sqrt(I r + 1) / alpha))
 *
 * standard deviations to either side, I the effective cards so far and r = 1/200, which is tightest at some hundred
 * cards; so far from what was found a value of each arm may be (limits.ts), its cards divided by the agents' design
 * effect. A quantile's limits are the values at the shares so far from it. The limits of both arms make those of the
 * difference, or of the ratio where the margin is a share of the baseline's figure, whose own noise counts, too.
 * A side without a limit yet is null, and so are both of a mean, which has none without a bound on its values (one of few
 * values has their range), and where agents are too few to know.
 *
 * Reference: I. Waudby-Smith, D. Arbour, R. Sinha, E. Kennedy, A. Ramdas (2024), "Time-uniform central limit theory and
 * asymptotic confidence sequences", Annals of Statistics 52(6), theorem 2.2. For quantiles by inverting exceedances: S.
 * Howard, A. Ramdas (2022), Bernoulli 28(3), section 3. Worked number: I = 1000, r = 1/500, alpha = 0.05: sqrt(2 x 1.5 x
 * ln(sqrt(3) / 0.05)) = 3.26 standard deviations.
 */
import { cardsBehind, shownRate } from '../gathering/comparison.ts';
import type { Comparison } from '../gathering/comparison.ts';
import type { DesignEffects } from '../clusters/design-effect.ts';
import { designEffectOf } from '../bets/evidence.ts';
import { comparedQuantity, fewValuesOf, shownQuantity } from './compared-quantity.ts';
import type { ComparedQuantity } from './compared-quantity.ts';
import { QUANTILES_OF, statisticOf } from '../bets/quantity.ts';
import { quantileOn } from '../maths/sketch.ts';
import { differenceLimits, foundLimits, ratioLimits, shareLimits, within } from '../maths/limits.ts';
import type { Estimated, Limits } from '../maths/limits.ts';
import { clamp } from '../maths/log-math.ts';
import { rateOf } from '../../metrics/index.ts';
import type { RateName } from '../../metrics/index.ts';
import type { Guardrail } from '../../plan/plan.ts';
import type { Arm, Effect } from '../types.ts';

/** What an interval promises, and where it is tightest. */
export interface Coverage {
  /** Chance that it ever misses. */
  readonly alpha: number;
  /** Effective cards. */
  readonly tunedFor: number;
}

const TUNED_FOR = 200;
/** No ratio is shown beyond this; plain JSON has no infinity. */
const MAX_RATIO = 1e9;

const unbounded: Limits = { low: null, high: null };

/** null without data of both arms. */
export function effectOf(
  guardrail: Guardrail,
  comparison: Comparison,
  design: DesignEffects,
  coverage: Coverage = { alpha: guardrail.alpha, tunedFor: TUNED_FOR },
): Effect | null {
  const rate = rateOf(guardrail.metric);
  const effect =
    rate === null
      ? quantityEffect(guardrail, comparison, design, coverage)
      : rateEffect(guardrail, rate, comparison, design, coverage);
  return effect === null || !design.tooFew ? effect : unboundedEffect(effect);
}

/** Standard deviations that hold at every look at once. */
export function radius(effectiveCards: number, { alpha, tunedFor }: Coverage): number {
  const scaled = effectiveCards / tunedFor;
  return Math.sqrt(2 * (1 + 1 / scaled) * Math.log(Math.sqrt(scaled + 1) / alpha));
}

function rateEffect(
  guardrail: Guardrail,
  rate: RateName,
  comparison: Comparison,
  design: DesignEffects,
  coverage: Coverage,
): Effect | null {
  const z = radius(comparison.weight, coverage);
  const of = (arm: Arm): Estimated | null => {
    const value = shownRate(comparison, arm, rate);
    const cards = cardsBehind(comparison.weight, comparison[arm]);
    return value === null
      ? null
      : { value, ...shareLimits(clamp(value, 0, 1), cards / designEffectOf(design, rate), z) };
  };
  const [baseline, candidate] = [of('baseline'), of('candidate')];
  if (baseline === null || candidate === null) return null;
  return sharesEffect(candidate, baseline, guardrail.margin.kind === 'relative');
}

/** Of two shares: as a ratio where that is asked for and there is something to be a share of, else as a difference. */
export function sharesEffect(candidate: Estimated, baseline: Estimated, isRatio: boolean): Effect {
  return isRatio && baseline.value > 0
    ? ofBaseline(candidate, baseline)
    : {
        estimate: candidate.value - baseline.value,
        ...within(differenceLimits(candidate, baseline), -1, 1),
        unit: 'share',
      };
}

/** Where agents are too few to know. */
export function unboundedEffect(effect: Effect): Effect {
  return { ...effect, ...unbounded };
}

function quantityEffect(
  guardrail: Guardrail,
  comparison: Comparison,
  design: DesignEffects,
  coverage: Coverage,
): Effect | null {
  const compared = comparedQuantity(guardrail, comparison);
  const [baseline, candidate] = (['baseline', 'candidate'] as const).map((arm) => {
    const value = shownQuantity(guardrail, comparison, arm);
    return value === null || compared === null
      ? null
      : { value, ...quantileLimits(guardrail, compared, arm, design, coverage) };
  });
  if (baseline == null || candidate == null) return null;
  const isAbsolute = guardrail.margin.kind === 'absolute' || baseline.value === 0;
  if (!isAbsolute && baseline.value > 0) return ofBaseline(candidate, baseline);
  // Below zero the ratio of the turned values says the same.
  if (!isAbsolute) return turnEffect(ofBaseline(turnValue(candidate), turnValue(baseline)));
  const estimate = candidate.value - baseline.value;
  return { estimate, ...differenceLimits(candidate, baseline), unit: guardrail.metric === 'custom' ? 'own' : 'ms' };
}

function quantileLimits(
  guardrail: Guardrail,
  compared: ComparedQuantity,
  arm: Arm,
  design: DesignEffects,
  coverage: Coverage,
): Limits {
  const [quantile, more] = QUANTILES_OF[statisticOf(guardrail)];
  if (quantile === undefined || compared.weight === 0) return unbounded;
  const temper = designEffectOf(design, compared.scoreAt(quantile));
  const cards = cardsBehind(compared.weight, compared[arm]) / temper;
  const z = radius(compared.weight, coverage);
  if (more !== undefined) return meanLimits(guardrail, compared, arm, cards, z);
  const shares = foundLimits(quantile, cards, z);
  const grid = compared.shown(arm);
  const at = (share: number | null): number | null =>
    share === null ? null : quantileOn(grid, compared[arm].sketch, share);
  const limits = { low: at(shares.low), high: at(shares.high) };
  if (guardrail.metric !== 'custom') return { ...limits, low: limits.low ?? 0 };
  return compared.turn === 1 ? limits : turnLimits(limits);
}

/** A mean within the range of the values is as a share of it (the KL bound holds for all that lies between 0 and 1). */
function meanLimits(guardrail: Guardrail, compared: ComparedQuantity, arm: Arm, cards: number, z: number): Limits {
  const few = fewValuesOf(guardrail, compared);
  if (few === null) return unbounded;
  const { least, most } = few;
  // In halves and as weighed means: the range of what can be held may itself not be held.
  const share = (few[arm].mean / 2 - least / 2) / (most / 2 - least / 2);
  const { low, high } = shareLimits(clamp(share, 0, 1), cards, z);
  const at = (part: number): number => (1 - part) * least + part * most;
  const limits = { low: at(low), high: at(high) };
  return compared.turn === 1 ? limits : turnLimits(limits);
}

function ofBaseline(candidate: Estimated, baseline: Estimated): Effect {
  const { low, high } = ratioLimits(candidate, baseline);
  const more = (ratio: number): number => clamp(ratio - 1, -MAX_RATIO, MAX_RATIO);
  return {
    estimate: more(candidate.value / baseline.value),
    low: low === null ? null : more(low),
    high: high === null ? null : more(high),
    unit: 'ofBaseline',
  };
}

function turnLimits({ low, high }: Limits): Limits {
  return { low: high === null ? null : -high + 0, high: low === null ? null : -low + 0 };
}

function turnValue(estimated: Estimated): Estimated {
  return { value: -estimated.value, ...turnLimits(estimated) };
}

function turnEffect(effect: Effect): Effect {
  return { ...effect, estimate: -effect.estimate + 0, ...turnLimits(effect) };
}
