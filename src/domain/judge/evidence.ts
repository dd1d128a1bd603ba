/** What a guardrail has gathered, for harm and for safety; how it is gathered differs by metric. */
import { boundLog, LOG_BOUND, logSumExp, safeLog } from './log-math.ts';
import { logValueOf, startOnsetMixture, stepOnsetMixture } from './onset-mixture.ts';
import type { OnsetMixture } from './onset-mixture.ts';
import type { Guardrail } from '../plan/plan.ts';

export interface GuardrailEvidence {
  readonly harm: OnsetMixture;
  /** Highest ln e-value for harm so far: by Ville's inequality the maximum keeps the budget too, so harm stays harm. */
  readonly harmPeak: number;
  /** ln e-value of each bet on safety, by claim; all claims must be proven. */
  readonly safe: readonly (readonly number[])[];
}

/** How a metric bets: prior weights (each of sum 1) of its harm bets, and of the bets of every safety claim. */
export interface BettingPlan {
  readonly harmWeights: readonly number[];
  readonly safeClaims: number;
  readonly safeWeights: readonly number[];
}

/** ln e-values that one block yields, in the order of the betting plan. */
export interface BlockEvidence {
  readonly harm: readonly number[];
  readonly safe: readonly (readonly number[])[];
  readonly effectiveCards: number;
}

/** Above the threshold by this much evidence for safety is no longer saved up, so that safety means "lately" too. Lowering is always valid. */
const SAVED_NATS = 10;

export function startEvidence(plan: BettingPlan): GuardrailEvidence {
  const claim = plan.safeWeights.map(() => 0);
  return { harm: startOnsetMixture(plan.harmWeights.length), harmPeak: 0, safe: Array.from({ length: plan.safeClaims }, () => claim) };
}

export function addEvidence(evidence: GuardrailEvidence, block: BlockEvidence, plan: BettingPlan, alpha: number): GuardrailEvidence {
  const harm = stepOnsetMixture(evidence.harm, block.harm, block.effectiveCards);
  const most = thresholdOf(alpha) + SAVED_NATS;
  const safe = evidence.safe.map((bets, claim) => bets.map((log, i) => Math.min(most, boundLog(log + (block.safe[claim]?.[i] ?? 0)))));
  return { harm, harmPeak: Math.max(evidence.harmPeak, logValueOf(harm, plan.harmWeights)), safe };
}

/** ln(1/alpha): what an e-value must reach. */
export function thresholdOf(alpha: number): number {
  return -Math.log(alpha);
}

export function isHarm(evidence: GuardrailEvidence, guardrail: Guardrail): boolean {
  return evidence.harmPeak >= thresholdOf(guardrail.alpha);
}

/** ln e-value for harm: the present one, or the highest once it has crossed. */
export function logHarm(evidence: GuardrailEvidence, plan: BettingPlan, guardrail: Guardrail): number {
  return isHarm(evidence, guardrail) ? evidence.harmPeak : logValueOf(evidence.harm, plan.harmWeights);
}

/** ln e-value for "no worse than the margin": that of the least proven claim. */
export function logSafe(evidence: GuardrailEvidence, plan: BettingPlan): number {
  const claims = evidence.safe.map((bets) => logSumExp(bets.map((log, i) => log + safeLog(plan.safeWeights[i] ?? 0))));
  return Math.min(LOG_BOUND, ...claims);
}
