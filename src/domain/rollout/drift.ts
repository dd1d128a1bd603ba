/** Does the organisation show something else than the rollout left there? Pure: what it left, what a listing shows. */
import type { Arm } from '../judge/types.ts';
import type { Fingerprint } from '../split/fingerprint.ts';
import { differingParts } from '../split/fingerprint.ts';
import type { VersionRef } from './deployment.ts';
import { versionsOf } from './deployment.ts';
import { showsSplit } from './proofs.ts';
import { achievedShare } from './shares.ts';
import type { Shares } from './shares.ts';
import { isSameAudience, shareText, splitText } from '../split/audience.ts';
import type { Audience } from '../split/audience.ts';
import type { DriftKind } from '../plan/plan.ts';
import { isCovered, servedPercent } from '../split/coverage.ts';
import type { SeenVersion, StrayedFrom } from '../split/seen-version.ts';

export interface Drift {
  readonly kind: DriftKind;
  /** What differs, in one sentence, with who changed it where the organisation tells. */
  readonly message: string;
  /** The same drift has the same key; another change of the same kind has another. */
  readonly key: string;
  /** Some conversations see no card: that waits for nobody. */
  readonly uncovered?: true;
  /** `baselineContent`: what it holds now, to be accepted by a person who was shown it. */
  readonly fingerprint?: Fingerprint;
  /** `rival`: the versions that are none of ours, each as it serves. */
  readonly rivals?: readonly string[];
  /** `rival`: a part of what the rollout divides was given away. Nothing is divided on before it is given back. */
  readonly isStray?: true;
}

/** Key of the drift that no look was let: known until one is let again. */
export const UNSEEN = 'unseen';

type SeenContent = Pick<SeenVersion, 'fingerprint' | 'changedAt' | 'changedBy'>;

/** What a write makes the organisation serve. */
export interface Written {
  /** 0..100 */
  readonly splitPercent: number;
  /** Absent: of everybody. */
  readonly of?: Audience;
  readonly stage: 'both' | 'alone';
}

/** What the rollout left in the organisation; an arm that is null is none. */
export interface Expected extends Shares {
  readonly baseline: VersionRef | null;
  readonly candidate: VersionRef | null;
  /** 0..100; null while a write of ours is on its way: then only contents are compared. */
  readonly splitPercent: number | null;
  /** Whom the split is of; absent or null: everybody. */
  readonly of?: Audience | null;
  /** `alone`: the candidate, if it is one, was promoted and the baseline is off. */
  readonly stage: 'both' | 'alone';
  /** What a write of ours that proved nothing may have left there instead; absent: there is none. */
  readonly written?: Written;
  /** Other serving versions that a person has accepted, as they served then. */
  readonly acceptedRivals: readonly string[];
}

/**
 * The gravest difference that nobody has heard of, or null: a known one hides no other. `seen` are all versions of the
 * action, `known` are keys.
 */
export function driftOf(expected: Expected, seen: readonly SeenVersion[], known: readonly string[] = []): Drift | null {
  return differences(expected, seen).find((drift) => drift !== null && !known.includes(drift.key)) ?? null;
}

/** The gravest first. */
function differences(expected: Expected, seen: readonly SeenVersion[]): readonly (Drift | null)[] {
  const isOn = { candidate: true, baseline: expected.stage === 'both' };
  const arms = { candidate: find(seen, expected.candidate), baseline: find(seen, expected.baseline) };
  return [
    ...(['candidate', 'baseline'] as const).map((arm) => {
      const version = expected[arm];
      const found = arms[arm];
      if (version === null || !isOn[arm]) return null;
      return found == null || found.missing !== undefined
        ? deleted(arm, version, found?.missing)
        : contentDrift(arm, version, found);
    }),
    expected.splitPercent === null || isWritten(expected, expected.splitPercent, arms)
      ? null
      : servingDrift(achievedShare(expected, expected.splitPercent), expected, arms),
    newlyAstray(expected, arms.candidate?.astray),
    rivalDrift(expected, seen),
  ];
}

/** Where shares are moved part by part, a write that was left may have come to any on its way. */
function isWritten(expected: Expected, before: number, arms: FoundArms): boolean {
  const { written, shares } = expected;
  if (written === undefined) return false;
  const { splitPercent: after, of = null, stage } = written;
  const [from, to] = [before, after].map((percent) => achievedShare({ shares }, percent)) as [number, number];
  const onItsWay = (shares ?? []).filter((share) => (share - from) * (share - to) < 0);
  return [to, ...onItsWay].some((share) => servingDrift(share, { ...expected, of, stage }, arms) === null);
}

/** Null: there is none to be found; undefined: it is not there any more. */
function find(seen: readonly SeenVersion[], version: VersionRef | null): SeenVersion | null | undefined {
  return version === null ? null : seen.find(({ id }) => id === version.id);
}

function deleted(arm: Arm, { id, version }: VersionRef, missing: readonly string[] = []): Drift {
  const of = missing.length === 0 ? '' : ` as a whole: ${missing.join(' and ')} was deleted`;
  return {
    kind: 'deleted',
    key: `deleted ${[id, ...missing].join(' ')}`,
    message: `v${version} (${id}), the ${arm}, is not in the organisation any more${of}.`,
  };
}

/** Null while the arm holds what was checked. */
export function contentDrift(arm: Arm, { id, version, fingerprint }: VersionRef, seen: SeenContent): Drift | null {
  const parts = differingParts(seen.fingerprint, fingerprint);
  if (parts.length === 0) return null;
  const other = parts.join(' and ');
  return {
    kind: arm === 'candidate' ? 'candidateContent' : 'baselineContent',
    key: `content ${id} ${Object.values(seen.fingerprint).join(' ')}`,
    message: `v${version} (${id}), the ${arm}, has another ${other} than what was checked${changed(seen)}.`,
    fingerprint: seen.fingerprint,
  };
}

