/** Since when a run's workflow task fails. The count of attempts does not tell: it begins anew with each signal. */
import type { Client, WorkflowExecutionDescription } from '@temporalio/client';
import { tsToMs } from '@temporalio/common/lib/time';

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

type HistoryEvent = NonNullable<NonNullable<Awaited<ReturnType<Client['workflowService']['getWorkflowExecutionHistoryReverse']>>['history']>['events']>[number];

/** Null while no task has failed since the last one that was done. */
export async function frozenSince(client: Client, { workflowId, runId }: WorkflowExecutionDescription): Promise<Frozen | null> {
  const { history } = await client.workflowService.getWorkflowExecutionHistoryReverse({
    namespace: client.options.namespace, execution: { workflowId, runId }, maximumPageSize: EVENTS,
  });
  return frozenIn(history?.events ?? []);
}

/** `events`: the newest first. */
export function frozenIn(events: readonly HistoryEvent[]): Frozen | null {
  const done = events.findIndex(({ eventType }) => eventType === EVENT.taskCompleted);
  const failed = (done === -1 ? events : events.slice(0, done)).filter(isFailure);
  const [first, last] = [failed.at(-1), failed[0]];
  if (first === undefined || last === undefined) return null;
  return { sinceMs: first.eventTime ? tsToMs(first.eventTime) : 0, failure: last.workflowTaskFailedEventAttributes?.failure?.message || 'its worker does not finish it' };
}

function isFailure({ eventType, workflowTaskFailedEventAttributes: failed, workflowTaskTimedOutEventAttributes: timedOut }: HistoryEvent): boolean {
  if (eventType === EVENT.taskFailed) return !HEALTHY.has(failed?.cause ?? 0);
  return eventType === EVENT.taskTimedOut && timedOut?.timeoutType === START_TO_CLOSE;
}
