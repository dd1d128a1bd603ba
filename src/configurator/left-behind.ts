/** A start that is rejected puts nothing before agents: what a lost run before it left there is there still. */
import type { Client, WorkflowExecutionDescription, WorkflowExecutionInfo } from '@temporalio/client';
import { isBeforeSteps } from '../domain/rollout/acts.ts';
import type { Phase, RolloutResult } from '../workflows/messages.ts';
import { ROLLOUT_WORKFLOW } from '../workflows/messages.ts';
import { readAttributes } from '../workflows/search-attributes.ts';
import { secondText } from '../domain/text/instant.ts';

/** So many starts after another that came to nothing. */
const MAX_LOOKED_AT = 200;

type Run = Pick<WorkflowExecutionInfo, 'runId' | 'type' | 'status' | 'typedSearchAttributes'>;

/**
 * The last run under this id that agents may have seen something of; null: none of those that are kept. The newest is
 * asked for itself: lists are a moment late.
 */
export async function lastShown(client: Client, newest: WorkflowExecutionDescription): Promise<Run | null> {
  if (!isShownNothing(newest)) return newest;
  const query = `WorkflowId = '${newest.workflowId.replaceAll("'", "''")}'`;
  let looked = 0;
  for await (const run of client.workflow.list({ query })) {
    looked += 1;
    if (looked > MAX_LOOKED_AT) return null;
    if (run.runId !== newest.runId && !isShownNothing(run)) return run;
  }
  return null;
}

/** What went on as another run speaks through that one. */
function isShownNothing({ type, status, typedSearchAttributes }: Run): boolean {
  if (type !== ROLLOUT_WORKFLOW || status.name === 'CONTINUED_AS_NEW') return true;
  const { phase, outcome } = readAttributes(typedSearchAttributes);
  return outcome === 'rejected' || (phase !== null && isBeforeSteps(phase as Phase));
}

export function isRejected({ typedSearchAttributes }: Run): boolean {
  return readAttributes(typedSearchAttributes).outcome === 'rejected';
}

/** Whoever asks after the lost run that stays in sight is told of the start that came to nothing. */
export async function rejectedSince(client: Client, newest: WorkflowExecutionDescription): Promise<string> {
  const { workflowId, runId, startTime } = newest;
  const { version, reason } = (await client.workflow.getHandle(workflowId, runId).result()) as RolloutResult;
  return `v${version} was started at ${secondText(startTime.toISOString())} UTC, and rejected: ${reason}`;
}
