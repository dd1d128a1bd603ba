/**
 * `recover`: the baseline of an action comes back without its plan. The workflow does it; here it is asked for and
 * waited for.
 */
import { status as grpcStatus } from '@grpc/grpc-js';
import { WorkflowFailedError, WorkflowIdConflictPolicy, WorkflowIdReusePolicy } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { Client, WorkflowHandle } from '@temporalio/client';
import { readingPast } from '../codec/client.ts';
import type { Recovery } from '../domain/guardian/recovery.ts';
import { BRAKE_LIFE_MS } from '../domain/identity/signed-act.ts';
import { actorProblem, reasonProblem } from '../domain/rollout/actor.ts';
import { endHolder, freedSentence, stillHolder } from '../guardian/recovery-holder.ts';
import { RECOVER_WORKFLOW, recoverWorkflowId, ROLLOUTS_QUEUE } from '../workflows/messages.ts';
import type { HumanAct, RecoverInput } from '../workflows/messages.ts';
import { grpcCode } from './connection.ts';
import type { TemporalLink } from './connection.ts';
import { AssistError } from './errors.ts';
import { troublesOf } from './progress.ts';
import { isUnanswered } from './refusals.ts';
import { refTo } from './rollouts.ts';
import { signed } from './sign-act.ts';
import type { RolloutRef } from './rollouts.ts';
import { priorityOf } from '../domain/rollout/priority.ts';

export type RecoverResult = RolloutRef & {
  readonly recovery:
    | Recovery
    /** It goes on by itself; `why`: what it is waiting for. */
    | { readonly kind: 'underWay'; readonly why: string };
  /** What held the id and brought nothing back, and was ended. */
  readonly freed?: string;
};

const START_TIMEOUT_MS = 10_000;
const WAIT_MS = 45_000;

/**
 * One that is under way, a guardian's too, is followed: there is one at a time for an action. What holds its place and
 * brings nothing back is ended first.
 */
export async function recoverAction(
  link: TemporalLink,
  actionName: string,
  { by, reason }: HumanAct,
  waitMs = WAIT_MS,
): Promise<RecoverResult> {
  const unfit = actorProblem(by) ?? reasonProblem(reason);
  if (unfit !== null)
    throw new AssistError(
      'usage',
      `Cannot recover: ${unfit}`,
      'Nothing was done; say who acts, and why, and try again.',
    );
  const workflowId = recoverWorkflowId(actionName);
  const input: RecoverInput = signed(
    link.signer,
    { act: 'recover', by, workflowId, lifeMs: BRAKE_LIFE_MS },
    { action: actionName, by, reason },
  );
  const freed = await link.call(START_TIMEOUT_MS, (client) => freeId(client, actionName, by));
  const runId = await link.call(
    START_TIMEOUT_MS,
    async (client) =>
      (
        await client.workflow.start(RECOVER_WORKFLOW, {
          workflowId,
          taskQueue: ROLLOUTS_QUEUE,
          args: [input],
          priority: priorityOf('safety', workflowId),
          workflowExecutionTimeout: '1 hour',
          staticSummary: `${actionName}: the baseline comes back`,
          workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
          workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
        })
      ).firstExecutionRunId,
  );
  const recovery = await waitForEnd(link, workflowId, runId, waitMs);
  if (recovery.kind !== 'watched')
    return { ...refTo(link, workflowId, runId), recovery, ...(freed !== null && { freed }) };
  throw new AssistError(
    'rollout-watched',
    `Refused: ${recovery.why}`,
    `\`assist-rollouts abort "${actionName}" --reason ...\` rolls it back.`,
  );
}

async function freeId(client: Client, action: string, by: string): Promise<string | null> {
  const holder = await stillHolder(readingPast(client), action);
  if (holder === null) return null;
  await endHolder(client, action, holder, by);
  return freedSentence(action, holder);
}

async function waitForEnd(
  link: TemporalLink,
  workflowId: string,
  runId: string,
  waitMs: number,
): Promise<RecoverResult['recovery']> {
  const handleOf = (client: Client): WorkflowHandle => client.workflow.getHandle(workflowId, runId);
  try {
    return await link.call(waitMs, async (client) => (await handleOf(client).result()) as Recovery);
  } catch (error) {
    if (error instanceof WorkflowFailedError && isRefused(error.cause))
      throw new AssistError(
        'update-rejected',
        `Refused: ${error.cause.message}`,
        'Nothing was changed; docs/people.md tells who may.',
        { cause: error },
      );
    // CANCELLED is the client's own deadline.
    if (!isUnanswered(error) && grpcCode(error) !== grpcStatus.CANCELLED) throw error;
    return link.call(START_TIMEOUT_MS, async (client) => {
      const { raw } = await handleOf(client).describe();
      const [trouble] = await troublesOf(client, raw.pendingActivities ?? []);
      return {
        kind: 'underWay' as const,
        why: trouble === undefined ? 'no worker has taken it yet' : `attempt ${trouble.attempt}: ${trouble.failure}`,
      };
    });
  }
}

function isRefused(error: unknown): error is ApplicationFailure {
  return error instanceof ApplicationFailure && error.type === 'RecoverRefused';
}
