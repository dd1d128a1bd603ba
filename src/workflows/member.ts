/** A rollout that belongs to waves: who started them started it, and they hear when it is promoted. */
import type { WorkflowInfo } from '@temporalio/workflow';
import { getExternalWorkflowHandle, log, workflowInfo } from '@temporalio/workflow';
import type { Actor } from '../domain/identity/actor.ts';
import { memberPromotedSignal, wavesWorkflowId } from './messages.ts';
import type { RolloutRun } from './run.ts';

/** What waves write into the memo of a member. */
export interface MemberMemo {
  readonly starter: Actor;
}

/** Null: no waves started it, so it is asked who did. Nobody but a workflow of ours can be its parent. */
export function starterOf(info: Pick<WorkflowInfo, 'parent' | 'memo'>): Actor | null {
  return parentWaves(info) === null ? null : ((info.memo as Partial<MemberMemo> | undefined)?.starter ?? null);
}

/** Never rejects. They ask back what its search attributes say, so those come first. Its long watch may go on for days. */
export async function tellWaves({ input }: RolloutRun): Promise<void> {
  const waves = parentWaves(workflowInfo());
  if (waves === null) return;
  try {
    // Whichever of their runs goes on: they may have been taken back to an earlier task since they began it.
    await getExternalWorkflowHandle(waves.workflowId).signal(memberPromotedSignal, {
      action: input.plan.action.name,
    });
  } catch (error) {
    // Waves that are gone need no word of it.
    log.info('the waves of this rollout do not listen any more', { error: String(error) });
  }
}

/** Null: no waves began it. */
export function parentWaves({ parent }: Pick<WorkflowInfo, 'parent'>): { readonly workflowId: string } | null {
  return parent?.workflowId.startsWith(wavesWorkflowId('')) === true ? parent : null;
}
