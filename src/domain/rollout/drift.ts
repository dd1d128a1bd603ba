/** Does the organisation show something else than the rollout left there? Pure: what it left, what a listing shows. */
import type { Fingerprint } from '../split/fingerprint.ts';
import { differingParts } from '../split/fingerprint.ts';
import type { DriftKind } from '../plan/plan.ts';
import { isCovered, servedPercent } from '../split/coverage.ts';
import type { SeenVersion } from '../split/seen-version.ts';

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
}

/** Key of the drift that no look was let: known until one is let again. */
export const UNSEEN = 'unseen';

type SeenContent = Pick<SeenVersion, 'fingerprint' | 'changedAt' | 'changedBy'>;

interface ExpectedArm {
  readonly id: string;
  readonly version: string;
  readonly fingerprint: Fingerprint;
}

/** What the rollout left in the organisation. */
export interface Expected {
  readonly baseline: ExpectedArm;
  readonly candidate: ExpectedArm;
  /** 0..100; null while a write of ours is on its way: then only contents are compared. */
  readonly splitPercent: number | null;
  /** `alone`: the candidate was promoted and the baseline is off. */
  readonly stage: 'both' | 'alone';
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
  const arms = { candidate: find(seen, expected.candidate.id), baseline: find(seen, expected.baseline.id) };
  const { candidate, baseline } = arms;
  const both = expected.stage === 'both';
  return [
    candidate === undefined ? deleted('candidate', expected) : contentDrift('candidate', expected.candidate, candidate),
    baseline === undefined
      ? both
        ? deleted('baseline', expected)
        : null
      : both
        ? contentDrift('baseline', expected.baseline, baseline)
        : null,
    candidate === undefined || baseline === undefined || expected.splitPercent === null
      ? null
      : servingDrift(expected.splitPercent, expected, candidate, baseline),
    rivalDrift(expected, seen),
  ];
}

function find(seen: readonly SeenVersion[], id: string): SeenVersion | undefined {
  return seen.find((version) => version.id === id);
}

function deleted(arm: 'candidate' | 'baseline', expected: Expected): Drift {
  const { id, version } = expected[arm];
  return {
    kind: 'deleted',
    key: `deleted ${id}`,
    message: `v${version} (${id}), the ${arm}, is not in the organisation any more.`,
  };
}

/** Null while the arm holds what was checked. */
export function contentDrift(
  arm: 'candidate' | 'baseline',
  { id, version, fingerprint }: ExpectedArm,
  seen: SeenContent,
): Drift | null {
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

function servingDrift(
  percent: number,
  { stage, ...arms }: Expected,
  candidate: SeenVersion,
  baseline: SeenVersion,
): Drift | null {
  const should = { candidate: true, baseline: stage === 'both' };
  const versions = stage === 'both' ? [candidate, baseline] : [candidate];
  const covered = isCovered(versions);
  const hole = covered ? {} : { uncovered: true as const };
  for (const [arm, seen] of [
    ['candidate', candidate],
    ['baseline', baseline],
  ] as const) {
    if (seen.enabled === should[arm]) continue;
    const { version, id } = arms[arm];
    return {
      ...hole,
      kind: 'enabled',
      key: `enabled ${id} ${seen.enabled}`,
      message: `v${version} (${id}), the ${arm}, was switched ${seen.enabled ? 'on' : 'off'}${changed(seen)}.`,
    };
  }
  const shown = stage === 'both' ? servedPercent(candidate, versions) : 100;
  if (covered && shown === percent) return null;
  return {
    ...hole,
    kind: 'split',
    key: `split ${candidate.group} ${candidate.splitPercent} ${baseline.group} ${baseline.splitPercent}`,
    message:
      `The organisation shows the candidate to ${shown} % of the conversations where the rollout left ${percent} ` +
      `%${covered ? '' : ', and some conversations see no card'}${changed(latest(candidate, baseline))}.`,
  };
}

function rivalDrift({ baseline, candidate, acceptedRivals }: Expected, seen: readonly SeenVersion[]): Drift | null {
  const arms = [baseline.id, candidate.id];
  const rivals = seen.filter(
    (version) =>
      version.enabled &&
      version.splitPercent > 0 &&
      !arms.includes(version.id) &&
      !acceptedRivals.includes(asShown(version)),
  );
  if (rivals.length === 0) return null;
  const named = rivals.map((rival) => `v${rival.version} (${rival.id}) at ${rival.splitPercent} %${changed(rival)}`);
  return {
    kind: 'rival',
    key: `rival ${rivals.map(asShown).toSorted().join(' ')}`,
    message: `Another version of the action serves: ${named.join('; ')}.`,
    rivals: rivals.map(asShown),
  };
}

/** A rival is accepted as a person was shown it: with another split or in another group it is another. */
function asShown({ id, group, splitPercent }: SeenVersion): string {
  return `${id} ${group} ${splitPercent}`;
}

function latest(a: SeenVersion, b: SeenVersion): SeenVersion {
  return (a.changedAt ?? '') >= (b.changedAt ?? '') ? a : b;
}

function changed({ changedAt, changedBy }: Pick<SeenVersion, 'changedAt' | 'changedBy'>): string {
  const by = changedBy === null ? '' : ` by ${changedBy}`;
  const at = changedAt === null ? '' : ` at ${changedAt}`;
  return by === '' && at === '' ? '' : ` (last changed${by}${at})`;
}
