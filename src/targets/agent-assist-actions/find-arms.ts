/** Which documents of an organisation are the two arms of a rollout, or why that cannot be said. */
import { actionDocumentName, contentSha256 } from './payload.ts';
import type { Actions } from '../../genesys/actions.ts';
import type { Arm } from '../../domain/judge/types.ts';
import type { CardVersion } from '../../domain/plan/plan.ts';
import { contentSha256Of, isServing, isVersionOf, servedAs, versionOf } from './document.ts';
import { TargetError } from '../target-error.ts';
import type { ActionDocument } from '../../genesys/wire.ts';

export interface FoundArms {
  /** Null: in that arm no card is shown. */
  readonly baseline: ActionDocument | null;
  /** Undefined until it is created. */
  readonly candidate: ActionDocument | undefined | null;
}

/** Reads only; throws the `TargetError` that says why the arms cannot be told. */
export async function lookForArms(actions: Actions, action: CardVersion, noCard?: Arm): Promise<FoundArms> {
  const documents: ActionDocument[] = [];
  for await (const document of actions.listByName(`${action.name} v`)) documents.push(document);
  return findArms(documents, action, noCard);
}

/** `documents` are all whose names begin with the action's name. */
function findArms(documents: readonly ActionDocument[], action: CardVersion, noCard: Arm | undefined): FoundArms {
  const candidate = findVersion(documents, action);
  const others = documents.filter((document) => document !== candidate && isVersionOf(document, action.name));
  if (noCard === 'baseline') return { baseline: null, candidate: firstVersion(candidate, others, action) };
  if (noCard === 'candidate') return { baseline: lastVersion(candidate, others, action), candidate: null };
  const baseline = findBaseline(others, candidate, action);
  refuseOtherCandidates(others, baseline, action);
  return { baseline, candidate };
}

/** A version is immutable: what carries its name must hold its content, or it is somebody else's. */
function findVersion(documents: readonly ActionDocument[], action: CardVersion): ActionDocument | undefined {
  const name = actionDocumentName(action);
  const [found, second] = documents.filter((document) => document.name === name);
  if (found === undefined) return undefined;
  if (second !== undefined) {
    throw new TargetError(
      'VersionConflict',
      `Two actions are named "${name}": ${found.id} and ${second.id}. Delete one of them, or publish under a ` +
        'new version.',
    );
  }
  if (versionOf(found) === action.version && contentSha256Of(found) === contentSha256(action)) return found;
  throw new TargetError(
    'VersionConflict',
    `${describe(found)} exists with other content than this plan's ${action.version}. A version never changes: ` +
      'publish it under a new version.',
  );
}

/** A plan that says that there is nothing to compare with must not find something. */
function firstVersion(
  candidate: ActionDocument | undefined,
  others: readonly ActionDocument[],
  action: CardVersion,
): ActionDocument | undefined {
  if (candidate !== undefined && isServing(candidate) && servedAs(candidate).group === 'control')
    throw refuseServing(candidate, []);
  const serving = others.find(isServing);
  if (serving === undefined) return candidate;
  throw new TargetError(
    'VersionServes',
    `The plan says control: none, and ${describe(serving)} of ${action.name} serves ` +
      `${servedAs(serving).splitPercent} %. Leave control out to compare with it, or take it out of service first.`,
  );
}

/** One that a rollout before left with less than everybody is still the one that serves. */
function lastVersion(
  version: ActionDocument | undefined,
  others: readonly ActionDocument[],
  action: CardVersion,
): ActionDocument {
  if (version === undefined || !version.enabled || servedAs(version).group !== 'control')
    throw new TargetError(
      'NoBaseline',
      `v${action.version} of ${action.name} is not in service, so there is nothing to retire (seen: ` +
        `${seenText(version === undefined ? others : [version, ...others])}). Name the version that serves.`,
    );
  refuseOtherCandidates(others, version, action);
  return version;
}

/**
 * The control that owns traffic. Where none does, a single enabled control is taken: a rollout that was terminated at
 * 100 leaves its baseline so, and must be able to start again.
 */
function findBaseline(
  others: readonly ActionDocument[],
  candidate: ActionDocument | undefined,
  action: CardVersion,
): ActionDocument {
  const controls = others.filter((document) => document.enabled && servedAs(document).group === 'control');
  const serving = controls.filter(isServing);
  if (candidate !== undefined && isServing(candidate) && servedAs(candidate).group === 'control')
    throw refuseServing(candidate, serving);
  const [baseline, second] = serving.length > 0 ? serving : controls;
  if (baseline === undefined) throw noBaseline(others, action);
  if (second !== undefined) throw ambiguous([baseline, second]);
  return baseline;
}

function refuseOtherCandidates(others: readonly ActionDocument[], baseline: ActionDocument, action: CardVersion): void {
  const rival = others.find((document) => document !== baseline && isServing(document));
  if (rival === undefined) return;
  throw new TargetError(
    'OtherCandidate',
    `${describe(rival)} is a candidate of ${action.name}, too, and serves ${servedAs(rival).splitPercent} %. ` +
      'Finish its rollout or set its traffic_split to 0, then start again.',
  );
}

function refuseServing(candidate: ActionDocument, otherControls: readonly ActionDocument[]): TargetError {
  if (otherControls.length > 0) return ambiguous([candidate, ...otherControls]);
  return new TargetError(
    'AlreadyServing',
    `${describe(candidate)} already serves as the baseline: there is nothing to roll out. Publish a new version.`,
  );
}

function noBaseline(others: readonly ActionDocument[], action: CardVersion): TargetError {
  return new TargetError(
    'NoBaseline',
    `No enabled version of ${action.name} in group control serves traffic (seen: ${seenText(others)}). ` +
      'Publish or enable the version to compare with, in group control with traffic_split 100, then start again; or ' +
      'write control: none if this is the first version, to hold it against no card.',
  );
}

function seenText(documents: readonly ActionDocument[]): string {
  return documents.length === 0 ? 'no other version' : documents.map(describe).join(', ');
}

function ambiguous(controls: readonly ActionDocument[]): TargetError {
  return new TargetError(
    'AmbiguousBaseline',
    `More than one version could be the baseline: ${controls.map(describe).join(' and ')}. Disable all but the ` +
      'one that shall serve, then start again.',
  );
}

function describe(document: ActionDocument): string {
  return `"${document.name}" (${document.id})`;
}
