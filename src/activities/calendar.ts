/** May a split rise now, when shall a rollout start, and how much of a bake has passed: by the worker's clock. */
import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { openMsBetween, whenCounted } from '../domain/calendar/count.ts';
import type { FreezeAct, FreezeAnswer } from '../domain/calendar/freeze.ts';
import { MAX_FREEZE_MS, scopeText } from '../domain/calendar/freeze.ts';
import { closedFor, freezeGates, gateOf, gatesFor } from '../domain/calendar/gates.ts';
import type { Gate } from '../domain/calendar/look.ts';
import { look, openingTexts, unlessLetPass } from '../domain/calendar/look.ts';
import type {
  CalendarLook,
  CalendarQuestion,
  CalendarView,
  HoursCount,
  HoursQuestion,
} from '../domain/calendar/question.ts';
import type { OrganisationCalendar } from '../domain/calendar/organisation.ts';
import { unknownDivision } from '../domain/calendar/organisation.ts';
import { startInstant } from '../domain/calendar/start.ts';
import { WindowError } from '../domain/calendar/times.ts';
import { placeTime } from '../domain/calendar/words.ts';
import { redactDeep } from '../domain/text/redact.ts';
import type { Redact } from '../domain/text/redact.ts';
import type { Actor } from '../domain/identity/actor.ts';
import { appendAudit } from '../store/audit.ts';
import type { Database, Transaction } from '../store/database.ts';
import { messageOfFreeze } from '../domain/messages/freeze-message.ts';
import type { Tell } from '../store/messages.ts';
import { activeFreezes, addFreeze, freezesSince, liftFreezes, onFreezes, pastFreezes } from '../store/freezes.ts';
import { createWakeup } from './wakeup.ts';

export interface CalendarDeps {
  /** Tells people; absent: nobody is told. */
  readonly tell?: Tell;
  readonly db: Database;
  readonly now: () => number;
  /** Null or absent: the organisation has no calendar here. */
  readonly calendar?: { now(): Promise<OrganisationCalendar> } | null;
  readonly redact?: Redact;
}

/** Whatever wakes nobody (another calendar file, another clock) is seen within this time. */
const LOOK_EVERY_MS = 60_000;
const GAP_MS = 100;

export function calendarActivities(deps: CalendarDeps) {
  return {
    /** `atMs`: of another time than now, by whoever asks at a terminal. */
    calendar: (question: CalendarQuestion & { readonly atMs?: number }): Promise<CalendarView> =>
      viewCalendar(deps, question),
    /** Ends when a split may rise, or when it is closed for another reason than the known one. */
    awaitCalendar: (question: CalendarQuestion & { readonly knownWhy: string }): Promise<CalendarLook> =>
      untilNews(deps, async () => {
        const seen = look(await gatesNow(deps, question), deps.now());
        const done = seen.open || seen.why !== question.knownWhy;
        return { done, result: seen, nextAtMs: seen.changesAtMs };
      }),
    startTime: ({
      startAt,
    }: {
      readonly startAt: string;
    }): Promise<{ readonly atMs: number; readonly text: string }> => {
      const read = startInstant(startAt);
      if ('code' in read) throw refusal(`${read.message} ${read.remedy}`);
      return Promise.resolve({ atMs: read.atMs, text: placeTime(read.atMs, read.timeZone) });
    },
    countHours: (question: HoursQuestion): Promise<HoursCount> => count(deps, question),
    /** Ends when the planned end has moved (a freeze, another calendar), or the time begins or ceases to count. */
    awaitHours: (
      question: HoursQuestion & { readonly knownEndsAtMs: number; readonly knownOpen: boolean },
    ): Promise<HoursCount> =>
      untilNews(deps, async () => {
        const now = await count(deps, question);
        const done = now.endsAtMs !== question.knownEndsAtMs || now.open !== question.knownOpen;
        return { done, result: now, nextAtMs: null };
      }),
    changeFreeze: (input: FreezeInput): Promise<FreezeAnswer> => changeFreeze(deps, input),
    listFreezes: async (): Promise<FreezeAnswer> => ({
      kind: 'list',
      now: await activeFreezes(deps.db),
      past: await pastFreezes(deps.db, 20),
    }),
  };
}

