/** What a run waits for, as the server knows it. */
import type { WorkflowHandle } from '@temporalio/client';
import { PATIENCE_MS } from './patience.ts';

export interface Pending {
  /** Names of the activities that have not ended. */
  readonly activities: readonly string[];
  /** Something has come that the workflow has not dealt with. */
  readonly hasTask: boolean;
}

export async function pendingWhen(
  handle: Pick<WorkflowHandle, 'describe'>,
  holds: (pending: Pending) => boolean,
): Promise<void> {
  let last: Pending | undefined;
  for (const deadline = Date.now() + PATIENCE_MS; Date.now() < deadline;) {
    const { raw } = await handle.describe();
    last = {
      activities: (raw.pendingActivities ?? []).map(({ activityType }) => activityType?.name ?? ''),
      hasTask: raw.pendingWorkflowTask != null,
    };
    if (holds(last)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`The run did not come to that: ${JSON.stringify(last)}`);
}

/** Nothing else is on its way than these activities, whose ends the test has in its hands. */
export function waitsFor(handle: Pick<WorkflowHandle, 'describe'>, ...activities: readonly string[]): Promise<void> {
  const expected = activities.toSorted().join();
  return pendingWhen(handle, (now) => !now.hasTask && now.activities.toSorted().join() === expected);
}
