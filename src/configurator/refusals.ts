/** What callers are told when a rollout cannot be read or acted on. */
import { status as grpcStatus } from '@grpc/grpc-js';
import { WorkflowUpdateRPCTimeoutOrCancelledError } from '@temporalio/client';
import type { WorkflowExecutionDescription } from '@temporalio/client';
import { formatDuration } from '../domain/shared/duration.ts';
import { ROLLOUT_WORKFLOW, ROLLOUTS_QUEUE } from '../workflows/messages.ts';
import { grpcCode } from './connection.ts';
import { AssistError } from './errors.ts';

/** No worker took the question in time: missing, or slow. */
export function isUnanswered(error: unknown): boolean {
  const code = grpcCode(error);
  return (
    error instanceof WorkflowUpdateRPCTimeoutOrCancelledError ||
    code === grpcStatus.DEADLINE_EXCEEDED ||
    code === grpcStatus.FAILED_PRECONDITION
  );
}

/** Besides being late, a question that a server passes on may be one too many, or be dropped on the way. */
const DROPPED: readonly grpcStatus[] = [
  grpcStatus.CANCELLED,
  grpcStatus.UNKNOWN,
  grpcStatus.RESOURCE_EXHAUSTED,
  grpcStatus.ABORTED,
  grpcStatus.INTERNAL,
];

/** For questions that a server passes on to a worker. */
export function isQueryUnanswered(error: unknown): boolean {
  const code = grpcCode(error);
  return isUnanswered(error) || (code !== undefined && DROPPED.includes(code));
}

/** Of what was sent: nobody has answered, so it may have been taken. */
export function isAnswerLost(error: unknown): boolean {
  return isQueryUnanswered(error) || grpcCode(error) === grpcStatus.UNAVAILABLE;
}

/** Where the server was not reached at all. */
export function notSent(error: unknown, name: string): unknown {
  return error instanceof AssistError && error.code === 'temporal-unreachable'
    ? new AssistError(error.code, `${error.message} Your ${name} was NOT taken.`, error.remedy, { cause: error })
    : error;
}

export function answerLost(actionName: string, name: string, cause: unknown): AssistError {
  return new AssistError(
    'temporal-unreachable',
    `Temporal gave no answer to the ${name} of the rollout of ${actionName}: it may have been taken, or not.`,
    `\`assist-rollouts status "${actionName}"\` shows whether it was. If not, repeat it: what was taken already is not ` +
      'done twice.',
    { cause },
  );
}

export function rolloutNotFound(actionName: string, cause: unknown): AssistError {
  return new AssistError(
    'rollout-not-found',
    `Temporal has no rollout of "${actionName}": none began, or its end is longer ago than the namespace keeps runs.`,
    `\`assist-rollouts history "${actionName}"\` tells of past ones, and \`assist-rollouts list\` of all that Temporal ` +
      'has; names are case-sensitive.',
    { cause },
  );
}

/**
 * Whoever may write to the namespace can put anything under an id that is a rollout's. What stands on our queue is
 * taken by a worker of ours, and told as frozen where that cannot run it.
 */
export function refuseForeign(
  { workflowId, runId, type, taskQueue, status }: WorkflowExecutionDescription,
  actionName: string,
): void {
  if (taskQueue === ROLLOUTS_QUEUE) return;
  const isOpen = status.name === 'RUNNING' || status.name === 'PAUSED';
  throw new AssistError(
    'rollout-not-found',
    `${workflowId} ${isOpen ? 'is' : 'was last'} a workflow of type "${type}" on the task queue "${taskQueue}" (run ` +
      `${runId}), and no rollout of ${actionName}: expected type "${ROLLOUT_WORKFLOW}" on "${ROLLOUTS_QUEUE}".`,
    isOpen
      ? 'Nothing was done. Terminate it in the Temporal Web UI; until then no rollout of the action can start.'
      : 'Start one with `assist-rollouts start <plan.yaml>`.',
  );
}

/** `build`: whose workers alone may answer; null: any. */
export function noWorker(
  actionName: string,
  waitedMs: number,
  cause: unknown,
  { what = '', build = null }: { readonly what?: string; readonly build?: string | null } = {},
): AssistError {
  return new AssistError(
    'no-worker',
    `The rollout of ${actionName} exists, but no worker${build === null ? '' : ` of its build ${build}`} answered within ` +
      `${formatDuration(waitedMs)}: it is missing, or slow.${what}`,
    build === null
      ? 'Try again in a moment. If none runs, start one (`assist-rollouts dev` has one, `assist-rollouts worker` is ' +
          'one); the rollout goes on where it was.'
      : `Try again in a moment. If none runs, start one of ${build}, or let the rollout go on by another build: ` +
          `\`assist-rollouts builds move "${actionName}" --to <build> --reason ...\`; \`builds list\` tells who runs.`,
    { cause },
  );
}

/** A worker answers, and the workflow itself fails: waiting changes nothing. */
export function frozen(actionName: string, why: string, what: string): AssistError {
  return new AssistError(
    'rollout-frozen',
    `The rollout of ${actionName} does nothing: ${why}.${what}`,
    `\`assist-rollouts recover "${actionName}"\` puts the baseline back at once. Then put right what its ` +
      'workers run, or terminate it.',
  );
}

/** The one that it was for is over. */
export function anotherRuns(actionName: string, name: string, cause: unknown): AssistError {
  return new AssistError(
    'rollout-ended',
    `Refused: cannot ${name}, the rollout of ${actionName} that this is for has ended, and another one runs. ` +
      'Nothing was done to that one.',
    `\`assist-rollouts status "${actionName}"\` shows it; act anew if you mean that one.`,
    { cause },
  );
}

export function endedRollout(
  actionName: string,
  name: string,
  lost: { readonly why: string } | null,
  cause: unknown,
): AssistError {
  if (lost === null) {
    return new AssistError(
      'rollout-ended',
      `Refused: cannot ${name}, the rollout of ${actionName} has ended.`,
      'Start a new one with `assist-rollouts start <plan.yaml>`.',
      { cause },
    );
  }
  return new AssistError(
    'rollout-ended',
    `Refused: cannot ${name}, the rollout of ${actionName} is over without having rolled back or promoted. ${lost.why}`,
    `\`assist-rollouts recover "${actionName}"\` puts the baseline back, without the plan.`,
    { cause },
  );
}
