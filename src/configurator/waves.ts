/** Waves as callers see them: start and look. */
import {
  QueryNotRegisteredError,
  WorkflowExecutionAlreadyStartedError,
  WorkflowIdConflictPolicy,
  WorkflowIdReusePolicy,
  WorkflowNotFoundError,
} from '@temporalio/client';
import type { Client, WorkflowExecutionDescription } from '@temporalio/client';
import { isLostPhase } from '../domain/rollout/status.ts';
import type { WavesInput } from '../domain/waves/input.ts';
import { stateNamed } from '../domain/guardian/seen.ts';
import { wavesLines } from '../domain/waves/lines.ts';
import type { WavesPlan } from '../domain/waves/plan.ts';
import type { WavesStatus } from '../domain/waves/state.ts';
import { initialWaves, membersOf } from '../domain/waves/state.ts';
import { ROLLOUTS_QUEUE, WAVES_WORKFLOW, wavesStatusQuery, wavesWorkflowId } from '../workflows/messages.ts';
import { followedOf } from './progress.ts';
import type { FollowedMember } from './progress.ts';
import type { TemporalLink } from './connection.ts';
import { AssistError } from './errors.ts';
import { isQueryUnanswered } from './refusals.ts';
import { signed } from './sign-act.ts';
import { describeRun } from './went-on.ts';
import { isOpenRun, overIf, READ_TIMEOUT_MS, refTo, viewRollout } from './rollouts.ts';
import type { RolloutRef, RolloutView } from './rollouts.ts';
import { alreadyRunning, noAnswer, notFound, noWaves, refuseUnfit } from './waves-refusals.ts';
import { priorityOf } from '../domain/rollout/priority.ts';

export interface WavesView extends RolloutRef {
  readonly waves: WavesStatus;
  /** Of the members whose rollout goes on, by action. */
  readonly members: Readonly<Record<string, RolloutView>>;
  /** Why not, of those of them that cannot be read now, by action. */
  readonly unread: Readonly<Record<string, string>>;
  /** Of those in other organisations, by their id in the waves. */
  readonly elsewhere: Readonly<Record<string, FollowedMember>>;
  readonly running: boolean;
  /** How their run was ended from outside (`terminated`, `failed`, `timedOut`, `cancelled`); null: it was not. */
  readonly lost: string | null;
}

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

/** The tree, with what each open rollout is at; one that cannot be read hides none of the others. */
export async function viewWaves(link: TemporalLink, name: string, pinned?: string): Promise<WavesView> {
  const read = await readWaves(link, name, pinned);
  const open = membersOf(read.waves).filter((member) => member.open && member.organisation === null);
  const views = await Promise.all(
    open.map(({ action, runId }) =>
      viewRollout(link, action, runId ?? undefined).then(
        (view) => ({ action, view }),
        (error: unknown) => {
          if (!(error instanceof AssistError)) throw error;
          return { action, why: error.message };
        },
      ),
    ),
  );
  return {
    ...read,
    members: Object.fromEntries(views.flatMap((one) => ('view' in one ? [[one.action, one.view]] : []))),
    unread: Object.fromEntries(views.flatMap((one) => ('why' in one ? [[one.action, one.why]] : []))),
  };
}

/** What the waves say of themselves; no rollout of theirs is asked. */
export async function readWaves(
  link: TemporalLink,
  name: string,
  pinned?: string,
): Promise<Omit<WavesView, 'members' | 'unread'>> {
  const workflowId = wavesWorkflowId(name);
  return link.call(READ_TIMEOUT_MS, async (client) => {
    const { runId, status, raw } = await describeWaves(client, name, pinned);
    const handle = client.workflow.getHandle<() => Promise<WavesStatus>>(workflowId, runId);
    const ended = status.name === 'COMPLETED' ? await handle.result() : null;
    const waves =
      ended ??
      (await handle.query(wavesStatusQuery, ...overIf(status.name)).catch((error: unknown) => {
        if (error instanceof QueryNotRegisteredError)
          throw noWaves(name, `its run (${stateNamed(status.name)}) was refused before it was any`, error);
        throw isQueryUnanswered(error) ? noAnswer(name, error) : error;
      }));
    const state = stateNamed(status.name);
    return {
      ...refTo(link, workflowId, runId),
      waves,
      elsewhere: await followedOf(client, raw.pendingActivities ?? []),
      running: isOpenRun(status.name),
      lost: isLostPhase(state) ? state : null,
    };
  });
}

/** As Temporal knows them, without a worker; `pinned`: that run, or what it went on as. */
export async function describeWaves(
  client: Client,
  name: string,
  pinned?: string,
): Promise<WorkflowExecutionDescription> {
  const described = await describeRun(client, wavesWorkflowId(name), pinned).catch((error: unknown) => {
    throw error instanceof WorkflowNotFoundError ? notFound(name, error) : error;
  });
  if (described.type !== WAVES_WORKFLOW) throw noWaves(name, `its run is of type "${described.type}"`);
  return described;
}
