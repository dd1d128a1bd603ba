/**
 * What a rule means on the real calendar. An hour that a place's clocks leave out, or show twice, is taken as RFC 5545
 * says (3.3.5): by the offset before the gap, and the first of the two. No workflow may import this: time zones change
 * with the release of Node.
 */
import { RRuleTemporal } from 'rrule-temporal';
import { Temporal } from 'temporal-polyfill';
import type { Fault } from '../plan/problem.ts';
import type { WindowRule } from './form.ts';
import { windowFault } from './form.ts';
import type { Span } from './spans.ts';
import { union } from './spans.ts';

/** The stretches that touch the given one, in order. */
export type Times = (within: Span) => Span[];

/** A rule that names no day of its own, and is counted from its first one. */
const BY_FREQUENCY: Readonly<Record<string, RegExp>> = {
  WEEKLY: /BYDAY=/,
  MONTHLY: /BY(MONTH)?DAY=/,
  YEARLY: /BY(MONTHDAY|YEARDAY|WEEKNO|DAY)=/,
};

/** Throws a `WindowError` for what can be read and means nothing. */
export function timesOf(rule: WindowRule): Times {
  const fault = faultOf(rule);
  if (fault !== null) throw new WindowError(fault);
  const days = daysOf(rule);
  return ({ fromMs, toMs }) => {
    const day = (ms: number): Temporal.PlainDate =>
      Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(rule.timeZone).toPlainDate();
    const spans = days(day(fromMs).subtract({ days: 1 }), day(toMs).add({ days: 1 })).map((one) => hoursOf(one, rule));
    return union(spans.filter((span) => span.toMs > fromMs && span.fromMs < toMs));
  };
}

/** What can be read, and means nothing. */
export class WindowError extends Error {
  readonly fault: Fault;

  constructor(fault: Fault) {
    super(fault.message);
    this.name = 'WindowError';
    this.fault = fault;
  }
}

function faultOf({ rule, starts, dates, timeZone }: WindowRule): Fault | null {
  if (!isTimeZone(timeZone))
    return windowFault(`There is no time zone ${timeZone}.`, 'Write an IANA name, such as Europe/Berlin.');
  const unreal = [starts ?? [], (dates ?? []).flatMap((one) => one.split('/'))].flat().find((one) => !isDate(one));
  if (unreal !== undefined) return windowFault(`There is no day ${unreal}.`, 'Write a day that the calendar has.');
  const backward = (dates ?? []).find(
    (one) => one.includes('/') && (one.split('/')[1] ?? '') < (one.split('/')[0] ?? ''),
  );
  if (backward !== undefined)
    return windowFault(`${backward} ends before it begins.`, 'Write the earlier day first; both are part of it.');
  if (rule === undefined) return null;
  const named = BY_FREQUENCY[/FREQ=([A-Z]+)/.exec(rule)?.[1] ?? ''];
  if (starts === undefined && (/INTERVAL=|COUNT=/.test(rule) || (named !== undefined && !named.test(rule))))
    return windowFault(`${rule} counts from a first day, and there is none.`, 'Add starts: with its first day.');
  try {
    recurrence(rule, Temporal.PlainDate.from(starts ?? FIRST_DAY));
    return null;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return windowFault(`${rule} cannot be followed: ${why}.`, 'See RFC 5545, 3.3.10, and mend the rule.');
  }
}

const FIRST_DAY = '2020-01-01';

type Days = (from: Temporal.PlainDate, to: Temporal.PlainDate) => Temporal.PlainDate[];

/** Days are counted without a clock, so no shift of it can move them. */
function daysOf({ rule, starts, dates = [], skips = [] }: WindowRule): Days {
  if (rule === undefined) {
    const stretches = dates.map((one) => {
      const [first = '', last = first] = one.split('/');
      return [Temporal.PlainDate.from(first), Temporal.PlainDate.from(last)] as const;
    });
    return (from, to) => stretches.flatMap(([first, last]) => daysBetween(later(first, from), earlier(last, to)));
  }
  return (from, to) => {
    // What counts from no day may begin anywhere before.
    const first = starts === undefined ? from.with({ month: 1, day: 1 }) : Temporal.PlainDate.from(starts);
    return recurrence(rule, first)
      .between(midnight(from), midnight(to), true)
      .map((at) => Temporal.PlainDate.from({ year: at.year, month: at.month, day: at.day }))
      .filter((day) => !skips.includes(day.toString()));
  };
}

function recurrence(rule: string, first: Temporal.PlainDate): RRuleTemporal {
  return new RRuleTemporal({ rruleString: rule, dtstart: midnight(first), temporal: Temporal, maxIterations: 50_000 });
}

function midnight(day: Temporal.PlainDate): Temporal.ZonedDateTime {
  return day.toZonedDateTime('UTC');
}

function daysBetween(first: Temporal.PlainDate, last: Temporal.PlainDate): Temporal.PlainDate[] {
  const count = first.until(last).days;
  return Array.from({ length: Math.max(0, count + 1) }, (_, days) => first.add({ days }));
}

function later(a: Temporal.PlainDate, b: Temporal.PlainDate): Temporal.PlainDate {
  return Temporal.PlainDate.compare(a, b) < 0 ? b : a;
}

function earlier(a: Temporal.PlainDate, b: Temporal.PlainDate): Temporal.PlainDate {
  return Temporal.PlainDate.compare(a, b) < 0 ? a : b;
}

function hoursOf(day: Temporal.PlainDate, { from, to, timeZone }: WindowRule): Span {
  const [begins, ends] = [minutesOf(from), minutesOf(to)];
  const at = (date: Temporal.PlainDate, minutes: number): number =>
    date
      .add({ days: Math.floor(minutes / DAY_MINUTES) })
      .toZonedDateTime({ timeZone, plainTime: new Temporal.PlainTime(Math.floor(minutes / 60) % 24, minutes % 60) })
      .epochMilliseconds;
  return { fromMs: at(day, begins), toMs: at(day, ends > begins ? ends : ends + DAY_MINUTES) };
}

const DAY_MINUTES = 24 * 60;

function minutesOf(clock: string): number {
  const [hours = 0, minutes = 0] = clock.split(':').map(Number);
  return hours * 60 + minutes;
}

export function isTimeZone(name: string): boolean {
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name);
    return true;
  } catch {
    return false;
  }
}

function isDate(text: string): boolean {
  try {
    Temporal.PlainDate.from(text);
    return true;
  } catch {
    return false;
  }
}
