/** Instants as ISO 8601 writes them; what is no instant is told apart by what it lacks. */

const CALENDAR = /^(\d{4})-?(\d{2})-?(\d{2})/;
const INSTANT =
  /^(\d{4})(-?)(\d{2})\2(\d{2})[Tt ](\d{2})(?::?(\d{2})(?::?(\d{2})(?:[.,](\d{1,12}))?)?)?(?:[Zz]|([+\-\u2212])(\d{2})(?::?(\d{2}))?)$/;
const LOCAL = /^\d{4}-?\d{2}-?\d{2}[Tt ]\d{2}(?::?\d{2}(?::?\d{2}(?:[.,]\d{1,12})?)?)?$/;

/** For who describes what is taken; that there is such a day and such a time it does not say. */
export const INSTANT_PATTERN = INSTANT.source;

const PLAIN = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/;

const MINUTE_MS = 60_000;

/**
 * Milliseconds since the epoch; a text says why it is none. Taken are the extended and the basic form, `T`, `t` or a
 * blank, seconds and
 * minutes left out, a fraction after a point or a comma, and as the zone `Z`, `+hh`, `+hhmm` or `+hh:mm`. What is finer
 * than a
 * millisecond is dropped. 24:00 and a leap second are the moment after.
 */
export function parseInstant(text: string): number | string {
  // Nearly all of them: a day that every month has, so the platform's own reading is right.
  if (PLAIN.test(text)) return Date.parse(text);
  const parts = INSTANT.exec(text);
  if (parts === null) return whatItLacks(text);
  const [year, month, day, hour, minute, second] = [parts[1], parts[3], parts[4], parts[5], parts[6], parts[7]].map(
    (digits) => Number(digits ?? 0),
  ) as [number, number, number, number, number, number];
  if (!isDay(year, month, day)) return 'Invalid instant: there is no such day';
  const endsDay = hour === 24 && minute === 0 && second === 0 && Number(parts[8] ?? 0) === 0;
  if ((hour > 23 && !endsDay) || minute > 59 || second > 60) return 'Invalid instant: there is no such time of day';
  const [offsetHours, offsetMinutes] = [Number(parts[10] ?? 0), Number(parts[11] ?? 0)];
  if (offsetHours > 23 || offsetMinutes > 59) return 'Invalid instant: there is no such offset';
  const offset = (parts[9] === '+' ? 1 : -1) * (offsetHours * 60 + offsetMinutes) * MINUTE_MS;
  const ms = Number((parts[8] ?? '').slice(0, 3).padEnd(3, '0'));
  return dayStart(year, month, day) + hour * 60 * MINUTE_MS + minute * MINUTE_MS + second * 1000 + ms - offset;
}

/** The one form in which instants go on; of what is an instant. */
export function canonicalInstant(text: string): string {
  if (PLAIN.test(text)) return text;
  return new Date(Number(parseInstant(text))).toISOString();
}

function whatItLacks(text: string): string {
  if (LOCAL.test(text))
    return 'Invalid instant: a local time without a zone; expected Z or an offset such as +02:00 at its end';
  if (CALENDAR.exec(text)?.[0].length === text.length) return 'Invalid instant: a day without a time';
  return 'Invalid instant: expected ISO 8601, such as 2026-03-01T12:00:04.250Z';
}

function isDay(year: number, month: number, day: number): boolean {
  const date = new Date(dayStart(year, month, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

/** `Date.UTC` takes years below 100 for the last century's. */
function dayStart(year: number, month: number, day: number): number {
  return new Date(0).setUTCFullYear(year, month - 1, day);
}
