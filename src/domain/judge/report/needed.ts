/** How much evidence a verdict of each guardrail needs, where it is proven by the evidence of all looks. */
import { enforcedAlpha } from '../bets/joint-harm.ts';
import { harmThresholdOf, thresholdOf } from '../maths/calibration.ts';
import type { Guardrail } from '../../plan/plan.ts';
import type { GuardrailReport } from '../types.ts';

/** ln */
export interface Needed {
  readonly harm: number;
  readonly safe: number;
}

/** For each guardrail in order. */
export function neededOf(guardrails: readonly Guardrail[]): readonly Needed[] {
  return guardrails.map((guardrail) => ({
    harm: harmNeeded(guardrails, guardrail),
    safe: thresholdOf(guardrail.alpha),
  }));
}

/**
 * Did this side's verdict fall by another way than all looks of this guardrail alone: under the budget of harm that
 * guardrails share, among its latest cards, at the planned end?
 */
export function isProvenOtherwise(
  { verdict, logEvidence }: Pick<GuardrailReport, 'verdict' | 'logEvidence'>,
  side: keyof Needed,
  needed: Needed,
): boolean {
  return verdict === side && logEvidence[side] < needed[side];
}

/** ln e that proves harm by this guardrail alone; what is only observed has a budget of its own. */
export function harmNeeded(guardrails: readonly Guardrail[], { alpha, mode }: Guardrail): number {
  return harmThresholdOf(alpha, mode === 'enforce' ? enforcedAlpha(guardrails) : alpha);
}
