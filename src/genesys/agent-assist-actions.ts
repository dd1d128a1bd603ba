/** The target `agentAssistActions`: versions are action documents, and the split stands in the metadata of both arms. */
import type { Arm } from '../domain/judge/types.ts';
import type { ServedVersion } from '../domain/split/bucket.ts';
import { isCovered, servedPercent } from '../domain/split/coverage.ts';
import { retireBaselineWrites, splitWrites } from '../domain/split/writes.ts';
import type { Arms, SplitWrite } from '../domain/split/writes.ts';
import { contentSha256Of, servedAs, servingAs } from './action-document.ts';
import type { Actions } from './actions.ts';
import { deployCandidate } from './deploy-candidate.ts';
import { isGenesysError } from './errors.ts';
import type { Answered } from './http.ts';
import type { Deployment, Target, TargetState, Urgency, VersionRef } from './target.ts';
import { TargetError } from './target-error.ts';
import type { ActionDocument } from './wire.ts';

export function createAgentAssistActionsTarget(actions: Actions): Target {
  return {
    deploy: (request) => deployCandidate(actions, request),
    setSplit: (deployment, percent, urgency) => rewrite(actions, deployment, (arms) => splitWrites(arms, percent), urgency),
    readBack: async (deployment, urgency) => stateOf(await readArms(actions, deployment, urgency)),
    retire: (deployment, which, urgency) => {
      const planned = which === 'baseline' ? retireBaselineWrites : (arms: Arms) => retireCandidateWrites(arms, deployment);
      return rewrite(actions, deployment, planned, urgency);
    },
  };
}

/** A document that somebody deleted serves nobody; its answer is null. */
type ReadArms = Readonly<Record<Arm, Answered<ActionDocument> | null>>;

async function readArms(actions: Actions, deployment: Deployment, urgency: Urgency | undefined): Promise<ReadArms> {
  const [candidate, baseline] = await Promise.all([
    readUnlessDeleted(actions, deployment.candidate, urgency),
    readUnlessDeleted(actions, deployment.baseline, urgency),
  ]);
  return { candidate, baseline };
}

async function readUnlessDeleted(actions: Actions, ref: VersionRef, urgency: Urgency | undefined): Promise<Answered<ActionDocument> | null> {
  try {
    return await actions.get(ref.id, urgency);
  } catch (error) {
    if (isGenesysError(error, 'notFound')) return null;
    throw error;
  }
}

/**
 * Reads what is there, plans from that, writes the differences one after the other. A call that dies in between leaves
 * every bucket served, and the next call goes on from there.
 */
async function rewrite(
  actions: Actions, deployment: Deployment, plan: (arms: Arms) => readonly SplitWrite[], urgency: Urgency | undefined,
): Promise<void> {
  const read = await readArms(actions, deployment, urgency);
  const writes = plan(armsOf(read));
  const documents = writes.map((write) => ({ write, document: existing(read, deployment, write.arm) }));
  for (const { write, document } of documents) await actions.update(servingAs(document, write.to), urgency);
}

function existing(read: ReadArms, deployment: Deployment, arm: Arm): ActionDocument {
  const document = read[arm]?.value;
  if (document !== undefined) return document;
  const { id, version } = deployment[arm];
  throw new TargetError('VersionMissing',
    `${deployment.actionName} v${version} (${id}), the ${arm}, is no longer in the organisation, so its traffic cannot be set. `
    + `${arm === 'baseline' ? 'Create it again and start a new rollout' : 'Abort this rollout, then start it again'}.`);
}

function armsOf(read: ReadArms): Arms {
  return { candidate: armOf(read.candidate, 'candidate'), baseline: armOf(read.baseline, 'control') };
}

function armOf(read: Answered<ActionDocument> | null, group: ServedVersion['group']): ServedVersion {
  return read === null ? { enabled: false, group, splitPercent: 0 } : servedAs(read.value);
}

/** The baseline must carry everything before the candidate goes. */
function retireCandidateWrites(arms: Arms, deployment: Deployment): readonly SplitWrite[] {
  const to: ServedVersion = { enabled: false, group: 'candidate', splitPercent: 0 };
  const { enabled, group, splitPercent } = arms.candidate;
  if (!enabled && group === to.group && splitPercent === 0) return [];
  if (isCovered([arms.baseline])) return [{ arm: 'candidate', to }];
  throw new TargetError('WouldUncover',
    `Without v${deployment.candidate.version} of ${deployment.actionName} some conversations would see no card: the baseline v${deployment.baseline.version} `
    + `is ${arms.baseline.enabled ? `at ${arms.baseline.splitPercent} %` : 'disabled'}. Set the split to 0 first, which restores it.`);
}

function stateOf(read: ReadArms): TargetState {
  const { candidate, baseline } = armsOf(read);
  return {
    candidate: {
      enabled: candidate.enabled,
      splitPercent: candidate.splitPercent,
      contentSha256: read.candidate === null ? null : contentSha256Of(read.candidate.value),
    },
    baseline: { enabled: baseline.enabled, splitPercent: baseline.splitPercent },
    effectiveSplitPercent: servedPercent(candidate, [candidate, baseline]),
    covered: isCovered([candidate, baseline]),
    correlationId: read.candidate?.correlationId ?? read.baseline?.correlationId ?? null,
  };
}