/** Beside the write itself, so that no freeze comes between the question and the deed: thrown, and nothing is written. */
export async function refuseClosed(deps: CalendarDeps, question: CalendarQuestion): Promise<CalendarLook | null> {
  const seen = look(await gatesNow(deps, question), deps.now());
  return seen.open ? null : seen;
}

/** What a workflow knows a closed window by. */
const WINDOW_CLOSED = 'WindowClosed';

export function windowClosed(seen: CalendarLook): ApplicationFailure {
  return ApplicationFailure.create({
    message: `No split may rise: ${seen.why}`,
    type: WINDOW_CLOSED,
    nonRetryable: true,
    details: [seen],
  });
}

async function gatesNow(deps: CalendarDeps, question: CalendarQuestion): Promise<Gate[]> {
  const { windows, action, queues, letPass = [] } = question;
  const organisation = await organisationOf(deps);
  // What is frozen is so from when it is known: another clock delays nothing.
  const freezes = (await activeFreezes(deps.db)).map((freeze) => ({ ...freeze, fromMs: 0 }));
  const gates = orClosed(() => gatesFor({ organisation, windows, freezes, reach: { action, queues } }));
  return unlessLetPass(gates, letPass, deps.now());
}

/** A calendar that is no longer there holds, and says so, until it is back: nothing rises by what nobody can read. */
function orClosed(gates: () => Gate[]): Gate[] {
  try {
    return gates();
  } catch (error) {
    if (error instanceof WindowError) return [closedFor(error)];
    throw error;
  }
}

async function organisationOf({ calendar }: CalendarDeps): Promise<OrganisationCalendar | null> {
  return calendar ? calendar.now() : null;
}

/** May it rise at that time, by whoever asks at a terminal. */
export async function viewCalendar(
  deps: CalendarDeps,
  question: CalendarQuestion & { readonly atMs?: number },
): Promise<CalendarView> {
  const atMs = question.atMs ?? deps.now();
  const gates = await gatesNow(deps, question);
  return {
    ...look(gates, atMs),
    atMs,
    openings: gates.length === 0 ? [] : openingTexts(gates, atMs, 3),
  };
}

async function count(deps: CalendarDeps, question: HoursQuestion): Promise<HoursCount> {
  const { hours, reach, sinceMs, forMs, atMostMs } = question;
  const organisation = await organisationOf(deps);
  const freezes = await freezesSince(deps.db, sinceMs);
  const gates = orClosed(() => [gateOf(hours, organisation), ...freezeGates({ organisation, freezes, reach })]);
  const atMs = deps.now();
  const leftMs = (ofMs: number): number => Math.max(0, ofMs - question.countedMs);
  return {
    countedMs: question.countedMs + openMsBetween(gates, sinceMs, question.untilMs ?? atMs),
    endsAtMs: whenCounted(gates, sinceMs, leftMs(forMs)),
    atMostAtMs: whenCounted(gates, sinceMs, leftMs(atMostMs)),
    open: look(gates, atMs).open,
    atMs,
  };
}

interface Seen<T> {
  readonly done: boolean;
  readonly result: T;
  readonly nextAtMs: number | null;
}

/** One activity however long it takes: woken by the store, by the time of the next change, and now and then. */
async function untilNews<T>(deps: CalendarDeps, see: () => Promise<Seen<T>>): Promise<T> {
  const { cancellationSignal } = Context.current();
  const wakeup = createWakeup(GAP_MS, cancellationSignal);
  const stop = await onFreezes(deps.db, () => wakeup.wake());
  try {
    for (;;) {
      const { done, result, nextAtMs } = await see();
      if (done) return result;
      await wakeup.wait(Math.max(1, Math.min(LOOK_EVERY_MS, (nextAtMs ?? Infinity) - deps.now())));
      cancellationSignal.throwIfAborted();
    }
  } finally {
    await stop();
  }
}