type FoundArms = Readonly<Record<Arm, SeenVersion | null | undefined>>;

/** Nothing is said of an arm that is not there any more: `deleted` says it, if it should be. */
function servingDrift(percent: number, expected: Expected, { candidate, baseline }: FoundArms): Drift | null {
  if (candidate === undefined || baseline === undefined) return null;
  const both = expected.stage === 'both';
  const found = { candidate, baseline: both ? baseline : null };
  const versions = Object.values(found).filter((version) => version !== null);
  const covered = isCovered(versions) || isMeantToHaveHoles(expected);
  const hole = covered ? {} : { uncovered: true as const };
  const switched = switchedDrift('candidate', candidate, true) ?? switchedDrift('baseline', baseline, both);
  if (switched !== null) return { ...hole, ...switched };
  const shown =
    candidate === null
      ? 100 - (found.baseline === null ? 0 : servedPercent(found.baseline, versions))
      : both
        ? servedPercent(candidate, versions)
        : 100;
  const [shownOf, leftOf] = [(candidate ?? baseline)?.of ?? null, expected.of ?? null];
  const isOfWhom = isSameAudience(shownOf, leftOf);
  if (covered && isOfWhom && showsSplit({ effectiveSplitPercent: shown, candidate }, percent)) return null;
  return {
    ...hole,
    kind: 'split',
    key: `split ${servedText(candidate)} ${servedText(baseline)}${isOfWhom ? '' : ` of ${JSON.stringify(shownOf)}`}`,
    message:
      `The organisation shows ${candidate === null ? 'no card' : 'the candidate'} to ${shareText(shown, shownOf)} ` +
      `where the rollout left ${splitText(percent, leftOf)}${covered ? '' : ', and some conversations see no card'}` +
      `${changedServing(latest(candidate, baseline))}.`,
  };
}

function servedText(seen: SeenVersion | null): string {
  return seen === null ? 'none' : `${seen.group} ${seen.splitPercent}`;
}

/** Beside an arm in which no card is shown, until the version that there is serves everybody, or nobody. */
function isMeantToHaveHoles({ candidate, baseline, stage }: Expected): boolean {
  return candidate === null || (baseline === null && stage === 'both');
}

function switchedDrift(arm: Arm, seen: SeenVersion | null, on: boolean): Drift | null {
  if (seen === null || seen.enabled === on) return null;
  const { version, id, enabled } = seen;
  return {
    kind: 'enabled',
    key: `enabled ${id} ${enabled}`,
    message: `v${version} (${id}), the ${arm}, was switched ${enabled ? 'on' : 'off'}${changedServing(seen)}.`,
  };
}

/** Another version of the action that serves, and that nobody has accepted. */
export function rivalDrift(
  expected: Pick<Expected, 'baseline' | 'candidate' | 'acceptedRivals'>,
  seen: readonly SeenVersion[],
): Drift | null {
  const { acceptedRivals } = expected;
  const arms = versionsOf(expected).map(({ id }) => id);
  const rivals = seen.filter(
    (version) =>
      version.enabled &&
      version.splitPercent > 0 &&
      !arms.includes(version.id) &&
      !acceptedRivals.includes(asShown(version)),
  );
  if (rivals.length === 0) return null;
  const named = rivals.map(
    (rival) => `v${rival.version} (${rival.id}) at ${splitText(rival.splitPercent, rival.of)}${changed(rival)}`,
  );
  return {
    kind: 'rival',
    key: `rival ${rivals.map(asShown).toSorted().join(' ')}`,
    message: `Another version of the action serves: ${named.join('; ')}.`,
    rivals: rivals.map(asShown),
  };
}

/** A version that stands alone is let be: whoever gives it to more, or to fewer, does that for good. */
function newlyAstray(expected: Expected, astray: StrayedFrom | undefined): Drift | null {
  const { stage, acceptedRivals, splitPercent } = expected;
  if (astray === undefined || stage === 'alone') return null;
  if (astray.allHaveIt === true && splitPercent !== null && achievedShare(expected, splitPercent) === 100) return null;
  return astray.rivals.every((rival) => acceptedRivals.includes(rival)) ? null : strayDrift(astray);
}

/** Another hand gave a part of what the rollout divides to something that is none of its versions. */
export function strayDrift({ message, rivals }: StrayedFrom): Drift {
  return { kind: 'rival', key: `rival ${rivals.toSorted().join(' ')}`, message, rivals, isStray: true };
}

/** A rival is accepted as a person was shown it: with another split or in another group it is another. */
function asShown({ id, group, splitPercent }: SeenVersion): string {
  return `${id} ${group} ${splitPercent}`;
}

function latest(a: SeenVersion | null, b: SeenVersion | null): SeenVersion | null {
  return b === null || (a !== null && (a.changedAt ?? '') >= (b.changedAt ?? '')) ? a : b;
}

/** Whoever changed a content did not move a split. */
function changedServing(seen: SeenVersion | null): string {
  return seen?.changedContent === true ? '' : changed(seen);
}

function changed(seen: Pick<SeenVersion, 'changedAt' | 'changedBy'> | null): string {
  const { changedAt, changedBy } = seen ?? { changedAt: null, changedBy: null };
  const by = changedBy === null ? '' : ` by ${changedBy}`;
  const at = changedAt === null ? '' : ` at ${changedAt}`;
  return by === '' && at === '' ? '' : ` (last changed${by}${at})`;
}
