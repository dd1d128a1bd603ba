/**
 * Every history of a batch is replayed by the code that made it. What does not replay stands still as soon as its
 * worker dies or forgets it, and in most runs none does after that point.
 */
import type { Client, HistoryAndWorkflowId } from '@temporalio/client';
import type { History } from '@temporalio/common/lib/proto-utils.js';
import { Worker } from '@temporalio/worker';
import { workflowCode } from '../../src/worker/workflow-code.ts';
import { keepHistories } from './kept-histories.ts';

/** One line for each that does not, with where its history is kept. */
export async function unreplayable(histories: readonly HistoryAndWorkflowId[]): Promise<readonly string[]> {
  const workflowBundle = await workflowCode({ codecKeys: [] });
  const found: string[] = [];
  for await (const { workflowId, error } of Worker.runReplayHistories({ workflowBundle }, histories)) {
    if (!error) continue;
    const runs = histories.filter((one) => one.workflowId === workflowId).map(({ history }) => history as History);
    const folder = await keepHistories(runs);
    found.push(`${workflowId}: a history does not replay: ${error.message}; its runs are in ${folder}`);
  }
  return found;
}

/** Every run of each of the workflows. */
export async function historiesOf(client: Client, workflowIds: readonly string[]): Promise<HistoryAndWorkflowId[]> {
  const histories: HistoryAndWorkflowId[] = [];
  for (const workflowId of workflowIds)
    for await (const { runId } of client.workflow.list({ query: `WorkflowId = ${JSON.stringify(workflowId)}` }))
      histories.push({ workflowId, history: await client.workflow.getHandle(workflowId, runId).fetchHistory() });
  return histories;
}
