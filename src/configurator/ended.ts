/** The status of an ended rollout from what Temporal keeps of it: no worker is needed to read it. */
import type { WorkflowExecutionDescription } from '@temporalio/client';
import { aboutOf } from '../domain/plan/about.ts';
import type { RolloutResult, RolloutStatus } from '../workflows/messages.ts';

export function endedStatus(description: WorkflowExecutionDescription, result: RolloutResult): RolloutStatus {
  return {
    workflowId: description.workflowId,
    rolloutId: description.runId,
    action: description.workflowId.replace(/^rollout\//, ''),
    version: result.version,
    ...aboutOf(result),
    baselineVersion: result.baselineVersion,
    phase: result.outcome,
    outcome: result.outcome,
    paused: false,
    splitPercent: result.splitPercent,
    steps: result.steps,
    waitingFor: 'nothing: the rollout is over',
    canDo: [],
    report: result.report,
    ...(result.needed !== undefined && { needed: result.needed }),
    reason: result.reason,
    startedAt: description.startTime.toISOString(),
    endedAt: description.closeTime?.toISOString() ?? null,
    deployment: result.deployment,
    safety: result.safety,
  };
}
