/** A rollout that belongs to waves tells them that it is promoted; its long watch may go on for days. */
import { getExternalWorkflowHandle, log, workflowInfo } from '@temporalio/workflow';
import { memberPromotedSignal, wavesWorkflowId } from './messages.ts';
import type { RolloutRun } from './run.ts';

/** Never rejects. They ask back what its search attributes say, so those come first. */
export async function tellWaves({ input }: RolloutRun): Promise<void> {
  const { parent } = workflowInfo();
  if (parent?.workflowId.startsWith(wavesWorkflowId('')) !== true) return;
  try {
    await getExternalWorkflowHandle(parent.workflowId, parent.runId).signal(memberPromotedSignal, {
      action: input.plan.action.name,
    });
  } catch (error) {
    // Waves that are gone need no word of it.
    log.info('the waves of this rollout do not listen any more', { error: String(error) });
  }
}
