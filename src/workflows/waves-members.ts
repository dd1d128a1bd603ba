/** One member of waves: its rollout as a child, and the way back. */
import {
  condition,
  executeChild,
  isCancellation,
  ParentClosePolicy,
  startChild,
  workflowInfo,
} from '@temporalio/workflow';
import type { ChildWorkflowHandle } from '@temporalio/workflow';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import type { Plan } from '../domain/plan/plan.ts';
import { MAX_REASON_LENGTH } from '../domain/rollout/actor.ts';
import type { Member } from '../domain/waves/plan.ts';
import { memberId } from '../domain/waves/plan.ts';
import type { MemberStatus } from '../domain/waves/state.ts';
import { memberOf } from '../domain/waves/state.ts';
import { ROLLOUTS_QUEUE, rolloutWorkflowId } from './messages.ts';
import { rollout } from './rollout.ts';
import { initialAttributes } from './search-attributes.ts';
import type { UndoEnd } from './waves-elsewhere.ts';
import { messageOf, runElsewhere, undoElsewhere } from './waves-elsewhere.ts';
import { callOff } from './waves-call-off.ts';
import type { WavesRun } from './waves-run.ts';
import { priorityOf } from '../domain/rollout/priority.ts';

/** Until it is promoted, or ended otherwise, or nothing more is waited for. */
export async function runMember(run: WavesRun, member: Member): Promise<void> {
  const id = memberId(member);
  if (member.organisation === undefined) await begin(run, member.plan);
  else void runElsewhere(run, { ...member, organisation: member.organisation });
  await condition(() => run.status.stopped !== null || memberOf(run.status, id)?.state !== 'running');
}

async function begin(run: WavesRun, plan: Plan): Promise<void> {
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
    run.dispatch({ kind: 'memberStarted', member: action, runId: child.firstExecutionRunId });
    void follow(run, action, child);
  } catch (error) {
    if (isCancellation(error)) throw error;
    const isTaken = error instanceof WorkflowExecutionAlreadyStartedError;
    const why = isTaken ? `another rollout of ${action} is running` : messageOf(error);
    run.dispatch({ kind: 'memberEnded', member: action, state: 'rejected', reason: why });
  }
}

async function follow(run: WavesRun, action: string, child: ChildWorkflowHandle<typeof rollout>): Promise<void> {
  try {
    const { outcome, reason } = await child.result();
    run.dispatch({ kind: 'memberEnded', member: action, state: outcome, reason });
  } catch (error) {
    run.dispatch({ kind: 'memberEnded', member: action, state: 'failed', reason: messageOf(error) });
  }
}

/** While it is still watched it goes back by itself; after that a rollout of its own goes back to what was proven. */
export async function undoMember(run: WavesRun, member: MemberStatus): Promise<void> {
  const { id, open, organisation } = member;
  run.dispatch({ kind: 'undoBegun', member: id });
  if (open) return callOff(run, member);
  const { waves: given } = run.input;
  const reason = `the waves ${given.name} stopped: ${run.status.stopped ?? ''}`.slice(0, MAX_REASON_LENGTH);
  const ended =
    organisation === null
      ? await undoHere(run, member, reason)
      : await undoElsewhere(run, { ...member, organisation }, reason);
  run.dispatch({ kind: 'undoEnded', member: id, ...ended });
}

async function undoHere(run: WavesRun, { action, version }: MemberStatus, reason: string): Promise<UndoEnd> {
  try {
    const options = memberOptions(run, { action, version, reason });
    const { outcome, ...result } = await executeChild(rollout, {
      ...options,
      memo: { ...options.memo, isUndo: true },
      priority: priorityOf('safety', workflowInfo().workflowId),
      args: [{ undo: { action, from: version }, startedBy: run.input.startedBy, reason }],
    });
    return { ok: outcome === 'undone', reason: result.reason };
  } catch (error) {
    return { ok: false, reason: messageOf(error) };
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
