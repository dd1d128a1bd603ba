/** Find-or-create: however often it runs, there is one candidate, and nothing that serves is lowered. */
import { actionDocumentName, buildActionPayload, contentSha256 } from './payload.ts';
import type { CardVersion } from '../../domain/plan/plan.ts';
import { KIND, differingParts, fingerprintOf, isServing, servingAs, versionOf } from './document.ts';
import type { Actions } from '../../genesys/actions.ts';
import { isGenesysError } from '../../genesys/errors.ts';
import { cardOf } from '../card.ts';
import { lookForArms } from './find-arms.ts';
import type { Deployment, VersionRef } from '../../domain/rollout/deployment.ts';
import type { DeployRequest } from '../target.ts';
import { TargetError } from '../target-error.ts';
import type { ActionDocument } from '../../genesys/wire.ts';

interface CardRequest extends DeployRequest {
  readonly action: CardVersion;
}

/** Looks before it creates, so that a call after an ambiguous failure finds what the one before it made. */
export async function deployCandidate(actions: Actions, asked: DeployRequest): Promise<Deployment> {
  const request = { ...asked, action: cardOf(asked.action) };
  const { action, noCard } = request;
  const { baseline, candidate: found } = await lookForArms(actions, action, noCard);
  const known = { target: KIND, actionName: action.name, baseline: baseline && refOf(baseline) } as const;
  if (found === null) return { ...known, candidate: null };
  const made = found === undefined ? await createOrFind(actions, request) : await reuse(actions, found, request);
  return { ...known, candidate: refOf(await prove(actions, made.id, action)) };
}

/** A conflict means that the name is taken since we looked: by an earlier try of ours, or by somebody else. */
async function createOrFind(actions: Actions, request: CardRequest): Promise<ActionDocument> {
  const { action, rolloutId, noCard } = request;
  const payload = buildActionPayload(action, {
    splitPercent: 0,
    group: 'candidate',
    rolloutId,
    contentSha256: contentSha256(action),
  });
  try {
    return (await actions.create(payload)).value;
  } catch (error) {
    if (!isGenesysError(error, 'conflict')) throw error;
    const { candidate } = await lookForArms(actions, action, noCard);
    if (candidate == null) throw error;
    return reuse(actions, candidate, request);
  }
}

/** One that serves keeps what it serves; one that does not becomes a candidate at 0. */
async function reuse(actions: Actions, listed: ActionDocument, request: CardRequest): Promise<ActionDocument> {
  const read = await actions.get(listed.id);
  const found = read.value;
  refuseOtherContent(found, request.action);
  const placed = isServing(found) ? found : servingAs(found, { enabled: true, group: 'candidate', splitPercent: 0 });
  const owned = {
    version: request.action.version,
    rollout_id: request.rolloutId,
    content_sha256: contentSha256(request.action),
  };
  const wanted = { ...placed, metadata: { ...placed.metadata, ...owned } };
  if (isSameServing(found, wanted)) return found;
  return (await actions.update({ ...read, value: wanted })).value;
}

/** It may have been changed since it was listed. */
function refuseOtherContent(found: ActionDocument, action: CardVersion): void {
  const parts = differingParts(found, action);
  if (parts.length > 0) throw mismatch(found.id, action, parts);
}

function isSameServing(a: ActionDocument, b: ActionDocument): boolean {
  const keys = ['traffic_split', 'ab_test_group', 'version', 'rollout_id', 'content_sha256'] as const;
  return a.enabled === b.enabled && keys.every((key) => a.metadata?.[key] === b.metadata?.[key]);
}

async function prove(actions: Actions, id: string, action: CardVersion): Promise<ActionDocument> {
  const document = await readNew(actions, id, action);
  const parts = differingParts(document, action);
  if (parts.length === 0) return document;
  throw mismatch(id, action, parts);
}

function mismatch(id: string, action: CardVersion, parts: readonly string[]): TargetError {
  return new TargetError(
    'ReadBackMismatch',
    `${actionDocumentName(action)} (${id}) was read back with another ${parts.join(', ')} than was written. ` +
      'Compare it in the organisation with the plan; if it was edited there, publish under a new version.',
  );
}

/** A new document may not be readable everywhere at once. */
async function readNew(actions: Actions, id: string, action: CardVersion): Promise<ActionDocument> {
  try {
    return (await actions.get(id)).value;
  } catch (error) {
    if (!isGenesysError(error, 'notFound')) throw error;
    throw new TargetError(
      'NotYetReadable',
      `${actionDocumentName(action)} (${id}) was written but cannot be read yet. Try again in a few seconds.`,
    );
  }
}

function refOf(document: ActionDocument): VersionRef {
  return { id: document.id, version: versionOf(document) ?? '', fingerprint: fingerprintOf(document) };
}
