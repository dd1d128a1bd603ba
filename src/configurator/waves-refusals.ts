/** What callers are told when waves cannot be begun, read or acted on. */
import { WorkflowFailedError, WorkflowNotFoundError, WorkflowUpdateFailedError } from '@temporalio/client';
import { actorProblem, reasonProblem } from '../domain/rollout/actor.ts';
import type { WavesActName } from '../domain/waves/state.ts';
import { wavesWorkflowId } from '../workflows/messages.ts';
import { AssistError } from './errors.ts';
import { isAnswerLost } from './refusals.ts';
import type { MemberAct } from './member-acts.ts';
import { memberText } from './member-acts.ts';

export function refuseUnfit(act: string, by: string, reason: string | undefined): void {
  const unfit = actorProblem(by) ?? (reason === undefined || reason === '' ? null : reasonProblem(reason));
  if (unfit !== null)
    throw new AssistError(
      'usage',
      `Cannot ${act}: ${unfit}`,
      'Nothing was done; say who acts, and why, and try again.',
    );
}

export function alreadyRunning(name: string, cause: unknown): AssistError {
  return new AssistError(
    'rollout-already-running',
    `Refused: the waves ${name} are already running.`,
    `Follow them with \`assist-rollouts waves status "${name}"\`, or end them with \`waves abort\`.`,
    { cause },
  );
}

export function notFound(name: string, cause: unknown): AssistError {
  return new AssistError(
    'rollout-not-found',
    `There are no waves called "${name}".`,
    'The name is the one in their file; names are case-sensitive.',
    { cause },
  );
}

/** Somebody else than `waves start` began it. */
export function noWaves(name: string, seen: string, cause?: unknown): AssistError {
  return new AssistError(
    'rollout-not-found',
    `${wavesWorkflowId(name)} is no waves: ${seen}; expected what \`waves start\` begins.`,
    'Why stands at its run in the Temporal Web UI. Start them with `assist-rollouts waves start <file>`.',
    { cause },
  );
}

export function noAnswer(name: string, cause: unknown, what = ''): AssistError {
  return new AssistError(
    'no-worker',
    `The waves ${name} exist, but no worker answered in time: it is missing, or slow.${what}`,
    'Try again in a moment. If none runs, start one (`assist-rollouts worker`); they go on where they were.',
    { cause },
  );
}

export function actError(error: unknown, act: string, name: string): unknown {
  if (error instanceof WorkflowUpdateFailedError)
    return new AssistError(
      'update-rejected',
      `Refused for the waves ${name}: ${error.cause?.message ?? error.message}`,
      `\`assist-rollouts waves status "${name}"\` shows where they stand.`,
      { cause: error },
    );
  if (isAnswerLost(error))
    return noAnswer(name, error, ` Your ${act} may have been taken, or not: \`waves status\` shows it.`);
  if (!(error instanceof WorkflowNotFoundError) && !(error instanceof WorkflowFailedError)) return error;
  return ended(act, name, error);
}

/** Whoever acted hears also what became of it on each rollout of the waves: that stands, whatever the waves say. */
export function withMembers(error: unknown, name: WavesActName, members: readonly MemberAct[]): unknown {
  if (!(error instanceof AssistError)) return error;
  const told = members.map((member) => memberText(name, member).replace(/\.$/, '')).join('; ');
  const became = told === '' ? 'No rollout of theirs runs.' : `Their rollouts were told, each by itself: ${told}.`;
  const remedy =
    error.code === 'no-worker'
      ? `${error.remedy} \`${name} <action>\` ${name}s each rollout by itself, and \`list\` shows them; cancelling ` +
        'waves in the Temporal Web UI aborts them as soon as a worker runs.'
      : error.remedy;
  return new AssistError(error.code, `${error.message} ${became}`, remedy, { cause: error });
}

export function ended(act: string, name: string, cause?: unknown): AssistError {
  return new AssistError(
    'rollout-ended',
    `Refused: cannot ${act}, there are no waves called "${name}" that run.`,
    `\`assist-rollouts waves status "${name}"\` shows what became of them.`,
    { cause },
  );
}
