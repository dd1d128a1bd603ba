/**
 * Since when a run's workflow task fails, and whether it may go on from an earlier one. The count of attempts does not
 * tell: it begins anew with each signal.
 */
import type { Client, WorkflowExecutionDescription } from '@temporalio/client';
import type { SeenFrozen } from '../domain/guardian/seen.ts';
import type { SeenFailure } from '../codec/read.ts';
import { failureText } from '../codec/read.ts';
import type { Timestamp } from '../builds/timestamp.ts';
import { timestampMs } from '../builds/timestamp.ts';

/** Of temporal/api/enums/v1/event_type.proto and workflow.proto. */
const EVENT = { taskCompleted: 7, taskTimedOut: 8, taskFailed: 9, childBegun: 29 } as const;
const START_TO_CLOSE = 1;

/** Enough to reach back over the signals that a person sends in the meantime. */
const EVENTS = 100;

/** A reset and a decision overtaken by an event are part of a healthy life; so is a worker that left its own queue. */
const HEALTHY: ReadonlySet<number> = new Set([
  1, // UNHANDLED_COMMAND
  13, // RESET_STICKY_TASK_QUEUE
  17, // FORCE_CLOSE_COMMAND
  18, // FAILOVER_CLOSE_COMMAND
  20, // RESET_WORKFLOW
]);
const CAUSE = { reset: 20, nonDeterminism: 24 } as const;

/** The little that is read of an event; its enums are numbers. */
interface HistoryEvent {
  readonly eventId?: { toString(): string } | null;
  readonly eventType?: number | null;
  readonly eventTime?: Timestamp | null;
  readonly workflowTaskFailedEventAttributes?: {
    readonly cause?: number | null;
    readonly failure?: SeenFailure | null;
  } | null;
  readonly workflowTaskTimedOutEventAttributes?: { readonly timeoutType?: number | null } | null;
}

/** Null while no task has failed since the last one that was done. */
export async function frozenSince(
  client: Client,
  { workflowId, runId, raw }: WorkflowExecutionDescription,
): Promise<SeenFrozen | null> {
  const latest = await latestEvents(client, { workflowId, runId });
  const events = await Promise.all(latest.map((event) => readable(client, event)));
  return frozenIn(events, raw.pendingWorkflowTask?.attempt ?? 1);
}

/** The newest first. */
async function latestEvents(client: Client, execution: { readonly workflowId: string; readonly runId: string }) {
  const { history } = await client.workflowService.getWorkflowExecutionHistoryReverse({
    namespace: client.options.namespace,
    execution,
    maximumPageSize: EVENTS,
  });
  return history?.events ?? [];
}

/** The run ends, and another goes on from the task before that event; what reached it since comes to that one, too. */
export async function resetTo(
  client: Client,
  { workflowId, runId, to, reason }: { workflowId: string; runId: string; to: string; reason: string },
): Promise<void> {
  const found = (await latestEvents(client, { workflowId, runId })).find(({ eventId }) => eventId?.toString() === to);
  if (!found?.eventId) return;
  await client.workflowService.resetWorkflowExecution({
    namespace: client.options.namespace,
    workflowExecution: { workflowId, runId },
    reason,
    workflowTaskFinishEventId: found.eventId,
    requestId: `guardian/${runId}/${to}`,
    identity: 'guardian',
  });
}

/** What failed may say it in cipher. */
async function readable(client: Client, event: HistoryEvent): Promise<HistoryEvent> {
  const { eventId = null, eventType = null, eventTime = null, workflowTaskFailedEventAttributes: failed } = event;
  if (!failed?.failure) return event;
  const failure = { message: await failureText(client, failed.failure) };
  return { eventId, eventType, eventTime, workflowTaskFailedEventAttributes: { cause: failed.cause ?? null, failure } };
}

/**
 * `events`: the newest first; `attempt`: of the task that is pending. A worker that died with a task in its hands makes
 * it time out once; only when the next one does not finish it either, it is the workflow.
 */
export function frozenIn(events: readonly HistoryEvent[], attempt: number): SeenFrozen | null {
  const done = events.findIndex(({ eventType }) => eventType === EVENT.taskCompleted);
  const since = done === -1 ? events : events.slice(0, done);
  const failed = since.filter((event) => isFailure(event) || (attempt >= 3 && isTimeout(event)));
  const [first, last] = [failed.at(-1), failed[0]];
  if (first === undefined || last === undefined) return null;
  const resetTo = events[done]?.eventId?.toString();
  // What began a rollout would begin it once more, and be refused as somebody else's.
  const mayNotAnew = since.some((event) => causeOf(event) === CAUSE.reset || event.eventType === EVENT.childBegun);
  const isForGood = causeOf(last) === CAUSE.nonDeterminism;
  return {
    sinceMs: first.eventTime ? timestampMs(first.eventTime) : 0,
    failure: last.workflowTaskFailedEventAttributes?.failure?.message || 'its worker does not finish it',
    ...(isForGood && { isForGood }),
    ...(isForGood && !mayNotAnew && resetTo !== undefined && { resetTo }),
  };
}

function causeOf({ workflowTaskFailedEventAttributes: failed }: HistoryEvent): number {
  return failed?.cause ?? 0;
}

function isFailure(event: HistoryEvent): boolean {
  return event.eventType === EVENT.taskFailed && !HEALTHY.has(causeOf(event));
}

function isTimeout({ eventType, workflowTaskTimedOutEventAttributes: timedOut }: HistoryEvent): boolean {
  return eventType === EVENT.taskTimedOut && timedOut?.timeoutType === START_TO_CLOSE;
}
