/**
 * Who holds the id under which an action's baseline is brought back. Anybody may begin anything under it; whatever does
 * not bring it back is ended, so that a true recovery can begin. That loses nothing: each looks at what stands, anew.
 */
import { WorkflowNotFoundError } from '@temporalio/client';
import type { Client, WorkflowExecutionDescription } from '@temporalio/client';
import { buildText } from '../builds/build.ts';
import { pinnedTo } from '../builds/running.ts';
import { timestampMs } from '../builds/timestamp.ts';
import type { RunState } from '../domain/guardian/seen.ts';
import { stateNamed } from '../domain/guardian/seen.ts';
import { secondText } from '../domain/text/instant.ts';
import { RECOVER_WORKFLOW, recoverWorkflowId, ROLLOUTS_QUEUE, SAFETY_QUEUE } from '../workflows/messages.ts';
import { endRun } from './end-run.ts';
import { seenRun } from './seen-run.ts';
import { quotable } from './terminated.ts';

/** What holds the id and brings nothing back. */
export interface StillHolder {
  readonly runId: string;
  /** As it goes into a sentence: `it is paused`. */
  readonly why: string;
}

const OPEN: readonly RunState[] = ['running', 'paused'];

/** Null: nobody holds it, or a recovery that goes on. */
export async function stillHolder(client: Client, action: string): Promise<StillHolder | null> {
  try {
    const description = await client.workflow.getHandle(recoverWorkflowId(action)).describe();
    if (!OPEN.includes(stateNamed(description.status.name))) return null;
    const why = stillBecause(description) ?? (await stoppedBecause(client, description));
    return why === null ? null : { runId: description.runId, why };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null;
    throw error;
  }
}

export function freedSentence(action: string, { runId, why }: StillHolder): string {
  return (
    `What held the id ${recoverWorkflowId(action)} (run ${runId}) brings no baseline back: ${why}. It is ended, so ` +
    'that a recovery can begin.'
  );
}

/** That very run, and no recovery that began in the meantime. */
export async function endHolder(client: Client, action: string, holder: StillHolder, by: string): Promise<void> {
  const workflowId = recoverWorkflowId(action);
  await endRun(client, { workflowId, runId: holder.runId, reason: freedSentence(action, holder), by });
}

type Described = Pick<WorkflowExecutionDescription, 'type' | 'taskQueue' | 'startTime' | 'executionTime' | 'raw'>;

/** By what it is. Null: it is a recovery that the workers take. */
export function stillBecause(description: Described): string | null {
  const { type, taskQueue, raw } = description;
  if (type !== RECOVER_WORKFLOW) return `it is a workflow of type "${quotable(type)}"`;
  if (taskQueue !== ROLLOUTS_QUEUE) return `it waits on task queue "${quotable(taskQueue)}"`;
  const build = pinnedTo(description);
  if (build !== null) return `it goes on by build ${quotable(buildText(build))} alone`;
  return asleepBecause(description) ?? activityBecause(raw.pendingActivities ?? []);
}

/** Begun with a delay, or again and again by a schedule of its own. */
function asleepBecause({ startTime, executionTime, raw }: Described): string | null {
  const isIdle = !raw.pendingWorkflowTask && (raw.pendingActivities ?? []).length === 0;
  if (!isIdle || executionTime === undefined || executionTime <= startTime) return null;
  return `nothing of it is due before ${secondText(executionTime.toISOString())} UTC`;
}

type Pending = NonNullable<Described['raw']['pendingActivities']>[number];

function activityBecause(pending: readonly Pending[]): string | null {
  for (const one of pending) {
    const its = `its activity ${quotable(one.activityType?.name)}`;
    if (one.paused === true) return `${its} is paused`;
    const queue = one.activityOptions?.taskQueue?.name ?? SAFETY_QUEUE;
    if (queue !== SAFETY_QUEUE) return `${its} waits on task queue "${quotable(queue)}"`;
    if (isPutOff(one)) return `${its} is not tried again for a long time`;
  }
  return null;
}

/** More than what a recovery waits by itself, or an organisation that is asked too much demands. */
const PUT_OFF_MS = 600_000;

function isPutOff({ lastAttemptCompleteTime: ended, nextAttemptScheduleTime: next }: Pending): boolean {
  return Boolean(ended && next) && timestampMs(next ?? {}) - timestampMs(ended ?? {}) > PUT_OFF_MS;
}

async function stoppedBecause(client: Client, description: WorkflowExecutionDescription): Promise<string | null> {
  const { state, frozen } = await seenRun(client, description);
  if (state === 'paused') return 'it is paused';
  return frozen === null ? null : `its workflow task fails: ${quotable(frozen.failure)}`;
}
