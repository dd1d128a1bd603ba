/** Whole days from an iCalendar file (RFC 5545), as public holidays come. */
import type { Fault } from '../plan/problem.ts';
import { show } from '../plan/problem.ts';
import type { WindowRule } from './form.ts';
import { windowFault } from './form.ts';

interface Property {
  readonly name: string;
  readonly value: string;
}

const MAX_EVENTS = 5000;

/** Its events as days of that place; all that is left out would be a day on which a window is open, so nothing is. */
export function daysFromICalendar(text: string, timeZone: string): readonly WindowRule[] | Fault {
  const events = eventsIn(unfold(text));
  if (events === null || events.length === 0)
    return windowFault(
      'This is no iCalendar file with events.',
      'Give a file with BEGIN:VCALENDAR and whole-day events.',
    );
  if (events.length > MAX_EVENTS)
    return windowFault(
      `There are ${events.length} events; expected at most ${MAX_EVENTS}.`,
      'Give the years that count.',
    );
  const rules: WindowRule[] = [];
  for (const event of events) {
    const read = rulesOf(event, timeZone);
    if (!Array.isArray(read)) return read;
    rules.push(...read);
  }
  return rules;
}

/** A line that begins with white space goes on with the one before. */
function unfold(text: string): string[] {
  return text.replace(/\r?\n[ \t]/g, '').split(/\r?\n/);
}

function eventsIn(lines: readonly string[]): Property[][] | null {
  if (lines[0]?.trim().toUpperCase() !== 'BEGIN:VCALENDAR') return null;
  const events: Property[][] = [];
  let event: Property[] | null = null;
  for (const line of lines) {
    const [, name = '', value = ''] = /^([A-Za-z-]+)[^:]*:(.*)$/.exec(line) ?? [];
    const [what, kind] = [name.toUpperCase(), value.trim()];
    if (what === 'BEGIN' && kind === 'VEVENT') event = [];
    else if (what === 'END' && kind === 'VEVENT' && event !== null) {
      events.push(event);
      event = null;
    } else event?.push({ name: what, value: kind });
  }
  return events;
}

const DAY = /^(\d{4})(\d{2})(\d{2})$/;
const DAY_MS = 86_400_000;

function rulesOf(event: readonly Property[], timeZone: string): WindowRule[] | Fault {
  const all = (name: string): string[] =>
    event.filter((property) => property.name === name).flatMap(({ value }) => value.split(','));
  const one = (name: string): string | undefined => event.find((property) => property.name === name)?.value;
  const called = show(one('SUMMARY') ?? one('UID') ?? 'without a name');
  const days = { DTSTART: all('DTSTART'), DTEND: all('DTEND'), RDATE: all('RDATE'), EXDATE: all('EXDATE') };
  const timed = Object.values(days)
    .flat()
    .find((value) => !DAY.test(value));
  if (timed !== undefined || days.DTSTART[0] === undefined)
    return windowFault(
      `The event ${called} is not of whole days: ${show(timed)}.`,
      'Write its hours as a rule with from and to; a file of holidays holds whole days.',
    );
  const unreal = Object.values(days)
    .flat()
    .map(iso)
    .find((day) => dayAfter(day, 0) !== day);
  if (unreal !== undefined)
    return windowFault(`The event ${called} says ${unreal}, and there is no such day.`, 'Write one that there is.');
  const starts = iso(days.DTSTART[0]);
  const length = lengthOf(starts, days.DTEND[0], one('DURATION'));
  if (length === null)
    return windowFault(
      `The event ${called} lasts ${show(one('DURATION'))}${days.DTEND[0] === undefined ? '' : `, and ends on ${iso(days.DTEND[0])}`}.`,
      'Write either DTEND, the day after its last, or DURATION in whole days (P3D) or weeks (P1W).',
    );
  const rule = one('RRULE');
  if (rule !== undefined && length > 1)
    return windowFault(
      `The event ${called} lasts several days and comes again.`,
      'Write its days as dates, or as a rule.',
    );
  const allDay = { from: '00:00', to: '24:00', timeZone };
  const skips = days.EXDATE.map(iso);
  const stretches = (begins: readonly string[]): string[] =>
    begins.filter((day) => !skips.includes(day)).map((day) => stretch(day, length));
  const listed = stretches(days.RDATE.map(iso));
  if (rule === undefined) {
    const dates = [...stretches([starts]), ...listed];
    return dates.length === 0 ? [] : [{ ...allDay, dates }];
  }
  return [{ ...allDay, rule, starts, skips }, ...(listed.length === 0 ? [] : [{ ...allDay, dates: listed }])];
}

const LASTS = /^\+?P(?:(\d{1,4})D(?:T(?:0+[HMS])+)?|(\d{1,3})W)$/i;

/** In days, of which DTEND is the one after; null: it is not of whole days, or said in two ways. */
function lengthOf(starts: string, end: string | undefined, duration: string | undefined): number | null {
  if (duration === undefined) return end === undefined ? 1 : Math.max(1, (dayMs(iso(end)) - dayMs(starts)) / DAY_MS);
  const [, days, weeks] = LASTS.exec(duration) ?? [];
  const length = Number(days ?? 7 * Number(weeks ?? 0));
  return length < 1 || end !== undefined ? null : length;
}

/** The first and the last of so many days. */
function stretch(first: string, length: number): string {
  return length === 1 ? first : `${first}/${dayAfter(first, length - 1)}`;
}

function iso(day: string): string {
  return day.replace(DAY, '$1-$2-$3');
}

function dayMs(day: string): number {
  return Date.parse(`${day}T00:00Z`);
}

/** Another day than the given one, for 0, where that is none. */
function dayAfter(day: string, days: number): string {
  const ms = dayMs(day) + days * DAY_MS;
  return Number.isNaN(ms) ? '' : new Date(ms).toISOString().slice(0, 10);
}
