import type { Deployment, VersionRef } from '../../src/domain/rollout/deployment.ts';

/** A deployment whose arms are both versions. */
export interface Pair extends Deployment {
  readonly baseline: VersionRef;
  readonly candidate: VersionRef;
}

export function pairOf({ baseline, candidate, ...rest }: Deployment): Pair {
  if (baseline === null || candidate === null) throw new Error('One arm of this deployment shows no card.');
  return { ...rest, baseline, candidate };
}
