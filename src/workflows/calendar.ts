/** The calendar as it is asked of by whoever has no database: short runs, each answered once. */
import { ApplicationFailure, workflowInfo } from '@temporalio/workflow';
import { planWindows } from '../domain/calendar/form.ts';
import type { FreezeAct, FreezeAnswer } from '../domain/calendar/freeze.ts';
import { freezeRight, parseFreezeAsked, scopeText } from '../domain/calendar/freeze.ts';
import type { CalendarQuestion, CalendarView } from '../domain/calendar/question.ts';
import { actionProblem } from '../domain/plan/identity.ts';
import { authorise, calendar as askCalendar, changeFreeze, listFreezes } from './activity-proxies.ts';
import { asAsked } from './authorise.ts';
import { followCurrent } from './follow-current.ts';

/** Freezes, unfreezes, or lists. What was refused is on record too, and changes nothing else. */
export async function freeze(given: unknown): Promise<FreezeAnswer> {
  const asked = parseFreezeAsked(given);
  if (typeof asked === 'string') throw refused(`${asked} Freeze with \`assist-rollouts freeze\`.`);
  if (asked.do === 'list') return listFreezes.executeWithOptions({ summary: 'what is frozen' }, []);
  const answer = await authorise.executeWithOptions({ summary: `may ${asked.by} ${asked.do}?` }, [
    { ...freezeRight(asked), ...asAsked(asked, given as object) },
  ]);
  return changeFreeze.executeWithOptions({ summary: summaryOf(asked) }, [
    { id: workflowInfo().runId, asked, actor: answer.actor ?? null, refusal: answer.ok ? null : answer.refusal },
  ]);
}
followCurrent(freeze);

function summaryOf({ do: act, scope, by }: FreezeAct): string {
  return `${act} ${scopeText(scope)}, by ${by}`;
}

/** May splits of such a plan rise, now or at that time? */
export async function calendar(given: unknown): Promise<CalendarView> {
  const question = parseQuestion(given);
  if (question === null)
    throw refused('This is no question to the calendar. Ask with `assist-rollouts calendar <plan.yaml or action>`.');
  return askCalendar.executeWithOptions({ summary: `calendar of ${question.action}` }, [question]);
}
followCurrent(calendar);

function parseQuestion(given: unknown): (CalendarQuestion & { readonly atMs?: number }) | null {
  const { action, queues, windows, atMs } = (given ?? {}) as Record<string, unknown>;
  const read = planWindows.nullable().safeParse(windows ?? null);
  const isQueues = Array.isArray(queues) && queues.length <= 1000 && queues.every((id) => typeof id === 'string');
  if (typeof action !== 'string' || actionProblem(action) !== null || !isQueues || !read.success) return null;
  if (atMs !== undefined && !(Number.isSafeInteger(atMs) && Math.abs(atMs as number) < 8e15)) return null;
  return { action, queues, windows: read.data, ...(atMs !== undefined && { atMs: atMs as number }) };
}

function refused(message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, 'QuestionRefused');
}
