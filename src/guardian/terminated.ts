/** Who terminated a run, and why, as Temporal has it: the last event of its history. */
import type { Client, WorkflowExecutionDescription } from '@temporalio/client';
import type { SeenRun } from '../domain/guardian/seen.ts';
import { excerpt, oneLine } from '../domain/text/printable.ts';

const MOST = 200;

/** Nothing where it cannot be read: that keeps no baseline from coming back. */
export async function terminatedBy(
  client: Client,
  { workflowId, runId }: Pick<WorkflowExecutionDescription, 'workflowId' | 'runId'>,
): Promise<Pick<SeenRun, 'terminated'>> {
  const answer = await client.workflowService
    .getWorkflowExecutionHistoryReverse({
      namespace: client.options.namespace,
      execution: { workflowId, runId },
      maximumPageSize: 1,
    })
    .catch(() => null);
  const last = answer?.history?.events?.[0]?.workflowExecutionTerminatedEventAttributes;
  return last ? { terminated: { by: quotable(last.identity), reason: quotable(last.reason) } } : {};
}

/** Anybody wrote it: it stays within its quotes, and short. */
export function quotable(text: string | null | undefined): string {
  return excerpt(oneLine(text ?? '').replaceAll('"', "'"), MOST);
}
