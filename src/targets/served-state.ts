/** What is asked and what is shown of two arms, however a target keeps them. */
import type { Arm } from '../domain/judge/types.ts';
import { armLabel } from '../domain/rollout/deployment.ts';
import type { Deployment } from '../domain/rollout/deployment.ts';
import type { ServedVersion } from '../domain/split/bucket.ts';
import { isCovered, servedPercent } from '../domain/split/coverage.ts';
import type { Fingerprint } from '../domain/split/fingerprint.ts';
import type { ServedArms, SplitWrite } from '../domain/split/writes.ts';
import { TargetError } from './target-error.ts';
import type { ArmState, TargetState } from './target.ts';

/** As a version stands before and after a rollout that holds it against no card. */
export function isWholeOrOff({ enabled, group, splitPercent }: ServedVersion): boolean {
  return !enabled || (group === 'control' && splitPercent === 100);
}

/** The baseline, where there is one, must carry everything before the candidate goes. */
export function retireCandidateWrites(
  { candidate, baseline }: ServedArms,
  deployment: Deployment,
): readonly SplitWrite[] {
  const to: ServedVersion = { enabled: false, group: 'candidate', splitPercent: 0 };
  if (candidate === null) return [];
  const { enabled, group, splitPercent } = candidate;
  if (!enabled && group === to.group && splitPercent === 0) return [];
  if (baseline === null || isCovered([baseline])) return [{ arm: 'candidate', to }];
  throw new TargetError(
    'WouldUncover',
    `Without ${armLabel(deployment.candidate)} of ${deployment.actionName} some conversations would see no card: ` +
      `the baseline ${armLabel(deployment.baseline)} is ` +
      `${baseline.enabled ? `at ${baseline.splitPercent} %` : 'disabled'}. ` +
      'Set the split to 0 first, which restores it.',
  );
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
