/**
 * What callers and the rollout workflow say to each other. Values here are safe to import anywhere (no activities, no
 * I/O).
 */
import type { UpdateDefinition } from '@temporalio/common';
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { GuardianRules } from '../domain/guardian/seen.ts';
import type { Plan } from '../domain/plan/plan.ts';
import type { JudgeReport, Verdict } from '../domain/judge/types.ts';
import type { Act, Brake } from '../domain/rollout/acts.ts';
import { ACTS } from '../domain/rollout/acts.ts';
import type { Deadline, Outcome, Phase, StepStatus } from '../domain/rollout/status.ts';
import type { Deployment } from '../targets/target.ts';

export const ROLLOUT_WORKFLOW = 'rollout';
export const ROLLOUTS_QUEUE = 'rollouts';
export const GENESYS_QUEUE = 'genesys';
export const WATCHES_QUEUE = 'watches';
export const SAFETY_QUEUE = 'safety';

export { rolloutWorkflowId } from '../domain/rollout/workflow-id.ts';

export interface RolloutInput {
  readonly plan: Plan;
  readonly startedBy: string;
  readonly reason?: string;
  /** Start even a plan that cannot reach a verdict with the traffic of the last days. */
  readonly force?: boolean;
}

/** Every act of a person: who and why, both required. */
export interface HumanAct {
  readonly by: string;
  readonly reason: string;
}

export type { Outcome, Phase, StepStatus } from '../domain/rollout/status.ts';

/** ISO instants. */
export interface RolloutStatus {
  readonly workflowId: string;
  readonly rolloutId: string;
  readonly action: string;
  readonly version: string;
  readonly baselineVersion: string | null;
  readonly phase: Phase;
  readonly outcome: Outcome | null;
  readonly paused: boolean;
  readonly splitPercent: number;
  readonly steps: readonly StepStatus[];
  readonly waitingFor: string;
  /** When the wait at hand ends by itself, and how; null: it has no end of its own. Absent from an ended rollout. */
  readonly deadline?: Deadline | null;
  /** ISO instant since when no judge that can act has looked; null: one looks. */
  readonly blindSince?: string | null;
  /** What a person can do now: names of updates. */
  readonly canDo: readonly string[];
  /**
   * Last report the judge returned to the workflow; live figures are in the watch activity's heartbeat
   * (`WatchProgress`).
   */
  readonly report: JudgeReport | null;
  readonly reason: string;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly deployment: Deployment | null;
  readonly safety: SafetyProof | null;
}

/** How and when a terminal state was proven by reading the organisation back. */
export interface SafetyProof {
  readonly provenByReadBack: boolean;
  readonly provenAt: string;
  /** First candidate card of this rollout, if any was seen. */
  readonly firstCandidateCardAt: string | null;
  /** provenAt - firstCandidateCardAt for a roll back. */
  readonly timeToSafetyMs: number | null;
  /** From the judge's harm verdict (or the abort) to the proof. */
  readonly reactionMs: number | null;
}

/** Enough to tell the story of an ended rollout without a worker. */
export interface RolloutResult extends Pick<
  RolloutStatus,
  'baselineVersion' | 'splitPercent' | 'steps' | 'deployment'
> {
  readonly outcome: Outcome;
  readonly version: string;
  readonly reason: string;
  readonly report: JudgeReport | null;
  readonly safety: SafetyProof | null;
}

/** Heartbeat details [0] of a running `watch` activity; `state` is the judge's. */
export interface WatchProgress {
  readonly cursor: number;
  readonly splitPercent: number;
  /** Share of recent conversations' cards that were the candidate's, 0..100; null without cards. */
  readonly observedSplitPercent: number | null;
  readonly verdict: Verdict;
  readonly report: JudgeReport;
  /** ISO instants; null until one was seen at this split. */
  readonly lastCandidateCardAt: string | null;
  readonly lastBaselineCardAt: string | null;
  readonly [key: string]: unknown;
}

export const statusQuery = defineQuery<RolloutStatus>('status');
/** An update for each act, under its name. */
export const ACT_UPDATES = Object.fromEntries(ACTS.map((act) => [act, defineUpdate(act)])) as Readonly<
  Record<Act, UpdateDefinition<RolloutStatus, [HumanAct]>>
>;

/**
 * The brakes, stored by Temporal at once even while no worker runs; an update is gone when nobody answers it in time.
 * It does what the update of the same name does, if that is possible when it arrives.
 */
export const actSignal = defineSignal<[HumanAct & { readonly name: Brake }]>('act');

/**
 * From the guardian, which looks from outside. `unwatched`: the watch does not see anything, so what the plan says for
 * a blind watch begins.
 * `restored`: the baseline was brought back while this workflow did nothing; it has only to prove that and to end.
 */
export const guardianSignal = defineSignal<[GuardianNotice]>('guardian');

export interface GuardianNotice {
  readonly kind: 'unwatched' | 'restored';
  readonly reason: string;
}

export const GUARDIAN_WORKFLOW = 'guardian';
export const RECOVER_WORKFLOW = 'recover';

/** One recovery of an action at a time, whoever asks for it. */
export function recoverWorkflowId(actionName: string): string {
  return `recover/${actionName}`;
}

export interface GuardianInput {
  /** Between two looks that must agree. */
  readonly gapMs?: number;
  readonly rules?: Partial<GuardianRules>;
}

export interface RecoverInput extends HumanAct {
  readonly action: string;
}
