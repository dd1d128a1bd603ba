import type { TargetKind } from '../plan/target-schema.ts';
import type { Fingerprint } from '../split/fingerprint.ts';

export interface VersionRef {
  readonly id: string;
  readonly version: string;
  /** Of the content that was checked when the rollout began, or that a person has accepted since. */
  readonly fingerprint: Fingerprint;
}

/** Both versions of a rollout, as they are in the organisation. */
export interface Deployment {
  /** Whose it is: only the target that made it can read and move it. */
  readonly target: TargetKind;
  readonly actionName: string;
  readonly baseline: VersionRef;
  readonly candidate: VersionRef;
}
