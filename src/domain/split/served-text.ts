/** Whose text a conversation gets where the split is ours to keep. */
import type { Arm } from '../judge/types.ts';
import type { Deployment, VersionRef } from '../rollout/deployment.ts';
import { bucketOf } from './bucket.ts';

export interface KeptSplit {
  readonly deployment: Pick<Deployment, 'baseline' | 'candidate'>;
  /** Of the candidate, 0..100. */
  readonly splitPercent: number;
  /** The arm that was taken out; null: both serve. */
  readonly retired: Arm | null;
}

/** Null: in its arm none is shown. The same conversation gets the same one as long as the split stands. */
export function servedText(
  { deployment, splitPercent, retired }: KeptSplit,
  conversationId: string,
): VersionRef | null {
  const isCandidates = retired === null ? bucketOf(conversationId) < splitPercent : retired === 'baseline';
  return isCandidates ? deployment.candidate : deployment.baseline;
}

/** What is in doubt gets the text of the arm that was not taken out. Null: in that arm none is shown. */
export function certainText({ deployment, retired }: Omit<KeptSplit, 'splitPercent'>): VersionRef | null {
  return retired === 'baseline' ? deployment.candidate : deployment.baseline;
}

/** It goes on, or left a version that serves: false once there is none, and none will come by it. */
export function stillServes(kept: Omit<KeptSplit, 'splitPercent'>): boolean {
  return kept.retired === null || certainText(kept) !== null;
}
