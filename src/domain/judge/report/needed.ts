/** How much evidence a verdict of each guardrail needs, where it is proven by the evidence of all looks. */
import { enforcedAlpha } from '../bets/joint-harm.ts';
import { harmThresholdOf, thresholdOf } from '../maths/calibration.ts';
import type { Guardrail } from '../../plan/plan.ts';

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

/** ln e that proves harm by this guardrail alone; what is only observed has a budget of its own. */
export function harmNeeded(guardrails: readonly Guardrail[], { alpha, mode }: Guardrail): number {
  return harmThresholdOf(alpha, mode === 'enforce' ? enforcedAlpha(guardrails) : alpha);
}