export interface FreezeInput {
  /** Of the run that asks: a repeat changes nothing. */
  readonly id: string;
  readonly asked: FreezeAct;
  readonly actor: Pick<Actor, 'by' | 'verifiedBy' | 'subject'> | null;
  /** Why whoever asks may not; then that is all that is put on record. */
  readonly refusal: string | null;
}

/** The freeze and its audit entry share a transaction. */
async function changeFreeze(deps: CalendarDeps, given: FreezeInput): Promise<FreezeAnswer> {
  const input = deps.redact === undefined ? given : redactDeep(given, deps.redact);
  const { id, asked, refusal: refused } = input;
  const organisation = await organisationOf(deps);
  return deps.db.tx(async (trx) => {
    const why = refused ?? unknownScope(asked, organisation);
    if (why !== null) {
      await enter(trx, deps, input, { act: 'refused', details: { asked: asked.do, why } });
      return { kind: 'refused', why };
    }
    const { by, reason, scope } = asked;
    const verifiedBy = input.actor?.verifiedBy ?? null;
    if (asked.do === 'unfreeze') {
      const lifted = await liftFreezes(trx, { id, scope, by, reason });
      if (lifted.length === 0)
        return { kind: 'refused', why: `Nothing is frozen on ${scopeText(scope)}: ${await lastOf(trx, asked)}` };
      await enter(trx, deps, input, { act: 'unfreeze', before: { freezes: lifted.map((one) => one.id) } });
      return { kind: 'done', freezes: lifted };
    }
    const freeze = await addFreeze(trx, { id, scope, by, verifiedBy, reason, until: asked.until }, MAX_FREEZE_MS);
    if (freeze === null)
      return {
        kind: 'refused',
        why: 'Its end is over already, or more than a year ahead. Freeze until a time to come.',
      };
    await enter(trx, deps, input, { act: 'freeze', after: { until: new Date(freeze.untilMs).toISOString() } });
    return { kind: 'done', freezes: [freeze] };
  });
}

function unknownScope({ scope }: FreezeAct, organisation: OrganisationCalendar | null): string | null {
  if (scope.kind !== 'division' || organisation?.divisions.has(scope.name) === true) return null;
  const { message, remedy } = unknownDivision(scope.name, [...(organisation?.divisions.keys() ?? [])]);
  return `${message} ${remedy}`;
}

/** What became of the last one there. */
async function lastOf(trx: Transaction, { scope }: FreezeAct): Promise<string> {
  const past = await pastFreezes(trx, 1000);
  const last = past.find((one) => scopeText(one.scope) === scopeText(scope));
  if (last === undefined) return 'it never was. `assist-rollouts freeze list` shows what is.';
  const at = new Date(last.endedAtMs).toISOString();
  return last.lifted === null
    ? `the freeze by ${last.by} ended by itself at ${at}.`
    : `${last.lifted.by} lifted the freeze by ${last.by} at ${at}.`;
}

async function enter(
  trx: Transaction,
  { now, tell }: CalendarDeps,
  { id, asked, actor }: FreezeInput,
  what: {
    readonly act: string;
    readonly before?: object;
    readonly after?: { readonly until: string };
    readonly details?: { readonly asked: string; readonly why: string };
  },
): Promise<void> {
  const { scope, by, reason, signature } = asked;
  const verifiedBy = actor?.verifiedBy ?? null;
  const key = `freeze/${id}`;
  const atMs = now();
  const isNew = await appendAudit(
    trx,
    {
      key,
      at: new Date(atMs),
      actor: by,
      reason: `${scopeText(scope)}: ${reason}`,
      ...(scope.kind === 'action' && { action: scope.name }),
      ...what,
      details: {
        scope,
        verifiedBy,
        subject: actor?.subject ?? null,
        signature: verifiedBy === null ? null : (signature ?? null),
        ...what.details,
      },
    },
    ['at'],
  );
  if (!isNew) return;
  const { until, why } = { ...what.after, ...what.details };
  const told = { act: asked.do, scope, by, verifiedBy, reason, ...(until && { until }), ...(why && { refused: why }) };
  await tell?.(trx, messageOfFreeze(told, atMs), key);
}

function refusal(message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, 'StartRefused');
}
