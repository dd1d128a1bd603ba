/** A run that was reset, by the guardian or by a person, goes on as another one: whoever follows it follows that. */
import type { Client, WorkflowExecutionDescription } from '@temporalio/client';
import { isLostPhase } from '../domain/rollout/status.ts';
import { stateNamed } from '../domain/guardian/seen.ts';

/** Nobody resets one so often while somebody looks. */
const MOST_RESETS = 20;

/** The run named, or what it went on as after it was reset; without one the newest. */
export async function describeRun(
  { workflow }: Client,
  workflowId: string,
  runId?: string,
): Promise<WorkflowExecutionDescription> {
  let described = await workflow.getHandle(workflowId, runId).describe();
  for (let resets = 0; resets < MOST_RESETS; resets += 1) {
    const next = described.raw.workflowExtendedInfo?.resetRunId;
    // One that ended by itself stays what was asked for, whatever began from it later.
    if (!next || !isLostPhase(stateNamed(described.status.name))) return described;
    described = await workflow.getHandle(workflowId, next).describe();
  }
  return described;
}
