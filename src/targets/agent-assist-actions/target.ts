/**
 * The target `agentAssistActions`: versions are action documents, and the split stands in the metadata of both arms.
 */
import type { Arm } from '../../domain/judge/types.ts';
import { contentDrift } from '../../domain/rollout/drift.ts';
import type { ServedVersion } from '../../domain/split/bucket.ts';
import type { Fingerprint } from '../../domain/split/fingerprint.ts';
import { differingParts } from '../../domain/split/fingerprint.ts';
import { retireBaselineWrites, retireCandidateWrites, splitWrites } from '../../domain/split/writes.ts';
import type { ServedArms, SplitWrite } from '../../domain/split/writes.ts';
import {
  KIND,
  fingerprintOf,
  isVersionOf,
  lastChangeOf,
  seenVersion,
  servedAs,
  servingAs,
  versionOf,
} from './document.ts';
import type { Actions } from '../../genesys/actions.ts';
import { deployCandidate } from './deploy-candidate.ts';
import { isGenesysError } from '../../genesys/errors.ts';
import type { Answered } from '../../genesys/http.ts';
import { armLabel, noCardArm } from '../../domain/rollout/deployment.ts';
import type { Deployment, VersionRef } from '../../domain/rollout/deployment.ts';
import type { Target, TargetAdapter, TargetState } from '../target.ts';
import { isWholeOrOff, stateOf } from '../served-state.ts';
import { cardOf } from '../card.ts';
import { conditionIds } from '../condition-ids.ts';
import { createEventExport } from '../event-export.ts';
import { describeStanding, everyAction, listServing } from './surroundings.ts';
import { contentSha256, documentOf } from './payload.ts';
import type { SeenVersion } from '../../domain/split/seen-version.ts';
import type { Urgency } from '../../genesys/token-bucket.ts';
import { TargetError } from '../target-error.ts';
import type { ActionDocument } from '../../genesys/wire.ts';

export const agentAssistActions: TargetAdapter = {
  open: ({ client }) => ({
    kind: KIND,
    ...createTarget(client.actions),
    describe: ({ action, noCard }) => describeStanding(client.actions, cardOf(action), noCard),
    listServing: () => listServing(client.actions),
    events: createEventExport(client.exports),
    conditionIds: (trigger) => conditionIds(client.routing, trigger),
  }),
  documentOf: ({ action }) => documentOf(cardOf(action)),
  contentSha256: ({ action }) => contentSha256(cardOf(action)),
};

function createTarget(actions: Actions): Target {
  return {
    deploy: (request) => deployCandidate(actions, request),
    survey: (actionName, urgency) => survey(actions, actionName, urgency),
    setSplit: (deployment, percent, urgency) =>
      rewrite(actions, deployment, (arms) => splitWrites(arms, percent), urgency),
    readBack: async (deployment, urgency) => readState(await readArms(actions, deployment, urgency), deployment),
    retire: (deployment, which, urgency) => {
      const planned = which === 'baseline' ? retireBaselineWrites : retireCandidateWrites;
      return rewrite(actions, deployment, planned, urgency);
    },
  };
}

/**
 * A document that somebody deleted serves nobody; its answer is null. So it is of an arm that is none. A baseline that
 * was renamed serves as little, for the name says whose a document is; a candidate is read by whatever name, to be taken
 * out of service.
 */
type ReadArms = Readonly<Record<Arm, Answered<ActionDocument> | null>>;

async function readArms(actions: Actions, deployment: Deployment, urgency: Urgency | undefined): Promise<ReadArms> {
  const [candidate, baseline] = await Promise.all([
    readUnlessDeleted(actions, deployment.candidate, urgency),
    readUnlessDeleted(actions, deployment.baseline, urgency),
  ]);
  if (deployment.baseline === null || isNamed(baseline, deployment)) return { candidate, baseline };
  return { candidate, baseline: await publishedAgain(actions, deployment, deployment.baseline, urgency) };
}

function isNamed(read: Answered<ActionDocument> | null, { actionName }: Deployment): boolean {
  return read !== null && isVersionOf(read.value, actionName);
}

/** By a person, under another id: the very version, byte for byte what was checked, or none. */
async function publishedAgain(
  actions: Actions,
  { actionName, candidate }: Deployment,
  { version, fingerprint }: VersionRef,
  urgency: Urgency | undefined,
): Promise<Answered<ActionDocument> | null> {
  for await (const document of actions.listByName(`${actionName} v`, urgency)) {
    if (document.id === candidate?.id || versionOf(document) !== version || !isVersionOf(document, actionName))
      continue;
    if (differingParts(fingerprintOf(document), fingerprint).length === 0) return actions.get(document.id, urgency);
  }
  return null;
}

