import type { CalendarLogger, CalendarSource } from '../lint/calendar-source.ts';
import { openCalendar } from '../lint/calendar-source.ts';
import type { Env } from '../config/secrets.ts';

/** When splits may rise in this organisation, where the environment names its file; null: at any time. */
export async function organisationCalendar(
  env: Env,
  logger: CalendarLogger,
  now: () => number,
): Promise<CalendarSource | null> {
  const file = env['CALENDAR_FILE'];
  return file === undefined || file === '' ? null : openCalendar(file, logger, now);
}
