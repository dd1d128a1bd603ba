/** Waves as callers see them: start, look, act. */
import { randomUUID } from 'node:crypto';
import {
  QueryNotRegisteredError,
  WorkflowExecutionAlreadyStartedError,
  WorkflowFailedError,
  WorkflowIdConflictPolicy,
  WorkflowIdReusePolicy,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
} from '@temporalio/client';
import { actorProblem, reasonProblem } from '../domain/rollout/actor.ts';
import { isLostPhase } from '../domain/rollout/status.ts';
import type { WavesInput } from '../domain/waves/input.ts';
import { stateNamed } from '../domain/guardian/seen.ts';
import { wavesLines } from '../domain/waves/lines.ts';
import type { WavesPlan } from '../domain/waves/plan.ts';
import type { WavesActName, WavesStatus } from '../domain/waves/state.ts';
import { initialWaves, membersOf } from '../domain/waves/state.ts';
import { ROLLOUTS_QUEUE, WAVES_WORKFLOW, wavesStatusQuery, wavesWorkflowId } from '../workflows/messages.ts';
import type { HumanAct } from '../workflows/messages.ts';
import { actOnRollout } from './acts.ts';
import { followedOf } from './progress.ts';
import type { FollowedMember } from './progress.ts';
import type { TemporalLink } from './connection.ts';
import { AssistError } from './errors.ts';
import { isAnswerLost, isQueryUnanswered } from './refusals.ts';
import { signed } from './sign-act.ts';
import { overIf, refTo, viewRollout } from './rollouts.ts';
import type { RolloutRef, RolloutView } from './rollouts.ts';
import { priorityOf } from '../domain/rollout/priority.ts';

export interface WavesView extends RolloutRef {
  readonly waves: WavesStatus;
  /** Of the members whose rollout goes on, by action. */
  readonly members: Readonly<Record<string, RolloutView>>;
  /** Of those in other organisations, by their id in the waves. */
  readonly elsewhere: Readonly<Record<string, FollowedMember>>;
  readonly running: boolean;
  /** How their run was ended from outside (`terminated`, `failed`, `timedOut`, `cancelled`); null: it was not. */
  readonly lost: string | null;
}

/** What became of an act on one member. */
export interface MemberAct {
  readonly action: string;
  readonly taken: boolean;
  /** Why not; empty where it was taken. */
  readonly why: string;
}

const READ_TIMEOUT_MS = 8_000;
const ACT_TIMEOUT_MS = 30_000;

export async function startWaves(
  link: TemporalLink,
  waves: WavesPlan,
  { by, reason }: { readonly by: string; readonly reason?: string },
): Promise<RolloutRef> {
  refuseUnfit('start', by, reason);
  const workflowId = wavesWorkflowId(waves.name);
  const input: WavesInput = signed(
    link.signer,
    { act: 'start', by, workflowId },
    { waves, startedBy: by, ...(reason !== undefined && { reason }) },
  );
  return link.call(ACT_TIMEOUT_MS, async (client) => {
    try {
      const handle = await client.workflow.start(WAVES_WORKFLOW, {
        workflowId,
        taskQueue: ROLLOUTS_QUEUE,
        args: [input],
        priority: priorityOf('ordinary', workflowId),
        workflowIdConflictPolicy: WorkflowIdConflictPolicy.FAIL,
        workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
        staticSummary: `waves ${waves.name}`,
        staticDetails: ['```', ...wavesLines(initialWaves(waves)), '```'].join('\n'),
      });
      return refTo(link, workflowId, handle.firstExecutionRunId);
    } catch (error) {
      throw error instanceof WorkflowExecutionAlreadyStartedError ? alreadyRunning(waves.name, error) : error;
    }
  });
}

/** The tree, with what each open rollout is at. */
export async function viewWaves(link: TemporalLink, name: string): Promise<WavesView> {
  const workflowId = wavesWorkflowId(name);
  const { ref, waves, elsewhere, running, lost } = await link.call(READ_TIMEOUT_MS, async (client) => {
    const handle = client.workflow.getHandle<() => Promise<WavesStatus>>(workflowId);
    const { runId, status, raw, type } = await handle.describe().catch((error: unknown) => {
      throw error instanceof WorkflowNotFoundError ? notFound(name, error) : error;
    });
    if (type !== WAVES_WORKFLOW) throw noWaves(name, `its run is of type "${type}"`);
    const ended = status.name === 'COMPLETED' ? await handle.result() : null;
    const seen =
      ended ??
      (await handle.query(wavesStatusQuery, ...overIf(status.name)).catch((error: unknown) => {
        if (error instanceof QueryNotRegisteredError)
          throw noWaves(name, `its run (${stateNamed(status.name)}) was refused before it was any`, error);
        return unanswered(error, name);
      }));
    const elsewhere = await followedOf(client, raw.pendingActivities ?? []);
    const state = stateNamed(status.name);
    return {
      ref: refTo(link, workflowId, runId),
      waves: seen,
      elsewhere,
      running: status.name === 'RUNNING',
      lost: isLostPhase(state) ? state : null,
    };
  });
  const open = membersOf(waves).filter((member) => member.open && member.organisation === null);
  const views = await Promise.all(
    open.map(async ({ action, runId }) => [action, await viewRollout(link, action, runId ?? undefined)] as const),
  );
  return { ...ref, waves, members: Object.fromEntries(views), elsewhere, running, lost };
}

