/**
 * How clearly the candidate is within the margin at one moment fixed beforehand, in standard deviations (z).
 *
 * Rates: z of "candidate - (slope x baseline + offset)", both rates weighed by block (comparison.ts). Latency and
 * custom metrics: with q the baseline's
 * p-quantile, z of the candidate's share beyond the margin of q against 1 - p. Variances are those of
 * independent cards times the
 * agents' design effect. Where the agents' own history tells more (habits.ts), the candidate's rate is taken without
 * their habits, and the design effect is that of what is left. It is worth its normal probability only at a moment
 * that was fixed beforehand, such as the planned end of a step,
 * and only once: `planned-end.ts` gives it the part of the budget that is spent there.
 *
 * Reference: N. Mantel, W. Haenszel (1959), J. Natl. Cancer Inst. 22 (weights); T. Jaki, L. Hothorn (2013) for ratios
 * to the margin.
 * Worked number: one block, baseline 1800 of 9000, candidate 200 of 1000, margin 10 % lower: 0.2 - 0.18 = 0.02,
 * variance 0.16 / 1000 +
 * 0.81 x 0.16 / 9000 = 0.0001744, z = 1.51.
 */
import { ownScore } from '../gathering/habits.ts';
import { cardsBehind, habitsBetween, shownRate } from '../gathering/comparison.ts';
import type { Comparison } from '../gathering/comparison.ts';
import { designEffectOf } from '../bets/evidence.ts';
import type { DesignEffects } from '../clusters/design-effect.ts';
import { comparedQuantity, fewValuesOf } from './compared-quantity.ts';
import type { ComparedQuantity, FewValues } from './compared-quantity.ts';
import { QUANTILES_OF, statisticOf } from '../bets/quantity.ts';
import { quantileOn, shareAboveOn } from '../maths/sketch.ts';
import { marginLine, worseSign } from '../maths/margin.ts';
import { rateOf } from '../../metrics/index.ts';
import type { RateName } from '../../metrics/index.ts';
import type { Guardrail } from '../../plan/plan.ts';
import type { Arm } from '../types.ts';

/**
 * Higher is safer; `-Infinity` without data, or with too few agents to know. The least of the claims where there are
 * several.
 */
export function marginScore(guardrail: Guardrail, comparison: Comparison, design: DesignEffects): number {
  if (design.tooFew) return -Infinity;
  const rate = rateOf(guardrail.metric);
  if (rate !== null) return rateScore(guardrail, rate, comparison, design);
  const compared = comparedQuantity(guardrail, comparison);
  if (compared === null || compared.weight === 0) return -Infinity;
  const few = statisticOf(guardrail) === 'mean' ? fewValuesOf(guardrail, compared) : null;
  if (few !== null) return meanScore(guardrail, few, compared, design);
  return Math.min(...QUANTILES_OF[statisticOf(guardrail)].map((quantile) => quantityScore(quantile, compared, design)));
}

/** Of a custom metric that takes few values: z of "candidate - (slope x baseline + offset)", as of rates. */
function meanScore({ margin }: Guardrail, few: FewValues, compared: ComparedQuantity, design: DesignEffects): number {
  const { baseline, candidate } = few;
  const slope = margin.kind === 'absolute' ? 1 : 1 + Math.sign(baseline.mean) * margin.value;
  // Never that of cards that are all alike.
  const noiseIn = (arm: Arm): number => {
    const cards = cardsBehind(compared.weight, compared[arm]);
    return Math.max(few[arm].variance, (few.most - few.least) ** 2 / (4 * cards)) / cards;
  };
  const variance =
    designEffectOf(design, compared.scoreAt(0.5)) * (noiseIn('candidate') + slope ** 2 * noiseIn('baseline'));
  return (compared.quantity.worsen(baseline.mean) - candidate.mean) / Math.sqrt(variance);
}

function rateScore(guardrail: Guardrail, rate: RateName, comparison: Comparison, design: DesignEffects): number {
  const [p0, p1] = [shownRate(comparison, 'baseline', rate), shownRate(comparison, 'candidate', rate)];
  if (p0 === null || p1 === null) return -Infinity;
  const line = marginLine(guardrail);
  const known = withoutHabits(guardrail, comparison, design);
  const variance =
    designEffectOf(design, known === null ? rate : ownScore(rate)) *
    (noiseOf(comparison, 'candidate', p1) + line.slope ** 2 * noiseOf(comparison, 'baseline', p0));
  return (worseSign(guardrail) * (line.slope * p0 + line.offset - (known ?? p1))) / Math.sqrt(variance);
}

/**
 * The candidate's rate without its agents' habits, as far as they differ from those of the baseline's agents; null
 * where the comparison is not better for it.
 */
export function withoutHabits(guardrail: Guardrail, comparison: Comparison, design: DesignEffects): number | null {
  const rate = rateOf(guardrail.metric);
  const shown = rate === null ? null : shownRate(comparison, 'candidate', rate);
  return rate === null || shown === null || !isBetterKnown(design, rate) || isBeyondChance(comparison, design, rate)
    ? null
    : shown - habitsBetween(comparison, rate);
}

/** Do the agents differ less in what their history does not tell? Asked of variances alone, never of a difference. */
function isBetterKnown(design: DesignEffects, rate: RateName): boolean {
  const own = design.byScore[ownScore(rate)];
  return own !== undefined && Math.max(1, own) < designEffectOf(design, rate);
}

const MAX_HABITS_APART = 2.5;

/**
 * Do the arms' agents differ by more in what is known of them than any agents might, in standard deviations of what the
 * habits explain? Then arms were not dealt without regard to them, and the habits prove nothing.
 */
function isBeyondChance(comparison: Comparison, design: DesignEffects, rate: RateName): boolean {
  const explained = designEffectOf(design, rate) - designEffectOf(design, ownScore(rate));
  const noise = (['baseline', 'candidate'] as const).reduce(
    (sum, arm) => sum + noiseOf(comparison, arm, shownRate(comparison, arm, rate) ?? 0),
    0,
  );
  return Math.abs(habitsBetween(comparison, rate)) > MAX_HABITS_APART * Math.sqrt(explained * noise);
}

/** Variance of a weighted rate; never that of a rate of exactly 0 or 1. */
function noiseOf(comparison: Comparison, arm: Arm, rate: number): number {
  const cards = cardsBehind(comparison.weight, comparison[arm]);
  const inside = (rate * cards + 0.5) / (cards + 1);
  return (inside * (1 - inside)) / cards;
}

function quantityScore(quantile: number, compared: ComparedQuantity, design: DesignEffects): number {
  const {
    quantity: { grid, sign, worsen },
    baseline,
    candidate,
  } = compared;
  const value = quantileOn(grid, baseline.sketch, quantile);
  if (value === null) return -Infinity;
  const beyond = shareAboveOn(grid, candidate.sketch, worsen(value));
  return (sign * (1 - quantile - beyond)) / Math.sqrt(exceedanceVariance(quantile, compared, design));
}

/** Variance of the difference of the arms' shares beyond a quantile. */
function exceedanceVariance(
  quantile: number,
  { baseline, candidate, weight, scoreAt }: ComparedQuantity,
  design: DesignEffects,
): number {
  return (
    (designEffectOf(design, scoreAt(quantile)) * quantile * (1 - quantile) * (baseline.noise + candidate.noise)) /
    weight ** 2
  );
}
