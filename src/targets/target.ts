/**
 * A place where a version is deployed and a split is set. In our words; adapters translate. Every call may run twice.
 */
import type { Fingerprint } from '../domain/split/fingerprint.ts';
import type { ActionVersion } from '../domain/plan/plan.ts';
import type { SeenVersion } from '../domain/split/seen-version.ts';
import type { Urgency } from '../genesys/token-bucket.ts';

export interface VersionRef {
  readonly id: string;
  readonly version: string;
  /** Of the content that was checked when the rollout began, or that a person has accepted since. */
  readonly fingerprint: Fingerprint;
}

export interface Deployment {
  readonly actionName: string;
  readonly baseline: VersionRef;
  readonly candidate: VersionRef;
}

export interface ArmState {
  readonly enabled: boolean;
  readonly splitPercent: number;
  /** Null: the version is not there any more. */
  readonly fingerprint: Fingerprint | null;
}

/** What the organisation says, read back. */
export interface TargetState {
  readonly candidate: ArmState;
  readonly baseline: ArmState;
  /** Share of conversations the candidate serves as the state stands, 0..100. */
  readonly effectiveSplitPercent: number;
  /** True when every bucket is served. */
  readonly covered: boolean;
  readonly correlationId: string | null;
}

export interface DeployRequest {
  readonly action: ActionVersion;
  readonly rolloutId: string;
}

export interface Target {
  /** Find-or-create the candidate by name and version metadata, enabled at split 0; finds the serving baseline. */
  deploy(request: DeployRequest): Promise<Deployment>;
  /** Every version of the action, or of all actions (null), as the organisation lists them. */
  survey(actionName: string | null, urgency?: Urgency): Promise<readonly SeenVersion[]>;
  /**
   * Moves the split without ever leaving a bucket unserved (raise before lower); idempotent. A version with another
   * content than the
   * deployment's is never made to serve (`ContentChanged`); it may only be taken out of service, its content as it was
   * found.
   */
  setSplit(deployment: Deployment, percent: number, urgency?: Urgency): Promise<void>;
  readBack(deployment: Deployment, urgency?: Urgency): Promise<TargetState>;
  /**
   * `baseline` (after promotion; the candidate becomes the control) or `candidate` (after roll back): split 0 and
   * disabled.
   */
  retire(deployment: Deployment, which: 'baseline' | 'candidate', urgency?: Urgency): Promise<void>;
}
