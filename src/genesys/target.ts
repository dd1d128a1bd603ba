/** A place where a version is deployed and a split is set. In our words; adapters translate. Every call may run twice. */
import type { ActionVersion } from '../domain/plan/plan.ts';

export interface VersionRef {
  readonly id: string;
  readonly version: string;
}

export interface Deployment {
  readonly actionName: string;
  readonly baseline: VersionRef;
  readonly candidate: VersionRef;
}

/** What the organisation says, read back. */
export interface TargetState {
  readonly candidate: { readonly enabled: boolean; readonly splitPercent: number; readonly contentSha256: string | null };
  readonly baseline: { readonly enabled: boolean; readonly splitPercent: number };
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
  /** Moves the split without ever leaving a bucket unserved (raise before lower); idempotent. */
  setSplit(deployment: Deployment, percent: number, urgency?: Urgency): Promise<void>;
  readBack(deployment: Deployment, urgency?: Urgency): Promise<TargetState>;
  /** `baseline` (after promotion; the candidate becomes the control) or `candidate` (after roll back): split 0 and disabled. */
  retire(deployment: Deployment, which: 'baseline' | 'candidate', urgency?: Urgency): Promise<void>;
}

/** `safety` calls may use the reserve of the rate limit that ordinary calls leave alone. */
export type Urgency = 'normal' | 'safety';