async function readUnlessDeleted(
  actions: Actions,
  ref: VersionRef | null,
  urgency: Urgency | undefined,
): Promise<Answered<ActionDocument> | null> {
  if (ref === null) return null;
  try {
    return await actions.get(ref.id, urgency);
  } catch (error) {
    if (isGenesysError(error, 'notFound')) return null;
    throw error;
  }
}

async function survey(
  actions: Actions,
  actionName: string | null,
  urgency: Urgency | undefined,
): Promise<readonly SeenVersion[]> {
  const seen: SeenVersion[] = [];
  const documents =
    actionName === null ? everyAction(actions, urgency) : actions.listByName(`${actionName} v`, urgency);
  for await (const document of documents) {
    const version = seenVersion(document);
    if (version !== null && (actionName === null || version.actionName === actionName)) seen.push(version);
  }
  return seen;
}

/**
 * Reads what is there, plans from that, writes the differences one after the other. A call that dies in between leaves
 * every bucket served, and the next call goes on from there. A conflict is not tried again in here: a worker that slept
 * through its own succession wakes up in just this place, and only Temporal knows that another has taken over.
 */
async function rewrite(
  actions: Actions,
  deployment: Deployment,
  plan: (arms: ServedArms) => readonly SplitWrite[],
  urgency: Urgency | undefined,
): Promise<void> {
  try {
    await rewriteOnce(actions, deployment, plan, urgency);
  } catch (error) {
    if (!isGenesysError(error, 'conflict')) throw error;
    throw new TargetError(
      'WriteConflict',
      `${deployment.actionName} was written by another hand between our read and our write. It is read and ` +
        `planned anew. ${error.message}`,
    );
  }
}

async function rewriteOnce(
  actions: Actions,
  deployment: Deployment,
  plan: (arms: ServedArms) => readonly SplitWrite[],
  urgency: Urgency | undefined,
): Promise<void> {
  const read = await readArms(actions, deployment, urgency);
  const writes = plan(armsOf(read, deployment));
  const found = writes.map((write) => ({ write, answer: checked(read, deployment, write) }));
  const alone = noCardArm(deployment) !== null;
  for (const { write, answer } of found) {
    const value = servingAs(answer.value, write.to, alone && !isWholeOrOff(write.to));
    await actions.update({ ...answer, value }, urgency);
  }
}

/**
 * Only what was checked may serve; what another hand wrote may be taken out of service, and is left as it was found.
 */
function checked(read: ReadArms, deployment: Deployment, { arm, to }: SplitWrite): Answered<ActionDocument> {
  const answer = existing(read, deployment, arm);
  const version = deployment[arm];
  if (!to.enabled || to.splitPercent === 0) return answer;
  if (!isNamed(answer, deployment)) throw missing(deployment, arm);
  const drift = version && contentDrift(arm, version, seenOf(answer.value));
  if (drift === null) return answer;
  throw new TargetError(
    'ContentChanged',
    `${deployment.actionName} ${drift.message} Another hand changed it, so it is not made to serve. Put its ` +
      'content back, or publish the change under a new version.',
    drift,
  );
}

function seenOf(document: ActionDocument): Pick<SeenVersion, 'fingerprint' | 'changedAt' | 'changedBy'> {
  return { fingerprint: fingerprintOf(document), ...lastChangeOf(document) };
}

function existing(read: ReadArms, deployment: Deployment, arm: Arm): Answered<ActionDocument> {
  const answer = read[arm];
  if (answer !== null) return answer;
  throw missing(deployment, arm);
}

function missing(deployment: Deployment, arm: Arm): TargetError {
  const gone = deployment[arm];
  const name = `${deployment.actionName} ${armLabel(gone)}`;
  return new TargetError(
    'VersionMissing',
    `${name} (${gone?.id}), the ${arm}, is no longer in the organisation under its name, so its traffic cannot be set. ` +
      (arm === 'baseline'
        ? `Publish "${name}" again with the very content that it had, whatever its id: then it is found. Where it was ` +
          'renamed, give it its name back.'
        : 'Abort this rollout, then start it again.'),
  );
}

function armsOf(read: ReadArms, { candidate, baseline }: Deployment): ServedArms {
  return {
    candidate: candidate && armOf(read.candidate, 'candidate'),
    baseline: baseline && armOf(read.baseline, 'control'),
  };
}

function armOf(read: Answered<ActionDocument> | null, group: ServedVersion['group']): ServedVersion {
  return read === null ? { enabled: false, group, splitPercent: 0 } : servedAs(read.value);
}

function readState(read: ReadArms, deployment: Deployment): TargetState {
  const candidate = isNamed(read.candidate, deployment) ? read.candidate : null;
  const prints = { candidate: printOf(candidate), baseline: printOf(read.baseline) };
  const correlationId = read.candidate?.correlationId ?? read.baseline?.correlationId ?? null;
  return { ...stateOf(armsOf(read, deployment), prints), correlationId };
}

function printOf(read: Answered<ActionDocument> | null): Fingerprint | null {
  return read === null ? null : fingerprintOf(read.value);
}
