/** When people are not disturbed with what can wait. By the wall clock of their time zone, whatever it jumps. */
import type { QuietHours } from './settings-schema.ts';

const MINUTE = 60_000;
/** Six whole days and the nights around them. */
const MAX_MINUTES = 8 * 24 * 60;

/** Null: it is not quiet now. Else when it ends, ms since the epoch. */
export function quietUntil(hours: QuietHours, atMs: number): number | null {
  const isQuiet = quietBy(hours);
  if (!isQuiet(atMs)) return null;
  const next = Math.floor(atMs / MINUTE) * MINUTE + MINUTE;
  for (let minute = 0; minute < MAX_MINUTES; minute += 1)
    if (!isQuiet(next + minute * MINUTE)) return next + minute * MINUTE;
  return next + MAX_MINUTES * MINUTE;
}

function quietBy({ timeZone, from, to, allDay }: QuietHours): (atMs: number) => boolean {
  const clock = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  return (atMs) => {
    const parts = Object.fromEntries(clock.formatToParts(atMs).map(({ type, value }) => [type, value]));
    const day = (parts['weekday'] ?? '').toLowerCase();
    const time = `${parts['hour'] ?? ''}:${parts['minute'] ?? ''}`;
    if ((allDay as readonly string[]).includes(day)) return true;
    return from < to ? time >= from && time < to : time >= from || time < to;
  };
}
