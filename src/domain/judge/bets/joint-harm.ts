/**
 * One budget for all enforced guardrails: with e_g the evidence for harm of guardrail g and alpha_g its part of the
 * budget,
 *
 *     J = sum of alpha_g e_g      (over the enforced ones)
 *
 * has mean at most A = sum of alpha_g while the candidate is harmless in all of them, so P(ever J >= 1) <= A: an
 * average of e-processes is
 * one, whatever their dependence. J = 1 is reached no later than by the first guardrail alone (alpha_g e_g >= 1), and a
 * little earlier
 * when several metrics move together. Harm is said from 1/c on (calibration.ts). A guardrail that is only observed adds
 * nothing and costs nothing.
 *
 * Reference: V. Vovk, R. Wang (2021), "E-values: Calibration, combination and applications", Annals of Statistics
 * 49(3), section 3 (the
 * arithmetic mean). Worked number: alpha 0.01 and 0.03, e = 30 and 20: J = 0.3 + 0.6 = 0.9, beyond 1/1.6: harm, led by
 * the second.
 */
import { slackOf } from '../maths/calibration.ts';
import type { BettingPlan, GuardrailEvidence } from './evidence.ts';
import { logSumExp } from '../maths/log-math.ts';
import type { Guardrail } from '../../plan/plan.ts';

export interface JointHarm {
  /** Highest ln J so far. */
  readonly peak: number;
  /** The guardrail with the largest part of J at its peak; -1 before anything is enforced. */
  readonly leader: number;
}

export const noJointHarm: JointHarm = { peak: -700, leader: -1 };

export interface Gathered {
  readonly guardrail: Guardrail;
  readonly plan: BettingPlan;
  readonly evidence: GuardrailEvidence;
}

export function stepJointHarm(joint: JointHarm, gathered: readonly Gathered[]): JointHarm {
  const parts = gathered.map(({ guardrail, evidence }) =>
    guardrail.mode === 'enforce' ? Math.log(guardrail.alpha) + evidence.harmNow : -Infinity,
  );
  const enforced = parts.filter((part) => part > -Infinity);
  const value = logSumExp(enforced);
  if (enforced.length === 0 || value <= joint.peak) return joint;
  return { peak: value, leader: parts.indexOf(Math.max(...parts)) };
}

/** The enforced guardrails' budget in all. */
export function enforcedAlpha(guardrails: readonly Guardrail[]): number {
  return guardrails.reduce((sum, { alpha, mode }) => sum + (mode === 'enforce' ? alpha : 0), 0);
}

/** Highest evidence so far as a part of what proves harm: 1 says harm. */
export function jointHarmPart({ peak }: JointHarm, guardrails: readonly Guardrail[]): number {
  return Math.exp(peak) * slackOf(enforcedAlpha(guardrails));
}
