/** When a rollout starts that shall not start at once. */
import { Temporal } from 'temporal-polyfill';
import type { Fault, Problem } from '../plan/problem.ts';
import { problemAt } from '../plan/problem.ts';
import { startFault } from './form.ts';
import { isTimeZone } from './times.ts';
import { placeTime } from './words.ts';

const MAX_AHEAD_MS = 366 * 86_400_000;

/** ms since the epoch. A time that the clocks of that place leave out, or show twice, as in `times.ts`. */
export function startInstant(text: string): { readonly atMs: number; readonly timeZone: string } | Fault {
  const [local = '', timeZone] = text.split(' ');
  try {
    if (timeZone === undefined) return { atMs: Temporal.Instant.from(local).epochMilliseconds, timeZone: 'UTC' };
    if (!isTimeZone(timeZone))
      return startFault(`There is no time zone ${timeZone}.`, 'Write an IANA name, such as Europe/Berlin.');
    return { atMs: Temporal.PlainDateTime.from(local).toZonedDateTime(timeZone).epochMilliseconds, timeZone };
  } catch {
    if (timeZone === undefined && isPlainTime(local))
      return startFault(
        `The time ${text} is without a time zone.`,
        `Write the zone behind it: ${local} Europe/Berlin.`,
      );
    return startFault(
      `There is no time ${text}.`,
      'Write a time that the calendar has: 2026-12-01T08:00 Europe/Berlin.',
    );
  }
}

function isPlainTime(text: string): boolean {
  try {
    return text.includes('T') && Temporal.PlainDateTime.from(text).year > 0;
  } catch {
    return false;
  }
}

/** Of a plan that is to be started now: of what is over a warning, for a plan is also looked at later. */
export function startProblems(startAt: string | undefined, nowMs: number): Problem[] {
  if (startAt === undefined) return [];
  const read = startInstant(startAt);
  if ('code' in read) return [problemAt('startAt', read)];
  const { atMs, timeZone } = read;
  if (atMs > nowMs && atMs - nowMs <= MAX_AHEAD_MS) return [];
  const seen = `It is to start at ${placeTime(atMs, timeZone)}, which`;
  return [
    problemAt(
      'startAt',
      atMs <= nowMs
        ? startFault(`${seen} is over.`, 'Write a later time, or leave it out to start at once.')
        : startFault(`${seen} is more than a year ahead.`, 'Write an earlier time; plans change within a year.'),
      { severity: atMs <= nowMs ? 'warning' : 'error' },
    ),
  ];
}
