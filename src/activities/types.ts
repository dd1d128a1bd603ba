/** What the rollout workflow says to the activities that it asks of the world, and hears from them. */
import type { Actor } from '../domain/identity/actor.ts';
import type { Guardrail, Plan, Policies, Slices } from '../domain/plan/plan.ts';
import type { CalendarQuestion } from '../domain/calendar/question.ts';
import type { Problem } from '../domain/plan/problem.ts';
import type { TargetKind } from '../domain/plan/target-schema.ts';
import type { PreflightStatus } from '../domain/preflight/compliance.ts';
import type { JudgeReport, PlannedEnd } from '../domain/judge/types.ts';
import type { Message } from '../domain/messages/message.ts';
import type { Drift, Expected } from '../domain/rollout/drift.ts';
import type { KnownPast } from '../domain/rollout/past.ts';
import type { AcceptedEvidence } from '../domain/rollout/accepted-evidence.ts';
import type { Override } from '../domain/rollout/overrides.ts';
import type { AcceptedDistrust } from '../domain/rollout/state.ts';
import type { CardBudget, ShownBudget } from '../domain/rollout/card-budget.ts';
import type { WatchGoal } from '../domain/rollout/watch-decision.ts';
import type { Deployment } from '../domain/rollout/deployment.ts';
import type { Audience } from '../domain/split/audience.ts';
import type { Undo } from '../domain/registry/entry.ts';
import type { DeployRequest, TargetState } from '../targets/target.ts';

export interface ValidateInput {
  readonly plan: Plan;
  /** Also a plan that cannot reach a verdict with the traffic of the last days. */
  readonly force?: boolean;
  /** Why it is started. */
  readonly reason?: string;
  /** Nothing of it is kept: somebody only asks. */
  readonly isDryRun?: true;
  /** Of the rollout that asks; one that does not go by its action's name is refused. */
  readonly workflowId?: string;
  /** Whoever started it, as far as that is known. */
  readonly startedBy?: string;
}

export interface PreflightResult {
  readonly problems: readonly Problem[];
  /** What was checked, and with what; absent where the plan itself cannot be read, and in histories of 0.1.0. */
  readonly checked?: {
    readonly contentSha256: string;
    readonly status: PreflightStatus;
    readonly rulesVersion: string;
    readonly dataVersion: string;
  };
}

/** What the run that asks knows of its record. Absent in histories of 0.1.0. */
export interface OfRun {
  readonly past?: KnownPast;
}

export interface EnsureExportInput {
  readonly target: TargetKind;
}

export interface DeployInput extends DeployRequest, OfRun {
  /** What has to let it start; absent: nothing holds it. */
  readonly question?: CalendarQuestion;
}

export interface ApplySplitInput extends OfRun {
  readonly deployment: Deployment;
  readonly percent: number;
  /** Of whose conversations; absent: everybody's. */
  readonly of?: Audience;
  /**
   * A rise: what has to let it, and the split that was proven before. Absent: nothing holds it. `mayStand`: a write that
   * was given up before this one may have taken effect.
   */
  readonly rise?: {
    readonly from: number;
    readonly fromOf?: Audience;
    readonly question: CalendarQuestion;
    readonly mayStand?: true;
  };
}

export interface RetireInput extends OfRun {
  readonly deployment: Deployment;
  /** Other serving versions that a person has accepted; absent, of an older worker: nobody looks for any. */
  readonly acceptedRivals?: readonly string[];
}

export interface RollBackInput extends OfRun {
  readonly deployment: Deployment;
  /** A changed baseline is answered; without it, it is tried again until its content is back. */
  readonly mayAsk: boolean;
}

/** A state of the organisation, read back. `atMs`: ms since the epoch. */
export interface Proof {
  readonly atMs: number;
  readonly state: TargetState;
}

