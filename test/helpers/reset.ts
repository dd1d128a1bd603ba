/** A run that is taken back, as a person does in the Web UI. */
import type { Client, WorkflowHandle } from '@temporalio/client';
import { randomUUID } from 'node:crypto';
import { untilHolds } from './outside.ts';

type Event = NonNullable<Awaited<ReturnType<WorkflowHandle['fetchHistory']>>['events']>[number];

/** To the task before the signal. */
export async function resetBeforeSignal(client: Client, workflowId: string): Promise<void> {
  const handle = client.workflow.getHandle(workflowId);
  await handle.signal('anything');
  let lastDone: Event | undefined;
  await untilHolds('its task is done', async () => {
    const { events = [] } = await handle.fetchHistory();
    const at = events?.findIndex((event) => event.workflowExecutionSignaledEventAttributes) ?? -1;
    const isDone = (event: Event): boolean => Boolean(event.workflowTaskCompletedEventAttributes);
    lastDone = events?.slice(0, at).findLast(isDone);
    return events?.slice(at).some(isDone) === true;
  });
  await client.workflowService.resetWorkflowExecution({
    namespace: client.options.namespace,
    workflowExecution: { workflowId },
    reason: 'test',
    workflowTaskFinishEventId: lastDone?.eventId ?? null,
    requestId: randomUUID(),
  });
}
