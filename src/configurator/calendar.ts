/** What is frozen, and when splits may rise: asked of a worker by runs of their own that end with the answer. */
import { randomUUID } from 'node:crypto';
import { status as grpcStatus } from '@grpc/grpc-js';
import { WorkflowFailedError } from '@temporalio/client';
import type { FreezeAct, FreezeAnswer } from '../domain/calendar/freeze.ts';
import { freezeRight, scopeText } from '../domain/calendar/freeze.ts';
import type { CalendarQuestion, CalendarView } from '../domain/calendar/question.ts';
import { actorProblem, reasonProblem } from '../domain/rollout/actor.ts';
import { formatDuration } from '../domain/shared/duration.ts';
import { CALENDAR_WORKFLOW, FREEZE_WORKFLOW, ROLLOUTS_QUEUE } from '../workflows/messages.ts';
import { grpcCode } from './connection.ts';
import type { TemporalLink } from './connection.ts';
import { AssistError } from './errors.ts';
import { signed } from './sign-act.ts';
import { isUnanswered } from './refusals.ts';

const ANSWER_MS = 20_000;
/** A freeze that nobody has taken by then is none: whoever asked was told so. */
const EXPIRES_MS = ANSWER_MS + 10_000;

export type Frozen = Extract<FreezeAnswer, { kind: 'done' }>['freezes'];
export type FreezeList = Extract<FreezeAnswer, { kind: 'list' }>;

export async function changeFreeze(link: TemporalLink, act: FreezeAct): Promise<Frozen> {
  const unfit = actorProblem(act.by) ?? reasonProblem(act.reason);
  if (unfit !== null)
    throw new AssistError('usage', `Cannot ${act.do}: ${unfit}`, 'Nothing was done; say who acts, and why.');
  const workflowId = `${FREEZE_WORKFLOW}/${randomUUID()}`;
  const answer = await ask<FreezeAnswer>(link, {
    workflow: FREEZE_WORKFLOW,
    workflowId,
    input: signed(link.signer, { act: freezeRight(act).act, by: act.by, workflowId }, act),
    summary: `${act.do} ${scopeText(act.scope)}`,
  });
  if (answer.kind === 'done') return answer.freezes;
  throw new AssistError(
    'freeze-refused',
    `Refused: ${answer.kind === 'refused' ? answer.why : 'the worker answered another question.'}`,
    'Nothing was changed. `assist-rollouts freeze list` shows what is frozen.',
  );
}

export async function listFreezes(link: TemporalLink): Promise<FreezeList> {
  const answer = await ask<FreezeAnswer>(link, {
    workflow: FREEZE_WORKFLOW,
    input: { do: 'list' },
    summary: 'what is frozen',
  });
  return answer.kind === 'list' ? answer : { kind: 'list', now: [], past: [] };
}

export function askCalendar(
  link: TemporalLink,
  question: CalendarQuestion & { readonly atMs?: number },
): Promise<CalendarView> {
  return ask(link, { workflow: CALENDAR_WORKFLOW, input: question, summary: `calendar of ${question.action}` });
}

interface Asked {
  readonly workflow: string;
  /** Of one that is signed for it. */
  readonly workflowId?: string;
  readonly input: object;
  readonly summary: string;
}

async function ask<T>(
  link: TemporalLink,
  { workflow, workflowId = `${workflow}/${randomUUID()}`, input, summary }: Asked,
): Promise<T> {
  try {
    return await link.call(
      ANSWER_MS,
      async (client) =>
        (await client.workflow.execute(workflow, {
          workflowId,
          taskQueue: ROLLOUTS_QUEUE,
          args: [input],
          workflowExecutionTimeout: EXPIRES_MS,
          staticSummary: summary,
        })) as T,
    );
  } catch (error) {
    if (error instanceof WorkflowFailedError && !(error.cause?.message ?? '').includes('timed out'))
      throw new AssistError(
        'freeze-refused',
        `Refused: ${error.cause?.message ?? error.message}`,
        'Nothing was changed.',
        {
          cause: error,
        },
      );
    // CANCELLED is the client's own deadline.
    if (!isUnanswered(error) && grpcCode(error) !== grpcStatus.CANCELLED && !(error instanceof WorkflowFailedError))
      throw error;
    throw new AssistError(
      'calendar-unanswered',
      `No worker answered for the calendar within ${formatDuration(ANSWER_MS)}: it is missing, or slow.`,
      workflow === FREEZE_WORKFLOW
        ? 'See with `assist-rollouts freeze list` whether it was taken once a worker runs; pause rollouts by hand meanwhile.'
        : 'Try again when one runs.',
      { cause: error },
    );
  }
}
