/** Which versions of an action are the two arms of a rollout, or why that cannot be said. Of any kind of target. */
import type { Arm } from '../domain/judge/types.ts';
import type { ActionVersion } from '../domain/plan/plan.ts';
import type { ServedVersion } from '../domain/split/bucket.ts';
import { TargetError } from './target-error.ts';

export interface Choosable<V> {
  readonly action: ActionVersion;
  /** The version that the plan is about; undefined until there is one. */
  readonly own: V | undefined;
  readonly others: readonly V[];
  /** The arm in which no card is shown. */
  readonly noCard: Arm | undefined;
  readonly servedAs: (version: V) => ServedVersion;
  /** As people find it: `"RefundAssist v1.4.0" (id)`. */
  readonly nameOf: (version: V) => string;
  readonly waysOut: WaysOut;
}

/** What a person can do at this kind of target. */
export interface WaysOut {
  readonly noBaseline: string;
  readonly ambiguous: string;
  readonly otherCandidate: string;
}

export interface ChosenArms<V> {
  /** Null: in that arm no card is shown. */
  readonly baseline: V | null;
  /** Undefined until it is created. */
  readonly candidate: V | undefined | null;
}

/** Throws the `TargetError` that says why the arms cannot be told. */
export function chooseArms<V>(from: Choosable<V>): ChosenArms<V> {
  if (from.noCard === 'baseline') return { baseline: null, candidate: firstVersion(from) };
  if (from.noCard === 'candidate') return { baseline: lastVersion(from), candidate: null };
  const baseline = findBaseline(from);
  refuseOtherCandidates(from, baseline);
  return { baseline, candidate: from.own };
}

function isServing<V>({ servedAs }: Choosable<V>, version: V): boolean {
  const { enabled, splitPercent } = servedAs(version);
  return enabled && splitPercent > 0;
}

function isServingControl<V>(from: Choosable<V>, version: V | undefined): version is V {
  return version !== undefined && isServing(from, version) && from.servedAs(version).group === 'control';
}

/** A plan that says that there is nothing to compare with must not find something. */
function firstVersion<V>(from: Choosable<V>): V | undefined {
  const { own, others, action, nameOf, servedAs } = from;
  if (isServingControl(from, own)) throw refuseServing(from, own, []);
  const serving = others.find((version) => isServing(from, version));
  if (serving === undefined) return own;
  throw new TargetError(
    'VersionServes',
    `The plan says control: none, and ${nameOf(serving)} of ${action.name} serves ` +
      `${servedAs(serving).splitPercent} %. Leave control out to compare with it, or take it out of service first.`,
  );
}

/** One that a rollout before left with less than everybody is still the one that serves. */
function lastVersion<V>(from: Choosable<V>): V {
  const { own, others, action, servedAs } = from;
  if (own === undefined || !servedAs(own).enabled || servedAs(own).group !== 'control')
    throw new TargetError(
      'NoBaseline',
      `v${action.version} of ${action.name} is not in service, so there is nothing to retire (seen: ` +
        `${seenText(from, own === undefined ? others : [own, ...others])}). Name the version that serves.`,
    );
  refuseOtherCandidates(from, own);
  return own;
}

/**
 * The control that owns traffic. Where none does, a single enabled control is taken: a rollout that was terminated at
 * 100 leaves its baseline so, and must be able to start again.
 */
function findBaseline<V>(from: Choosable<V>): V {
  const { own, others, servedAs } = from;
  const controls = others.filter((version) => servedAs(version).enabled && servedAs(version).group === 'control');
  const serving = controls.filter((version) => isServing(from, version));
  if (isServingControl(from, own)) throw refuseServing(from, own, serving);
  const [baseline, second] = serving.length > 0 ? serving : controls;
  if (baseline === undefined) throw noBaseline(from);
  if (second !== undefined) throw ambiguous(from, [baseline, second]);
  return baseline;
}

function refuseOtherCandidates<V>(from: Choosable<V>, baseline: V): void {
  const { others, action, nameOf, servedAs, waysOut } = from;
  const rival = others.find((version) => version !== baseline && isServing(from, version));
  if (rival === undefined) return;
  throw new TargetError(
    'OtherCandidate',
    `${nameOf(rival)} is a candidate of ${action.name}, too, and serves ${servedAs(rival).splitPercent} %. ` +
      waysOut.otherCandidate,
  );
}

function refuseServing<V>(from: Choosable<V>, candidate: V, otherControls: readonly V[]): TargetError {
  if (otherControls.length > 0) return ambiguous(from, [candidate, ...otherControls]);
  return new TargetError(
    'AlreadyServing',
    `${from.nameOf(candidate)} already serves as the baseline: there is nothing to roll out. Publish a new version.`,
  );
}

function noBaseline<V>(from: Choosable<V>): TargetError {
  return new TargetError(
    'NoBaseline',
    `No enabled version of ${from.action.name} in group control serves traffic (seen: ` +
      `${seenText(from, from.others)}). ${from.waysOut.noBaseline}`,
  );
}

function seenText<V>({ nameOf }: Choosable<V>, versions: readonly V[]): string {
  return versions.length === 0 ? 'no other version' : versions.map(nameOf).join(', ');
}

function ambiguous<V>({ nameOf, waysOut }: Choosable<V>, controls: readonly V[]): TargetError {
  return new TargetError(
    'AmbiguousBaseline',
    `More than one version could be the baseline: ${controls.map(nameOf).join(' and ')}. ${waysOut.ambiguous}`,
  );
}
