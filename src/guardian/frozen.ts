/** Since when a run's workflow task fails. The count of attempts does not tell: it begins anew with each signal. */
import type { Client, WorkflowExecutionDescription } from '@temporalio/client';
import type { SeenFailure } from '../codec/read.ts';
import { failureText } from '../codec/read.ts';
import type { Timestamp } from '../builds/timestamp.ts';
import { timestampMs } from '../builds/timestamp.ts';

/** Of temporal/api/enums/v1/event_type.proto and workflow.proto. */
const EVENT = { taskCompleted: 7, taskTimedOut: 8, taskFailed: 9 } as const;
const START_TO_CLOSE = 1;

export interface Frozen {
  readonly sinceMs: number;
  readonly failure: string;
}

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

/** The little that is read of an event; its enums are numbers. */
interface HistoryEvent {
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
): Promise<Frozen | null> {
  const { history } = await client.workflowService.getWorkflowExecutionHistoryReverse({
    namespace: client.options.namespace,
    execution: { workflowId, runId },
    maximumPageSize: EVENTS,
  });
  const events = await Promise.all((history?.events ?? []).map((event) => readable(client, event)));
  return frozenIn(events, raw.pendingWorkflowTask?.attempt ?? 1);
}

/** What failed may say it in cipher. */
async function readable(client: Client, event: HistoryEvent): Promise<HistoryEvent> {
  const { eventType = null, eventTime = null, workflowTaskFailedEventAttributes: failed } = event;
  if (!failed?.failure) return event;
  const failure = { message: await failureText(client, failed.failure) };
  return { eventType, eventTime, workflowTaskFailedEventAttributes: { cause: failed.cause ?? null, failure } };
}

/**
 * `events`: the newest first; `attempt`: of the task that is pending. A worker that died with a task in its hands makes
 * it time out once; only when the next one does not finish it either, it is the workflow.
 */
export function frozenIn(events: readonly HistoryEvent[], attempt: number): Frozen | null {
  const done = events.findIndex(({ eventType }) => eventType === EVENT.taskCompleted);
  const failed = (done === -1 ? events : events.slice(0, done)).filter(
    (event) => isFailure(event) || (attempt >= 3 && isTimeout(event)),
  );
  const [first, last] = [failed.at(-1), failed[0]];
  if (first === undefined || last === undefined) return null;
  return {
    sinceMs: first.eventTime ? timestampMs(first.eventTime) : 0,
    failure: last.workflowTaskFailedEventAttributes?.failure?.message || 'its worker does not finish it',
  };
}

function isFailure({ eventType, workflowTaskFailedEventAttributes: failed }: HistoryEvent): boolean {
  return eventType === EVENT.taskFailed && !HEALTHY.has(failed?.cause ?? 0);
}

function isTimeout({ eventType, workflowTaskTimedOutEventAttributes: timedOut }: HistoryEvent): boolean {
  return eventType === EVENT.taskTimedOut && timedOut?.timeoutType === START_TO_CLOSE;
}
