/** Which documents of an organisation are the two arms of a rollout, or why that cannot be said. */
import { actionDocumentName, contentSha256 } from './payload.ts';
import type { Actions } from '../../genesys/actions.ts';
import type { Arm } from '../../domain/judge/types.ts';
import type { CardVersion } from '../../domain/plan/plan.ts';
import { contentSha256Of, isVersionOf, servedAs, versionOf } from './document.ts';
import { chooseArms } from '../choose-arms.ts';
import type { ChosenArms, WaysOut } from '../choose-arms.ts';
import { TargetError } from '../target-error.ts';
import type { ActionDocument } from '../../genesys/wire.ts';

export type FoundArms = ChosenArms<ActionDocument>;

/** Reads only; throws the `TargetError` that says why the arms cannot be told. */
export async function lookForArms(actions: Actions, action: CardVersion, noCard?: Arm): Promise<FoundArms> {
  const documents: ActionDocument[] = [];
  for await (const document of actions.listByName(`${action.name} v`)) documents.push(document);
  return findArms(documents, action, noCard);
}

/** `documents` are all whose names begin with the action's name. */
function findArms(documents: readonly ActionDocument[], action: CardVersion, noCard: Arm | undefined): FoundArms {
  const candidate = findVersion(documents, action);
  return chooseArms({
    action,
    own: candidate,
    others: documents.filter((document) => document !== candidate && isVersionOf(document, action.name)),
    noCard,
    servedAs,
    nameOf: describe,
    waysOut: waysOut(action),
  });
}

const waysOut = ({ name }: CardVersion): WaysOut => ({
  noBaseline:
    'Publish or enable the version to compare with, in group control with traffic_split 100, then start again; or ' +
    'write control: none if this is the first version, to hold it against no card.',
  ambiguous: 'Disable all but the one that shall serve, then start again.',
  otherCandidate:
    `Take it back with \`assist-rollouts recover "${name}"\` where a rollout brought it that nobody watches any more, ` +
    'or set its traffic_split to 0, then start again.',
});

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

function describe(document: ActionDocument): string {
  return `"${document.name}" (${document.id})`;
}
