/** What is frozen, and when splits may rise: asked of a worker by runs of their own that end with the answer. */
import { WorkflowFailedError } from '@temporalio/client';
import type { FreezeAct, FreezeAnswer } from '../domain/calendar/freeze.ts';
import { freezeRight, scopeText } from '../domain/calendar/freeze.ts';
import type { CalendarQuestion, CalendarView } from '../domain/calendar/question.ts';
import { actorProblem, reasonProblem } from '../domain/rollout/actor.ts';
import { formatDuration } from '../domain/shared/duration.ts';
import { CALENDAR_WORKFLOW, FREEZE_WORKFLOW } from '../workflows/messages.ts';
import type { AskedOfWorker } from './ask-worker.ts';
import { askWorker, questionId } from './ask-worker.ts';
import type { TemporalLink } from './connection.ts';
import { AssistError } from './errors.ts';
import { signed } from './sign-act.ts';

const ANSWER_MS = 20_000;

export type Frozen = Extract<FreezeAnswer, { kind: 'done' }>['freezes'];
export type FreezeList = Extract<FreezeAnswer, { kind: 'list' }>;

export async function changeFreeze(link: TemporalLink, act: FreezeAct): Promise<Frozen> {
  const unfit = actorProblem(act.by) ?? reasonProblem(act.reason);
  if (unfit !== null)
    throw new AssistError('usage', `Cannot ${act.do}: ${unfit}`, 'Nothing was done; say who acts, and why.');
  const workflowId = questionId(FREEZE_WORKFLOW);
  const answer = await ask<FreezeAnswer>(link, {
    workflow: FREEZE_WORKFLOW,
    workflowId,
    input: signed(link.signer, { act: freezeRight(act).act, by: act.by, workflowId }, act),
    summary: `${act.do} ${scopeText(act.scope)}`,
    unheard: MAYBE_TAKEN,
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
    unheard: NOT_ANSWERED,
  });
  return answer.kind === 'list' ? answer : { kind: 'list', now: [], past: [] };
}

export function askCalendar(
  link: TemporalLink,
  question: CalendarQuestion & { readonly atMs?: number },
): Promise<CalendarView> {
  const summary = `calendar of ${question.action}`;
  return ask(link, { workflow: CALENDAR_WORKFLOW, input: question, summary, unheard: NOT_ANSWERED });
}

/** Of what was to be changed: the run waits on for a moment, and a worker may take it yet. */
const MAYBE_TAKEN =
  'See with `assist-rollouts freeze list` whether it was taken once a worker runs; pause rollouts by hand meanwhile.';
const NOT_ANSWERED = 'The question was not answered, and nothing was changed. Start a worker, and ask again.';

interface Asked extends Pick<AskedOfWorker, 'workflow' | 'workflowId' | 'input' | 'summary'> {
  /** The way out of no answer. */
  readonly unheard: string;
}

async function ask<T>(link: TemporalLink, { unheard, ...asked }: Asked): Promise<T> {
  try {
    return await askWorker<T>(link, { ...asked, waitMs: ANSWER_MS, unanswered: (cause) => unanswered(unheard, cause) });
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    const said = `Refused: ${error.cause?.message ?? error.message}`;
    throw new AssistError('freeze-refused', said, 'Nothing was changed.', { cause: error });
  }
}

function unanswered(remedy: string, cause: unknown): AssistError {
  return new AssistError(
    'calendar-unanswered',
    `No worker answered for the calendar within ${formatDuration(ANSWER_MS)}: it is missing, or slow.`,
    remedy,
    { cause },
  );
}
