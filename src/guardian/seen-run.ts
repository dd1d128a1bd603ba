/** A run of a rollout as the Temporal server tells it, without a worker. */
import type { Client, WorkflowExecutionDescription } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/client';
import { buildText } from '../builds/build.ts';
import { pinnedTo } from '../builds/running.ts';
import { failureText } from '../codec/read.ts';
import type { RunState, SeenRun, SeenWatch } from '../domain/guardian/seen.ts';
import { stateNamed } from '../domain/guardian/seen.ts';
import { ROLLOUTS_QUEUE } from '../workflows/messages.ts';
import { readAttributes } from '../workflows/search-attributes.ts';
import { frozenSince } from './frozen.ts';
import { terminatedBy } from './terminated.ts';
import { timestampMs } from '../builds/timestamp.ts';

/** Null: the server knows no such run. */
export async function seeRun(client: Client, workflowId: string, runId?: string): Promise<SeenRun | null> {
  try {
    return await seenRun(client, await client.workflow.getHandle(workflowId, runId).describe());
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null;
    throw error;
  }
}

export async function seenRun(client: Client, description: WorkflowExecutionDescription): Promise<SeenRun> {
  const { raw, memo } = description;
  const attributes = readAttributes(description.typedSearchAttributes);
  const state = runState(description);
  const build = pinnedTo(description);
  return {
    runId: description.runId,
    state,
    version: attributes.version ?? textOf(memo?.['version']),
    phase: attributes.phase,
    outcome: attributes.outcome,
    startedAtMs: description.startTime.getTime(),
    closedAtMs: description.closeTime?.getTime() ?? null,
    ...(state === 'terminated' && (await terminatedBy(client, description))),
    // Only a task that is pending can be one that fails.
    frozen: state === 'running' && raw.pendingWorkflowTask ? await frozenSince(client, description) : null,
    ...(build !== null && { build: buildText(build) }),
    ...(state === 'running' && description.taskQueue !== ROLLOUTS_QUEUE && { strayQueue: description.taskQueue }),
    ...pausedBackOf(raw.pendingActivities ?? []),
    watch: watchOf(await Promise.all((raw.pendingActivities ?? []).map((pending) => readable(client, pending)))),
  };
}

function runState({ status, raw }: WorkflowExecutionDescription): RunState {
  const state = stateNamed(status.name);
  return state === 'running' && raw.workflowExtendedInfo?.pauseInfo ? 'paused' : state;
}

type Pending = NonNullable<WorkflowExecutionDescription['raw']['pendingActivities']>[number];

/** Why the last attempt failed may be said in cipher. */
async function readable(client: Client, pending: Pending): Promise<Pending> {
  const { lastFailure } = pending;
  return lastFailure?.encodedAttributes
    ? { ...pending, lastFailure: { message: await failureText(client, lastFailure) } }
    : pending;
}

/** What brings the baseline back, and proves it. */
const WAY_BACK: readonly string[] = ['rollBack', 'confirmQuiet'];

function pausedBackOf(pending: readonly Pending[]): Pick<SeenRun, 'pausedBack'> {
  const back = pending.find(({ activityType, paused }) => paused && WAY_BACK.includes(activityType?.name ?? ''));
  if (back === undefined) return {};
  const since = back.pauseInfo?.pauseTime ?? back.scheduledTime;
  return { pausedBack: { activity: back.activityType?.name ?? '', sinceMs: since ? timestampMs(since) : 0 } };
}

/** What looks at the version during the rollout, and after its promotion. */
const WATCHES: readonly string[] = ['watch', 'longWatch'];

/** Of several (one that was cancelled may still have to say its last word) the one that was heard of last. */
export function watchOf(pending: readonly Pending[]): SeenWatch | null {
  const watches = pending.filter(({ activityType }) => WATCHES.includes(activityType?.name ?? '')).map(seenWatch);
  return watches.toSorted((a, b) => b.heardAtMs - a.heardAtMs)[0] ?? null;
}

function seenWatch(watch: Pending): SeenWatch {
  const scheduledAtMs = watch.scheduledTime ? timestampMs(watch.scheduledTime) : 0;
  return {
    kind: watch.activityType?.name === 'longWatch' ? 'longWatch' : 'watch',
    paused: watch.paused ?? false,
    pausedAtMs: watch.pauseInfo?.pauseTime ? timestampMs(watch.pauseInfo.pauseTime) : null,
    scheduledAtMs,
    heardAtMs: heardAt(watch, scheduledAtMs),
    attempt: watch.attempt ?? 1,
    failure: watch.lastFailure?.message ?? null,
  };
}

/** With the backoff of a watch, a minute or so. */
const FAILS_AGAIN_AND_AGAIN = 10;

/**
 * A retry is scheduled into the future, and starting is no sign of life while each attempt fails. 0: it never beat at
 * all.
 */
function heardAt(
  { lastHeartbeatTime: beat, lastStartedTime: started, lastFailure, attempt }: Pending,
  scheduledAtMs: number,
): number {
  const [beatMs, startedMs] = [beat, started].map((time) => (time ? timestampMs(time) : 0)) as [number, number];
  if (!lastFailure) return Math.max(beatMs, startedMs) || scheduledAtMs;
  return beatMs || ((attempt ?? 1) < FAILS_AGAIN_AND_AGAIN ? startedMs : 0);
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
