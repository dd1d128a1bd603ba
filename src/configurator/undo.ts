/** `undo`: back to a version that was proven, without a plan. The workflow finds it; here it is asked for. */
import { WorkflowIdConflictPolicy, WorkflowIdReusePolicy } from '@temporalio/client';
import type { UndoInput } from '../domain/registry/undo-input.ts';
import { parseUndoInput } from '../domain/registry/undo-input.ts';
import type { HumanAct } from '../workflows/messages.ts';
import { ROLLOUT_WORKFLOW, ROLLOUTS_QUEUE, rolloutWorkflowId } from '../workflows/messages.ts';
import { initialAttributes } from '../workflows/search-attributes.ts';
import type { TemporalLink } from './connection.ts';
import { AssistError } from './errors.ts';
import { refTo } from './rollouts.ts';
import { startError } from './start.ts';
import type { RolloutRef } from './rollouts.ts';
import { signed } from './sign-act.ts';
import { priorityOf } from '../domain/rollout/priority.ts';

const START_TIMEOUT_MS = 30_000;

/**
 * `to`: a version, or `none`; the last proven one if absent. `from`: what must serve still. Refused while a rollout of the action
 * runs.
 */
export async function startUndo(
  link: TemporalLink,
  action: string,
  {
    by,
    reason,
    to,
    from,
    wavesKey,
    ...proof
  }: HumanAct & { readonly to?: string; readonly from?: string; readonly wavesKey?: string },
): Promise<RolloutRef> {
  const input: UndoInput = signed(
    link.signer,
    { act: 'undo', by, workflowId: rolloutWorkflowId(action) },
    {
      undo: { action, ...(to !== undefined && { to }), ...(from !== undefined && { from }) },
      startedBy: by,
      reason,
      ...proof,
    },
  );
  const unfit = parseUndoInput(input);
  if (typeof unfit === 'string')
    throw new AssistError('usage', `Cannot undo: ${unfit}`, 'Nothing was done; put it right, and try again.');
  const workflowId = rolloutWorkflowId(action);
  return link.call(START_TIMEOUT_MS, async (client) => {
    try {
      const { firstExecutionRunId } = await client.workflow.start(ROLLOUT_WORKFLOW, {
        workflowId,
        taskQueue: ROLLOUTS_QUEUE,
        args: [input],
        priority: priorityOf('safety', workflowId),
        workflowIdConflictPolicy: WorkflowIdConflictPolicy.FAIL,
        workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
        staticSummary: `${action}: undo, back to ${to ?? 'the last proven version'}`,
        typedSearchAttributes: initialAttributes(action, to ?? ''),
        memo: {
          action,
          version: to ?? '',
          startedBy: by,
          reason,
          // Where it is lost, this is told although no worker answers.
          isUndo: true,
          ...(wavesKey !== undefined && { wavesKey }),
        },
      });
      return refTo(link, workflowId, firstExecutionRunId);
    } catch (error) {
      throw await startError(error, link, client, action);
    }
  });
}
