/** Rollouts are started here: one at a time for an action, which the server sees to. */
import { status as grpcStatus } from '@grpc/grpc-js';
import {
  WorkflowExecutionAlreadyStartedError,
  WorkflowIdConflictPolicy,
  WorkflowIdReusePolicy,
} from '@temporalio/client';
import type { Client } from '@temporalio/client';
import type { Plan } from '../domain/plan/plan.ts';
import { actorProblem, reasonProblem } from '../domain/rollout/actor.ts';
import type { RolloutInput } from '../workflows/messages.ts';
import { ROLLOUT_WORKFLOW, ROLLOUTS_QUEUE, rolloutWorkflowId } from '../workflows/messages.ts';
import { initialAttributes } from '../workflows/search-attributes.ts';
import { grpcCode } from './connection.ts';
import type { TemporalLink } from './connection.ts';
import { planDetails, planSummary } from './describe-plan.ts';
import { AssistError } from './errors.ts';
import { refTo } from './rollouts.ts';
import type { RolloutRef } from './rollouts.ts';
import { signed } from './sign-act.ts';
import { priorityOf } from '../domain/rollout/priority.ts';

const START_TIMEOUT_MS = 30_000;

export interface StartAct {
  readonly by: string;
  readonly reason?: string;
  readonly force?: boolean;
}

/** What a start is asked with, signed for the workflow that hears it. */
export function startInput(
  { signer }: Pick<TemporalLink, 'signer'>,
  plan: Plan,
  { by, reason, force }: StartAct,
  workflowId: string,
): RolloutInput {
  const unfit = actorProblem(by) ?? (reason === undefined || reason === '' ? null : reasonProblem(reason));
  if (unfit !== null)
    throw new AssistError(
      'usage',
      `Cannot start: ${unfit}`,
      'Nothing was started; say who starts it, and why, and try again.',
    );
  return signed(
    signer,
    { act: 'start', by, workflowId },
    { plan, startedBy: by, ...(reason !== undefined && { reason }), ...(force !== undefined && { force }) },
  );
}

/** `wavesKey`: stands in the memo, for the waves of another organisation to know it again. */
export async function startRollout(
  link: TemporalLink,
  plan: Plan,
  act: StartAct & { readonly wavesKey?: string },
): Promise<RolloutRef> {
  const workflowId = rolloutWorkflowId(plan.action.name);
  const input = startInput(link, plan, act, workflowId);
  return link.call(START_TIMEOUT_MS, async (client) => {
    try {
      const handle = await client.workflow.start(ROLLOUT_WORKFLOW, {
        workflowId,
        taskQueue: ROLLOUTS_QUEUE,
        args: [input],
        priority: priorityOf('ordinary', workflowId),
        workflowIdConflictPolicy: WorkflowIdConflictPolicy.FAIL,
        workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
        staticSummary: planSummary(plan),
        staticDetails: planDetails(input),
        typedSearchAttributes: initialAttributes(plan.action.name, plan.action.version),
        memo: {
          action: plan.action.name,
          version: plan.action.version,
          startedBy: act.by,
          reason: act.reason ?? '',
          ...(act.wavesKey !== undefined && { wavesKey: act.wavesKey }),
          ...(plan.startAt !== undefined && { startAt: plan.startAt }),
        },
      });
      return refTo(link, workflowId, handle.firstExecutionRunId);
    } catch (error) {
      throw await startError(error, link, client, plan.action.name);
    }
  });
}

/** Why a run of the action was not started. */
export async function startError(
  error: unknown,
  link: TemporalLink,
  client: Client,
  actionName: string,
): Promise<unknown> {
  if (error instanceof WorkflowExecutionAlreadyStartedError) {
    const workflowId = rolloutWorkflowId(actionName);
    const { runId } = await client.workflow.getHandle(workflowId).describe();
    const { url } = refTo(link, workflowId, runId);
    return new AssistError(
      'rollout-already-running',
      `Refused: ${workflowId} is already running (run ${runId})${url === null ? '' : `, see ${url}`}.`,
      `Follow it with \`assist-rollouts watch ${actionName}\`, or end it with \`assist-rollouts abort ` +
        `${actionName} --reason ...\`; \`start\` and \`undo\` end it first with --replace.`,
      { cause: error, details: { workflowId, runId, url } },
    );
  }
  if (grpcCode(error) === grpcStatus.INVALID_ARGUMENT && /search attribute/i.test(messages(error))) {
    return new AssistError(
      'search-attributes-missing',
      `The namespace lacks our search attributes: ${messages(error)}`,
      'Start a worker once (`assist-rollouts worker` registers them), or add AssistAction, AssistVersion, ' +
        'AssistPhase, AssistOutcome (Keyword) and AssistSplit (Double) by hand.',
      { cause: error },
    );
  }
  return error;
}

function messages(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
