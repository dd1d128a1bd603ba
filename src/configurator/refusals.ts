/** What callers are told when a rollout cannot be read or acted on. */
import { WorkflowUpdateRPCTimeoutOrCancelledError } from '@temporalio/client';
import { grpcCode } from './connection.ts';
import { AssistError } from './errors.ts';

/** gRPC status codes. */
const DEADLINE_EXCEEDED = 4;
const FAILED_PRECONDITION = 9;

/** No worker took the question in time: missing, or slow. */
export function isUnanswered(error: unknown): boolean {
  const code = grpcCode(error);
  return error instanceof WorkflowUpdateRPCTimeoutOrCancelledError || code === DEADLINE_EXCEEDED || code === FAILED_PRECONDITION;
}

export function notFound(actionName: string, cause: unknown): AssistError {
  return new AssistError('rollout-not-found', `There is no rollout of "${actionName}".`,
    '`assist-rollouts list` shows all; names are case-sensitive.', { cause });
}

export function noWorker(actionName: string, waitedMs: number, cause: unknown, what = ''): AssistError {
  return new AssistError('no-worker', `The rollout of ${actionName} exists, but no worker answered within ${Math.round(waitedMs / 1000)} s: it is missing, or slow.${what}`,
    'Try again in a moment. If none runs, start one (`assist-rollouts dev` has one, `assist-rollouts worker` is one); the rollout goes on where it was.', { cause });
}
