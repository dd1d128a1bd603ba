/** What a guardrail has gathered, for harm and for safety; how it is gathered differs by metric. */
import { GAIN_WEIGHTS } from '../maths/gain-weights.ts';
import type { AgentScore } from '../gathering/agent-ledger.ts';
import type { DesignEffects } from '../clusters/design-effect.ts';
import { thresholdOf } from '../maths/calibration.ts';
import { roundDown } from '../maths/rounding.ts';
import { boundLog, LOG_BOUND, logSumExp, safeLog } from '../maths/log-math.ts';
import { logValueOf, noOnsets, stepOnsets } from '../maths/onset-slots.ts';
import type { OnsetPrior, OnsetSlots } from '../maths/onset-slots.ts';

export interface GuardrailEvidence {
  readonly harm: OnsetSlots;
  /** ln e-value for harm as it stands. */
  readonly harmNow: number;
  /** Highest ln e-value for harm so far: by Ville's inequality the maximum keeps the budget too, so harm stays harm. */
  readonly harmPeak: number;
  /** ln e-value of each bet on safety, by claim; all claims must be proven. */
  readonly safe: Claims;
  /** The same for "better than the baseline". */
  readonly better: Claims;
  /** And for "better by the goal"; null: the plan has none for it. */
  readonly goal: Claims | null;
}

/** ln e-value of each bet, by claim. */
type Claims = readonly (readonly number[])[];

/** How a metric bets: prior weights (each of sum 1) of its harm bets, and of the bets of every safety claim. */
export interface BettingPlan {
  readonly harmWeights: readonly number[];
  readonly onsets: OnsetPrior;
  /** In which score agents may differ, for each harm bet and for safety. */
  readonly harmScores: readonly AgentScore[];
  readonly safeClaims: number;
  readonly safeWeights: readonly number[];
  readonly safeScore: AgentScore;
}

/** ln e-values that one block yields, in the order of the betting plan. */
export interface BlockEvidence extends Bets {
  readonly better: Claims;
  readonly goal: Claims | null;
}

/** Those on harm and safety alone. */
export interface Bets {
  readonly harm: readonly number[];
  readonly safe: Claims;
  readonly effectiveCards: number;
}

/**
 * Above the threshold by this much evidence for safety is no longer saved up, so that safety means "lately" too.
 * Lowering is always valid.
 */
const SAVED_NATS = 10;

export function startEvidence(plan: BettingPlan, hasGoal: boolean): GuardrailEvidence {
  const claims = (weights: readonly number[]): Claims =>
    Array.from({ length: plan.safeClaims }, () => weights.map(() => 0));
  return {
    harm: noOnsets,
    harmNow: 0,
    harmPeak: 0,
    safe: claims(plan.safeWeights),
    better: claims(GAIN_WEIGHTS),
    goal: hasGoal ? claims(GAIN_WEIGHTS) : null,
  };
}

export function addEvidence(
  evidence: GuardrailEvidence,
  block: BlockEvidence,
  plan: BettingPlan,
  alpha: number,
  design: DesignEffects,
): GuardrailEvidence {
  const harm = stepOnsets(evidence.harm, block.harm, block.effectiveCards, plan.onsets);
  const most = (thresholdOf(alpha) + SAVED_NATS) * designEffectOf(design, plan.safeScore);
  const add = (before: Claims, said: Claims | null): Claims =>
    before.map((bets, claim) =>
      bets.map((log, i) => roundDown(Math.min(most, boundLog(log + (said?.[claim]?.[i] ?? 0))), 6)),
    );
  const harmNow = roundDown(logHarm(harm, plan, design), 6);
  return {
    harm,
    harmNow,
    harmPeak: Math.max(evidence.harmPeak, harmNow),
    safe: add(evidence.safe, block.safe),
    better: add(evidence.better, block.better),
    goal: evidence.goal === null ? null : add(evidence.goal, block.goal),
  };
}

/** With too few agents to tell their habits from harm there is no evidence. */
function logHarm(harm: OnsetSlots, plan: BettingPlan, design: DesignEffects): number {
  return design.tooFew
    ? 0
    : logValueOf(
        harm,
        plan.harmWeights,
        plan.harmScores.map((score) => designEffectOf(design, score)),
      );
}

/** ln e-value for "no worse than the margin": that of the least proven claim. */
export function logSafe(evidence: GuardrailEvidence, plan: BettingPlan, design: DesignEffects): number {
  return leastOf(evidence.safe, plan.safeWeights, plan, design);
}

/** ln e-values for "better than the baseline", and "better by the goal" (null: there is none). */
export function logGains(
  { better, goal }: GuardrailEvidence,
  plan: BettingPlan,
  design: DesignEffects,
): { readonly better: number; readonly goal: number | null } {
  return {
    better: leastOf(better, GAIN_WEIGHTS, plan, design),
    goal: goal === null ? null : leastOf(goal, GAIN_WEIGHTS, plan, design),
  };
}

function leastOf(claims: Claims, weights: readonly number[], plan: BettingPlan, design: DesignEffects): number {
  const temper = designEffectOf(design, plan.safeScore);
  const logs = claims.map((bets) => logSumExp(bets.map((log, i) => log / temper + safeLog(weights[i] ?? 0))));
  return design.tooFew ? 0 : Math.min(LOG_BOUND, ...logs);
}

/** The design effect of a score; at least 1. */
export function designEffectOf(design: DesignEffects, score: AgentScore): number {
  return Math.max(1, design.byScore[score] ?? 1);
}
