/**
 * What callers and the rollout workflow say to each other. Values here are safe to import anywhere (no activities, no
 * I/O).
 */
import type { UpdateDefinition } from '@temporalio/common';
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { GuardianRules } from '../domain/guardian/seen.ts';
import type { JudgeReport, Verdict } from '../domain/judge/types.ts';
import type { Act, Brake } from '../domain/rollout/acts.ts';
import { ACTS } from '../domain/rollout/acts.ts';
import type { BakeProgress } from '../domain/rollout/bake-progress.ts';
import type { ShownBudget } from '../domain/rollout/card-budget.ts';
import type { GuardianNotice } from '../domain/rollout/messages.ts';
import type { OF_WHAT_IS_OVER } from '../domain/rollout/questions.ts';
import type { RolloutStatus } from '../domain/rollout/view.ts';
import type { WavesActName, WavesStatus } from '../domain/waves/state.ts';
import { WAVES_ACTS } from '../domain/waves/state.ts';

export const ROLLOUT_WORKFLOW = 'rollout';
export const ROLLOUTS_QUEUE = 'rollouts';
export const GENESYS_QUEUE = 'genesys';
export const WATCHES_QUEUE = 'watches';
export const SAFETY_QUEUE = 'safety';
export const HOOKS_QUEUE = 'hooks';
export const FORWARDING_QUEUE = 'forwarding';
export const MESSAGES_QUEUE = 'messages';
export const AUDIT_SIGNING_QUEUE = 'audit-signing';
export const AUDIT_SHIPPING_QUEUE = 'audit-shipping';
export const MEASURING_QUEUE = 'measuring';

export { rolloutWorkflowId } from '../domain/rollout/workflow-id.ts';

/** Every act of a person: who and why, both required. */
export interface HumanAct {
  readonly by: string;
  readonly reason: string;
  /** The same for whatever carries the same act: it is done once, and on record once. */
  readonly id?: string;
  /** ISO instant: what comes later is refused. */
  readonly expiresAt?: string;
  /**
   * Of an override: until when it holds, an ISO instant; and the guardrail whose harm it lets pass, or all approvals, or
   * the closed window.
   */
  readonly until?: string;
  readonly guardrail?: string;
  readonly approvals?: true;
  readonly window?: true;
  /** What it is about, as the status shows it: another pause, or step, refuses it. `person`: none but a person's. */
  readonly pause?: number | 'person';
  readonly step?: number;
  /** Of whoever acts, over all the rest (src/domain/identity/signed-act.ts). */
  readonly signature?: string;
}

export type { RolloutInput } from '../domain/rollout/input.ts';
export type { Outcome, Phase, StepStatus } from '../domain/rollout/status.ts';
export type { RolloutResult, RolloutStatus } from '../domain/rollout/view.ts';

/** Heartbeat details [0] of a running `watch` activity. */
export interface WatchProgress {
  readonly cursor: number;
  readonly splitPercent: number;
  /** Share of recent conversations' cards that were the candidate's, 0..100; null without cards. */
  readonly observedSplitPercent: number | null;
  /** The same of all conversations, where the split is for a part of them. */
  readonly observedOverallPercent?: number;
  /** The split is overdue: what was asked for, when, and what is served; absent when it is served or not yet due. */
  readonly unserved?: string;
  /** Since when the organisation does not answer, and why; absent while it does. */
  readonly unseen?: string;
  /** Candidate cards shown, and how many may be before a verdict; absent where the plan sets no bound. */
  readonly budgets?: readonly ShownBudget[];
  /** Of a bake: how far each of its conditions has come; absent while nothing is baked. */
  readonly bake?: BakeProgress;
  readonly verdict: Verdict;
  readonly report: JudgeReport;
  /** ISO instants; null until one was seen at this split. */
  readonly lastCandidateCardAt: string | null;
  readonly lastBaselineCardAt: string | null;
  readonly [key: string]: unknown;
}

export const statusQuery = defineQuery<RolloutStatus, [over?: typeof OF_WHAT_IS_OVER]>('status');
/** An update for each act, under its name. */
export const ACT_UPDATES = Object.fromEntries(ACTS.map((act) => [act, defineUpdate(act)])) as Readonly<
  Record<Act, UpdateDefinition<RolloutStatus, [HumanAct]>>
>;

/** Type of the failure of an act that this person may not do; one that nobody may do now has another. */
export const ACT_FORBIDDEN = 'ActForbidden';

/**
 * The brakes, stored by Temporal at once even while no worker runs; an update is gone when nobody answers it in time.
 * It does what the update of the same name does, if that is possible when it arrives, and nothing where that update,
 * under the same id, was heard.
 */
export const actSignal = defineSignal<[HumanAct & { readonly name: Brake }]>('act');

export const guardianSignal = defineSignal<[GuardianNotice]>('guardian');

export const WAVES_WORKFLOW = 'waves';

export { wavesWorkflowId } from '../domain/waves/workflow-id.ts';

export const wavesStatusQuery = defineQuery<WavesStatus, [over?: typeof OF_WHAT_IS_OVER]>('wavesStatus');
export const WAVES_UPDATES = Object.fromEntries(WAVES_ACTS.map((act) => [act, defineUpdate(act)])) as Readonly<
  Record<WavesActName, UpdateDefinition<WavesStatus, [HumanAct]>>
>;
/** From a rollout to the waves that it belongs to. */
export const memberPromotedSignal = defineSignal<[{ readonly action: string }]>('memberPromoted');
/** From waves to a rollout of theirs that they are about to cancel: why. */
export const calledOffSignal = defineSignal<[{ readonly reason: string }]>('calledOff');
/** Of waves, about one of their members: why they called it off; null: they did not. */
export const calledOffQuery = defineQuery<string | null, [string]>('whyCalledOff');

export const GUARDIAN_WORKFLOW = 'guardian';
export const RECOVER_WORKFLOW = 'recover';

/** One recovery of an action at a time, whoever asks for it. */
export function recoverWorkflowId(actionName: string): string {
  return `recover/${actionName}`;
}

export const FREEZE_WORKFLOW = 'freeze';
export const CALENDAR_WORKFLOW = 'calendar';

export const AUDIT_SIGNING_WORKFLOW = 'auditSigning';
export const AUDIT_SHIPPING_WORKFLOW = 'auditShipping';
export const MEASURING_WORKFLOW = 'measureHandling';
export const FORWARD_WORKFLOW = 'forward';

/** One sender of a destination at a time, however many processes could. */
export function forwardWorkflowId(destination: string): string {
  return `forward/${destination}`;
}

export interface ForwardInput {
  readonly destination: string;
}

export interface GuardianInput {
  /** Between two looks that must agree. */
  readonly gapMs?: number;
  readonly rules?: Partial<GuardianRules>;
}

export const BUILDS_WORKFLOW = 'builds';
export const REGISTRY_WORKFLOW = 'registry';
export const DRY_RUN_WORKFLOW = 'dryRun';

export interface RecoverInput extends HumanAct {
  readonly action: string;
}
