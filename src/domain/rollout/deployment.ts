import type { Arm } from '../judge/types.ts';
import type { TargetKind } from '../plan/target-schema.ts';
import type { SplitUnit } from '../plan/target-capabilities.ts';
import type { Fingerprint } from '../split/fingerprint.ts';
import type { Shares } from './shares.ts';

export interface VersionRef {
  readonly id: string;
  readonly version: string;
  /** Of the content that was checked when the rollout began, or that a person has accepted since. */
  readonly fingerprint: Fingerprint;
}

/** Both arms of a rollout, as they are in the organisation; null: in that arm no card is shown. */
export interface Deployment extends Shares {
  /** Whose it is: only the target that made it can read and move it. */
  readonly target: TargetKind;
  readonly actionName: string;
  /** Null for a first version. */
  readonly baseline: VersionRef | null;
  /** Null where the last version is retired. */
  readonly candidate: VersionRef | null;
  /** What the split divides; conversations if absent. */
  readonly unit?: SplitUnit | undefined;
  /** JSON that the target alone reads: what it has to know of the organisation as it was when the rollout began. */
  readonly handle?: unknown;
}

/** The arm in which no card is shown; null: both are versions. */
export function noCardArm({ baseline, candidate }: Pick<Deployment, 'baseline' | 'candidate'>): Arm | null {
  return baseline === null ? 'baseline' : candidate === null ? 'candidate' : null;
}

/** The versions that it has, one or two. */
export function versionsOf({ baseline, candidate }: Pick<Deployment, 'baseline' | 'candidate'>): readonly VersionRef[] {
  return [baseline, candidate].filter((version) => version !== null);
}

/** `v1.5.0`, or what stands in its place. */
export function armLabel(version: Pick<VersionRef, 'version'> | null): string {
  return version === null ? 'no card' : `v${version.version}`;
}

/**
 * Whose cards are alike, so that they count as one: where whole queues are divided those of a queue, else those of an
 * agent.
 */
export function clusterOf(
  { unit }: Pick<Deployment, 'unit'>,
  { agentId, queueId }: { readonly agentId: string; readonly queueId: string },
): string {
  return unit === 'queue' ? queueId : agentId;
}
