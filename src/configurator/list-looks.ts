/** Rows of a list looked at one by one: what a run published last is no news once it does nothing any more. */
import { WorkflowNotFoundError } from '@temporalio/client';
import type { Client } from '@temporalio/client';
import { isCaredFor } from '../domain/guardian/recovery.ts';
import { seenRun } from '../guardian/seen-run.ts';
import type { RolloutSummary } from './list-rows.ts';
import { lostOf, lostPhase, lostWaitsFor } from './lost.ts';

/** Calls to the server: of a thousand rollouts each would wait for all. */
export const AT_ONCE = 32;

/** As it is, whatever it published last; null: it cannot be looked at now. */
export async function lookAt(client: Client, row: RolloutSummary): Promise<RolloutSummary | null> {
  if (row.outcome !== null) return row;
  const { action } = row;
  const looked = await look(client, row);
  if (looked === null || looked === 'gone') return looked === null ? null : row;
  const { description, run } = looked;
  if (lostPhase(run) === null) return row;
  const lost = await lostOf(client, run, action ?? '', Date.now()).catch(() => null);
  return {
    ...row,
    phase: lostPhase(run),
    ...(isCaredFor(lost?.recovery ?? null) && { splitPercent: 0 }),
    ...(lost !== null &&
      action !== null && { why: `${lost.why} Waits for ${lostWaitsFor(description, lost, action)}` }),
  };
}

async function look(client: Client, { workflowId, runId }: RolloutSummary) {
  try {
    const description = await client.workflow.getHandle(workflowId, runId).describe();
    return { description, run: await seenRun(client, description) };
  } catch (error) {
    return error instanceof WorkflowNotFoundError ? 'gone' : null;
  }
}
