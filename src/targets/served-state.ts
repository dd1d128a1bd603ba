/** What is asked and what is shown of two arms, however a target keeps them. */
import type { Arm } from '../domain/judge/types.ts';
import type { ServedVersion } from '../domain/split/bucket.ts';
import { isCovered, servedPercent } from '../domain/split/coverage.ts';
import type { Fingerprint } from '../domain/split/fingerprint.ts';
import type { ServedArms } from '../domain/split/writes.ts';
import type { ArmState, TargetState } from './target.ts';

/** As a version stands before and after a rollout that holds it against no card. */
export function isWholeOrOff({ enabled, group, splitPercent }: ServedVersion): boolean {
  return !enabled || (group === 'control' && splitPercent === 100);
}

/** `prints`: null where the version is not there any more. */
export function stateOf(
  { candidate, baseline }: ServedArms,
  prints: Readonly<Record<Arm, Fingerprint | null>>,
): Omit<TargetState, 'correlationId'> {
  const versions = [candidate, baseline].filter((version) => version !== null);
  return {
    candidate: candidate && stateOfArm(candidate, prints.candidate),
    baseline: baseline && stateOfArm(baseline, prints.baseline),
    effectiveSplitPercent: candidateShare({ candidate, baseline }, versions),
    covered: isCovered(versions),
  };
}

/** Where the candidate is no card, all that the baseline does not serve. */
function candidateShare({ candidate, baseline }: ServedArms, versions: readonly ServedVersion[]): number {
  if (candidate !== null) return servedPercent(candidate, versions);
  return baseline === null ? 100 : Number((100 - servedPercent(baseline, versions)).toFixed(2));
}

function stateOfArm({ enabled, splitPercent }: ServedVersion, fingerprint: Fingerprint | null): ArmState {
  return { servesHere: enabled, splitPercent, fingerprint };
}
