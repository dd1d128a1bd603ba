/** What is known of a run that came to no end: what Temporal waits for, why its task fails, and its history as a file. */
import type { WorkflowHandle } from '@temporalio/client';
import { keepHistories } from './kept-histories.ts';
import { within } from './rollout.ts';

const ASK_MS = 10_000;

/** One line. */
export async function waitsOf(handle: WorkflowHandle): Promise<string> {
  const found = await within(ASK_MS, handle.describe()).catch(() => null);
  const { pendingActivities, pendingWorkflowTask: task } = found?.raw ?? {};
  const activities = (pendingActivities ?? []).map(
    ({ activityType, attempt, lastFailure, state }) =>
      `${activityType?.name}, attempt ${attempt}, state ${state}${lastFailure ? `, ${lastFailure.message}` : ''}`,
  );
  const waits = [
    activities.join('; ') || 'no activity',
    ...(task ? [`its workflow task is at attempt ${task.attempt}, state ${task.state}`] : []),
    await keptHistory(handle),
  ];
  return `${found?.status.name}: ${waits.join('; ')}`;
}

async function keptHistory(handle: WorkflowHandle): Promise<string> {
  try {
    const history = await within(ASK_MS, handle.fetchHistory());
    const folder = await keepHistories([history]);
    const failed = (history.events ?? []).findLast((event) => event.workflowTaskFailedEventAttributes);
    const why = failed?.workflowTaskFailedEventAttributes?.failure?.message;
    return `${why ? `its task fails: ${why}; ` : ''}its history is in ${folder}`;
  } catch (error) {
    return `its history could not be read: ${(error as Error).message}`;
  }
}
