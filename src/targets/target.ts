/**
 * A place where a version is deployed and a split is set. In our words; adapters translate. Every call may run twice.
 */
import type { Arm } from '../domain/judge/types.ts';
import type { ActionVersion, Plan, Trigger } from '../domain/plan/plan.ts';
import type { PlanTarget, TargetKind } from '../domain/plan/target-schema.ts';
import type { Audience } from '../domain/split/audience.ts';
import type { Fingerprint } from '../domain/split/fingerprint.ts';
import type { Deployment } from '../domain/rollout/deployment.ts';
import type { SeenVersion } from '../domain/split/seen-version.ts';
import type { ConditionIds } from '../domain/trigger/condition-ids.ts';
import type { TriggeredVersion } from '../domain/trigger/trigger-index.ts';
import type { GenesysClient } from '../genesys/client.ts';
import type { ConfirmCurrent } from '../genesys/http.ts';
import type { Urgency } from '../genesys/token-bucket.ts';
import type { Database } from '../store/database.ts';

export interface ArmState {
  /** To anybody, of those whom the rollout divides: elsewhere the version may serve as it likes. */
  readonly servesHere: boolean;
  readonly splitPercent: number;
  /** Null: the version is not there any more. */
  readonly fingerprint: Fingerprint | null;
}

/** What the organisation says, read back. */
export interface TargetState {
  /** Null: in that arm no card is shown. */
  readonly candidate: ArmState | null;
  readonly baseline: ArmState | null;
  /** Share of conversations in the candidate's arm as the state stands, 0..100. */
  readonly effectiveSplitPercent: number;
  /** True when every bucket is served. */
  readonly covered: boolean;
  /** Whom that share is of; absent or null: everybody. */
  readonly of?: Audience | null;
  readonly correlationId: string | null;
  /** How many of the candidate were shown and stay on screens; absent where a roll back takes them away. */
  readonly remaining?: number;
}

export interface DeployRequest {
  /** As the plan has it. */
  readonly target: PlanTarget;
  readonly action: ActionVersion;
  readonly rolloutId: string;
  /**
   * The arm in which no card is shown: `baseline` for a first version, `candidate` where the version is retired. Absent:
   * both are versions.
   */
  readonly noCard?: Arm;
}

/** What a rollout does to the organisation, and sees of it. */
export interface Target {
  /**
   * Finds or creates the candidate by name and version metadata, enabled at split 0, and finds the serving baseline;
   * where one arm shows no card, there is but the other.
   * Idempotent: however often it runs there is one candidate.
   */
  deploy(request: DeployRequest): Promise<Deployment>;
  /**
   * Every version of the action, or of all actions (null), as the organisation lists them; none where it has no such
   * target: the guardian asks every kind. Where each action is looked at by itself, all are those whose rollout has not
   * ended, and `PartlySeen` is thrown with what was seen. Writes nothing.
   */
  survey(actionName: string | null, urgency?: Urgency): Promise<readonly SeenVersion[]>;
  /**
   * Moves the split without ever leaving a bucket unserved (raise before lower), but for those of an arm that shows no
   * card. Idempotent. A version with another
   * content than the deployment's is never made to serve (`ContentChanged`); it may only be taken out of service, its
   * content as it was found. `of`: whose conversations, null for everybody; a plan names some only where the target can.
   */
  setSplit(deployment: Deployment, percent: number, urgency?: Urgency, of?: Audience | null): Promise<void>;
  /** What stands there now. Writes nothing. */
  readBack(deployment: Deployment, urgency?: Urgency): Promise<TargetState>;
  /**
   * `baseline` (after promotion) or `candidate` (a roll back): first the other serves everybody, as the control, then it
   * goes to split 0 and off. Idempotent.
   */
  retire(deployment: Deployment, which: 'baseline' | 'candidate', urgency?: Urgency): Promise<void>;
}

/** What of an organisation a plan has to fit, read before anything is written. Nothing in here writes. */
export interface Surroundings {
  /** What a rollout of the version would be compared with as things stand now. */
  describe(version: Pick<DeployRequest, 'target' | 'action' | 'noCard'>): Promise<Standing>;
  /** Every card that serves now, of all actions, with what makes it surface. */
  listServing(): Promise<readonly ServingVersion[]>;
  /** Which queues and skills of the trigger there are. */
  conditionIds(trigger: Trigger): Promise<ConditionIds>;
  /** What of an audience is not there, a clause each; absent where a split is for everybody. */
  audienceTroubles?(of: Audience): Promise<readonly string[]>;
}

export interface Standing {
  /** The version that serves now; null: there is none that a rollout could be compared with, and `note` says why. */
  readonly baseline: { readonly id: string; readonly action: ActionVersion; readonly splitPercent: number } | null;
  readonly note: string | null;
  /** For that note the version would not be deployed. */
  readonly refused?: true;
  /** The version that was asked about is in the organisation already. */
  readonly exists: boolean;
}

export interface ServingVersion extends TriggeredVersion {
  /** As the organisation calls it. */
  readonly name: string;
}

/** How what becomes of cards is told to us. */
export interface EventSource {
  /** Makes sure that events come to the webhook; what another hand changed is put right. Idempotent. */
  open(webhook: Webhook): Promise<unknown>;
  /** Why none can come to the events service at this URL; null while they can. Writes nothing. */
  trouble(publicUrl: string): Promise<EventTrouble | null>;
}

export interface Webhook {
  /** Base URL at which the organisation reaches the events service. */
  readonly publicUrl: string;
  readonly signingSecret: string;
}

export interface EventTrouble {
  readonly kind: 'missing' | 'changed';
  /** In one sentence. */
  readonly message: string;
}

export interface OpenTarget extends Target, Surroundings {
  readonly kind: TargetKind;
  readonly events: EventSource;
}

/** What targets work with. */
export interface TargetDeps {
  readonly client: GenesysClient;
  /** Ours, for targets whose versions and split are rows of it; null where a verb has none. */
  readonly db: Database | null;
  /** Base URL of the panel as agents reach it; null where it is not configured. */
  readonly panelUrl: string | null;
  readonly now: () => number;
  /** Absent: what is done belongs to no work that could be given to another. */
  readonly confirmCurrent?: ConfirmCurrent;
}

/** A kind of target: how it is opened, and what can be said of a version without an organisation. */
export interface TargetAdapter {
  open(deps: TargetDeps): OpenTarget;
  /** What would be written for the version, but for how it is served, as fields for people to compare. Pure. */
  documentOf(version: Pick<Plan, 'target' | 'action'>): object;
  /** Hash (SHA-256, hex) of what makes two versions the same content. Pure; stable over releases. */
  contentSha256(version: Pick<Plan, 'target' | 'action'>): string;
}