export interface WatchInput extends OfRun {
  readonly rolloutId: string;
  readonly deployment: Deployment;
  readonly guardrails: readonly Guardrail[];
  readonly slices?: Slices | undefined;
  readonly policies: Policies;
  readonly startSeq: number;
  readonly rolloutStartedAtMs: number;
  readonly splitPercent: number;
  /** When the split was proven, ms since the epoch. */
  readonly splitSinceMs: number;
  readonly goal: WatchGoal;
  /**
   * Of the bake at hand or the last one, `atMs` since the epoch: whatever the goal, the judge is asked there. Absent in
   * histories of 0.1.0.
   */
  readonly plannedEnd?: PlannedEnd | null;
  /** 0..100, before the split in force: how far it has come is seen by the move from there. */
  readonly previousPercent: number;
  /** Silence of this instant (ms since the epoch) is accepted; `all`: silence stops nothing. */
  readonly acceptSilence: number | 'all' | null;
  /** Metrics that were missing at that instant, which may stay so. Absent in histories of 0.1.0: all of them. */
  readonly acceptMissing?: readonly string[];
  /** `all`: distrust stops nothing. */
  readonly acceptDistrust: 'all' | readonly AcceptedDistrust[];
  /** Likewise for harm by guardrails that pause. Absent: none is accepted. */
  readonly acceptAlarms?: 'all' | readonly AcceptedEvidence[];
  /** What named people let pass; absent: nothing. */
  readonly overrides?: readonly Override[];
  /** What may be shown before a verdict; absent: as much as comes. */
  readonly budgets?: readonly CardBudget[];
  /** What the organisation must show, but for the contents, which the deployment knows; null: it is not looked at. */
  readonly expected: Pick<Expected, 'splitPercent' | 'of' | 'stage' | 'acceptedRivals' | 'written'> | null;
  /** Keys of drift that the workflow has heard of. */
  readonly knownDrift: readonly string[];
  /** Nobody could look for a while: the first look that succeeds is told at once. */
  readonly tellSight: boolean;
  /** `guardrail:verdict` pairs the workflow has seen; a new pair ends the watch so that the details stay current. */
  readonly seen: readonly string[];
}
export interface WatchResult {
  /** `cancelled`: the last word of a watch that was told to stop. */
  readonly kind:
    | 'harm'
    | 'advance'
    | 'undecided'
    | 'untrusted'
    | 'noData'
    | 'spent'
    | 'alarm'
    | 'news'
    | 'drift'
    | 'cancelled';
  /** Of `spent`. */
  readonly budget?: ShownBudget;
  /** Of `drift`. */
  readonly drift?: Drift;
  readonly reason: string;
  readonly report: JudgeReport;
  readonly seen: readonly string[];
  readonly firstCandidateCardAtMs: number | null;
  readonly atMs: number;
  /** The organisation let this watch look, although the workflow had heard that it does not. */
  readonly looked?: true;
}

export interface ConfirmQuietInput {
  readonly deployment: Deployment;
  /** Candidate cards triggered after this (plus a grace) mean that agents still see it; ms since the epoch. */
  readonly sinceMs: number;
  readonly quietMs: number;
  /** As in `rollBack`. */
  readonly mayAsk: boolean;
}

/** The write was not made: the baseline holds another content than the one that was checked. */
export interface BaselineChanged {
  readonly drift: Drift;
}

/** How it is known who acted, as the audit log keeps it. The text of a signature is no secret. */
export interface ActProof {
  readonly verifiedBy: Actor['verifiedBy'];
  readonly subject: string | null;
  readonly signature: string | null;
}

export interface TransitionRecord {
  /** Idempotency key: one entry however often it is sent. */
  readonly key: string;
  readonly rolloutId: string;
  readonly workflowId: string;
  readonly action: string;
  readonly version: string;
  readonly startedBy: string;
  readonly startedAtMs: number;
  readonly atMs: number;
  readonly actor: string;
  readonly act: string;
  readonly reason: string;
  readonly before: { readonly phase: string; readonly splitPercent: number };
  readonly after: { readonly phase: string; readonly splitPercent: number };
  readonly outcome: string | null;
  readonly correlationId: string | null;
  readonly report: JudgeReport | null;
  readonly safety: object | null;
  /** Of a person's act. */
  readonly proof?: ActProof;
  /** What people are told of it; null or absent: nothing. */
  readonly message?: Message | null;
  /** For the registry, where it is new. */
  readonly registered?: Registered;
  /** It is about no rollout, or came after its end: the audit log alone keeps it. */
  readonly isNoRollout?: true;
}

/** What the registry keeps of a rollout beside its row, each from the moment that it is known. */
export interface Registered {
  readonly plan?: Plan;
  readonly deployment?: Deployment;
  /** How it is known who started it; null: claimed. */
  readonly verifiedBy?: string | null;
  /** Of an undo: what it goes back to. */
  readonly undo?: Undo;
}
