/** Acts of a person on waves: each of their rollouts is told by itself. */
import { randomUUID } from 'node:crypto';
import { isBrake } from '../domain/rollout/acts.ts';
import type { WavesActName, WavesStatus } from '../domain/waves/state.ts';
import { membersOf } from '../domain/waves/state.ts';
import { rolloutWorkflowId, wavesWorkflowId } from '../workflows/messages.ts';
import type { HumanAct } from '../workflows/messages.ts';
import { readAttributes } from '../workflows/search-attributes.ts';
import type { TemporalLink } from './connection.ts';
import { AssistError } from './errors.ts';
import { actOnMember } from './member-acts.ts';
import type { MemberAct } from './member-acts.ts';
import { followedOf } from './progress.ts';
import { isOpenRun, READ_TIMEOUT_MS, refTo } from './rollouts.ts';
import type { RolloutRef } from './rollouts.ts';
import { signed } from './sign-act.ts';
import { actError, ended, refuseUnfit, withMembers } from './waves-refusals.ts';
import { describeWaves, readWaves } from './waves.ts';

type ActedOnWaves = RolloutRef & { readonly waves: WavesStatus; readonly members: readonly MemberAct[] };

const ACT_TIMEOUT_MS = 30_000;

/**
 * Each rollout that runs is told by whoever acts, and says itself what it made of it; the waves are told before, so that
 * nothing more begins. An abort is the other way round: waves that are aborted call off what still runs in the name of the
 * engine, and whoever acts is to stand beside it with their proof. A brake reaches the rollouts also where the waves do not
 * answer.
 */
export async function actOnWaves(
  link: TemporalLink,
  name: WavesActName,
  waves: string,
  act: HumanAct,
): Promise<ActedOnWaves> {
  refuseUnfit(name, act.by, act.reason);
  if (name === 'abort') return abortWaves(link, waves, act);
  const { ref, status } = await tellWaves(link, name, waves, act).catch(async (error: unknown) => {
    if (!isBrake(name) || !isUnanswered(error)) throw error;
    throw withMembers(error, name, await tellOpen(link, name, waves, act));
  });
  return { ...ref, waves: status, members: await tellMembers(link, name, status, act) };
}

async function abortWaves(link: TemporalLink, waves: string, act: HumanAct): Promise<ActedOnWaves> {
  const before = await readWaves(link, waves).catch((error: unknown) => {
    if (!isUnanswered(error)) throw error;
    return null;
  });
  if (before?.running === false) throw ended('abort', waves);
  const members = await (before === null
    ? tellOpen(link, 'abort', waves, act)
    : tellMembers(link, 'abort', before.waves, act));
  try {
    const { ref, status } = await tellWaves(link, 'abort', waves, act);
    return { ...ref, waves: status, members };
  } catch (error) {
    // The last of them to go may have ended the waves.
    const after = await readWaves(link, waves).catch(() => null);
    if (after?.running !== false) throw withMembers(error, 'abort', members.map(asNotPassedOn));
    return { ...refTo(link, after.workflowId, after.runId), waves: after.waves, members };
  }
}

function isUnanswered(error: unknown): boolean {
  return error instanceof AssistError && error.code === 'no-worker';
}

/** Only the waves themselves. */
export async function tellWaves(
  link: TemporalLink,
  name: WavesActName,
  waves: string,
  act: HumanAct,
): Promise<{ readonly ref: RolloutRef; readonly status: WavesStatus }> {
  const workflowId = wavesWorkflowId(waves);
  const updateId = randomUUID();
  return link.call(ACT_TIMEOUT_MS, async (client) => {
    try {
      const handle = client.workflow.getHandle(workflowId);
      const { runId } = await handle.describe();
      const args: [HumanAct] = [signed(link.signer, { act: name, by: act.by, workflowId, runId }, act)];
      const status = await client.workflow
        .getHandle(workflowId, runId)
        .executeUpdate<WavesStatus, [HumanAct]>(name, { args, updateId });
      return { ref: refTo(link, workflowId, runId), status };
    } catch (error) {
      throw actError(error, name, waves);
    }
  });
}

function tellMembers(
  link: TemporalLink,
  name: WavesActName,
  status: WavesStatus,
  act: HumanAct,
): Promise<readonly MemberAct[]> {
  const running = membersOf(status).filter(({ state }) => state === 'running');
  return Promise.all(
    running.map(async ({ id, action, organisation }) =>
      organisation === null ? actOnMember(link, name, action, act) : { action: id, taken: true, why: PASSED_ON },
    ),
  );
}

/** The waves tell those of other organisations, which answer in the tree. */
const PASSED_ON = 'is passed on by the waves';
const NOT_PASSED_ON = 'is told by the waves alone, which did not take it';

function asNotPassedOn(member: MemberAct): MemberAct {
  return member.why === PASSED_ON ? { ...member, taken: false, why: NOT_PASSED_ON } : member;
}

/** What runs of waves that do not answer, as Temporal knows it. What is promoted, or is undone, is left as it is. */
async function tellOpen(
  link: TemporalLink,
  name: WavesActName,
  waves: string,
  act: HumanAct,
): Promise<readonly MemberAct[]> {
  const { children, elsewhere } = await link.call(READ_TIMEOUT_MS, async (client) => {
    const { raw, status } = await describeWaves(client, waves);
    if (!isOpenRun(status.name)) throw ended(name, waves);
    return {
      children: (raw.pendingChildren ?? []).map(({ workflowId }) => workflowId ?? ''),
      elsewhere: Object.keys(await followedOf(client, raw.pendingActivities ?? [])),
    };
  });
  const told = await Promise.all(
    children.map(async (workflowId) => {
      const action = workflowId.slice(rolloutWorkflowId('').length);
      const isLeft = await isPromotedOrUndo(link, workflowId).catch(() => false);
      return isLeft ? [] : [await actOnMember(link, name, action, act)];
    }),
  );
  return [...told.flat(), ...elsewhere.map((id) => ({ action: id, taken: false, why: NOT_PASSED_ON }))];
}

async function isPromotedOrUndo(link: TemporalLink, workflowId: string): Promise<boolean> {
  return link.call(READ_TIMEOUT_MS, async ({ workflow }) => {
    const { memo, typedSearchAttributes } = await workflow.getHandle(workflowId).describe();
    return memo?.['isUndo'] === true || readAttributes(typedSearchAttributes).phase === 'longWatch';
  });
}
