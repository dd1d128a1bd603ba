/** One member of waves: its rollout as a child, and the way back. */
import {
  ActivityFailure,
  condition,
  executeChild,
  isCancellation,
  ParentClosePolicy,
  startChild,
} from '@temporalio/workflow';
import type { ChildWorkflowHandle } from '@temporalio/workflow';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import type { Plan } from '../domain/plan/plan.ts';
import { MAX_REASON_LENGTH } from '../domain/rollout/actor.ts';
import type { MemberStatus } from '../domain/waves/state.ts';
import { memberOf } from '../domain/waves/state.ts';
import { ROLLOUTS_QUEUE, rolloutWorkflowId } from './messages.ts';
import { rollout } from './rollout.ts';
import { initialAttributes } from './search-attributes.ts';
import type { WavesRun } from './waves-run.ts';

/** Until it is promoted, or ended otherwise, or nothing more is waited for. */
export async function runMember(run: WavesRun, plan: Plan): Promise<void> {
  const { name: action, version } = plan.action;
  const { startedBy, reason, waves: given } = run.input;
  const scope = run.scopeOf(action);
  try {
    const child = await scope.run(() =>
      startChild(rollout, {
        ...memberOptions(run, { action, version, reason: reason ?? '' }),
        args: [{ plan, startedBy, reason: `${reason ?? 'rolled out in waves'} (waves ${given.name})` }],
      }),
    );
    run.dispatch({ kind: 'memberStarted', action, runId: child.firstExecutionRunId });
    void follow(run, action, child);
  } catch (error) {
    if (isCancellation(error)) throw error;
    const isTaken = error instanceof WorkflowExecutionAlreadyStartedError;
    const why = isTaken ? `another rollout of ${action} is running` : messageOf(error);
    run.dispatch({ kind: 'memberEnded', action, state: 'rejected', reason: why });
    return;
  }
  await condition(() => run.status.stopped !== null || memberOf(run.status, action)?.state !== 'running');
}

async function follow(run: WavesRun, action: string, child: ChildWorkflowHandle<typeof rollout>): Promise<void> {
  try {
    const { outcome, reason } = await child.result();
    run.dispatch({ kind: 'memberEnded', action, state: outcome, reason });
  } catch (error) {
    run.dispatch({ kind: 'memberEnded', action, state: 'failed', reason: messageOf(error) });
  }
}

/** While it is still watched it goes back by itself; after that a rollout of its own goes back to what was proven. */
export async function undoMember(run: WavesRun, { action, version, open }: MemberStatus): Promise<void> {
  run.dispatch({ kind: 'undoBegun', action });
  if (open) {
    run.scopeOf(action).cancel();
    await condition(() => memberOf(run.status, action)?.open !== true);
    return;
  }
  const { startedBy, waves: given } = run.input;
  const reason = `the waves ${given.name} stopped: ${run.status.stopped ?? ''}`.slice(0, MAX_REASON_LENGTH);
  try {
    const result = await executeChild(rollout, {
      ...memberOptions(run, { action, version, reason }),
      args: [{ undo: { action }, startedBy, reason }],
    });
    run.dispatch({ kind: 'undoEnded', action, ok: result.outcome === 'undone', reason: result.reason });
  } catch (error) {
    run.dispatch({ kind: 'undoEnded', action, ok: false, reason: messageOf(error) });
  }
}

/** Each rollout gets itself back to safety, whatever becomes of the waves. */
function memberOptions(
  run: WavesRun,
  { action, version, reason }: Readonly<Record<'action' | 'version' | 'reason', string>>,
) {
  const { startedBy, waves: given } = run.input;
  return {
    workflowId: rolloutWorkflowId(action),
    taskQueue: ROLLOUTS_QUEUE,
    parentClosePolicy: ParentClosePolicy.ABANDON,
    staticSummary: `${action} ${version} (waves ${given.name})`,
    typedSearchAttributes: initialAttributes(action, version),
    memo: { action, version, startedBy, reason, waves: given.name, starter: run.starter },
  };
}

function messageOf(error: unknown): string {
  if (error instanceof ActivityFailure) return error.cause?.message ?? error.message;
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error ? cause.message : error instanceof Error ? error.message : String(error);
}