/**
 * Each rollout that runs is told by whoever acts, and says itself what it made of it; the waves are told before, so that
 * nothing more begins. An abort is the other way round: waves that are aborted call off what still runs in the name of the
 * engine, and whoever acts is to stand beside it with their proof.
 */
export async function actOnWaves(
  link: TemporalLink,
  name: WavesActName,
  waves: string,
  act: HumanAct,
): Promise<RolloutRef & { readonly waves: WavesStatus; readonly members: readonly MemberAct[] }> {
  refuseUnfit(name, act.by, act.reason);
  if (name !== 'abort') {
    const { ref, status } = await tellWaves(link, name, waves, act);
    return { ...ref, waves: status, members: await tellMembers(link, name, status, act) };
  }
  const before = await viewWaves(link, waves);
  if (!before.running) throw ended(name, waves);
  const members = await tellMembers(link, name, before.waves, act);
  const { ref, status } = await tellWaves(link, name, waves, act).catch(async (error: unknown) => {
    // The last of them to go may have ended the waves.
    const after = await viewWaves(link, waves);
    if (after.running) throw error;
    return { ref: refTo(link, after.workflowId, after.runId), status: after.waves };
  });
  return { ...ref, waves: status, members };
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

/** One that refuses keeps the others from nothing. */
export async function actOnMember(
  link: TemporalLink,
  name: WavesActName,
  action: string,
  act: HumanAct,
): Promise<MemberAct> {
  try {
    // Nobody was shown what else each of them is paused for.
    const given = name === 'resume' ? { ...act, pause: 'person' as const } : act;
    const { delivered } = await actOnRollout(link, name, action, given);
    return { action, taken: true, why: delivered === 'stored' ? 'stored until a worker runs' : '' };
  } catch (error) {
    if (!(error instanceof AssistError)) throw error;
    return { action, taken: false, why: error.message };
  }
}

function refuseUnfit(act: string, by: string, reason: string | undefined): void {
  const unfit = actorProblem(by) ?? (reason === undefined || reason === '' ? null : reasonProblem(reason));
  if (unfit !== null)
    throw new AssistError(
      'usage',
      `Cannot ${act}: ${unfit}`,
      'Nothing was done; say who acts, and why, and try again.',
    );
}

function alreadyRunning(name: string, cause: unknown): AssistError {
  return new AssistError(
    'rollout-already-running',
    `Refused: the waves ${name} are already running.`,
    `Follow them with \`assist-rollouts waves status "${name}"\`, or end them with \`waves abort\`.`,
    { cause },
  );
}

function notFound(name: string, cause: unknown): AssistError {
  return new AssistError(
    'rollout-not-found',
    `There are no waves called "${name}".`,
    'The name is the one in their file; names are case-sensitive.',
    { cause },
  );
}

/** Somebody else than `waves start` began it. */
function noWaves(name: string, seen: string, cause?: unknown): AssistError {
  return new AssistError(
    'rollout-not-found',
    `${wavesWorkflowId(name)} is no waves: ${seen}; expected what \`waves start\` begins.`,
    'Why stands at its run in the Temporal Web UI. Start them with `assist-rollouts waves start <file>`.',
    { cause },
  );
}

function unanswered(error: unknown, name: string): never {
  if (!isQueryUnanswered(error)) throw error;
  throw noAnswer(name, error);
}

function noAnswer(name: string, cause: unknown, what = ''): AssistError {
  return new AssistError(
    'no-worker',
    `The waves ${name} exist, but no worker answered in time: it is missing, or slow.${what}`,
    'Try again in a moment. If none runs, start one (`assist-rollouts worker`); they go on where they were.',
    { cause },
  );
}

function actError(error: unknown, act: string, name: string): unknown {
  if (error instanceof WorkflowUpdateFailedError)
    return new AssistError(
      'update-rejected',
      `Refused for the waves ${name}: ${error.cause?.message ?? error.message}`,
      `\`assist-rollouts waves status "${name}"\` shows where they stand.`,
      { cause: error },
    );
  if (isAnswerLost(error))
    return noAnswer(name, error, ` Your ${act} may have been taken, or not: \`waves status\` shows it.`);
  if (!(error instanceof WorkflowNotFoundError) && !(error instanceof WorkflowFailedError)) return error;
  return ended(act, name, error);
}

function ended(act: string, name: string, cause?: unknown): AssistError {
  return new AssistError(
    'rollout-ended',
    `Refused: cannot ${act}, there are no waves called "${name}" that run.`,
    `\`assist-rollouts waves status "${name}"\` shows what became of them.`,
    { cause },
  );
}
