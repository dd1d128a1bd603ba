import type { CalendarLogger, CalendarSource } from '../lint/calendar-source.ts';
import { openCalendar } from '../lint/calendar-source.ts';
import { loadOrganisationCalendar } from '../lint/organisation-calendar.ts';
import type { OrganisationCalendar } from '../domain/calendar/organisation.ts';
import { loadOperators } from '../identity/operators-file.ts';
import type { OperatorsSource } from '../identity/operators-file.ts';
import type { Env } from '../config/secrets.ts';
import { operatorsFile } from './operators.ts';

interface CalendarParts {
  readonly env: Env;
  readonly logger: CalendarLogger;
  readonly now: () => number;
  readonly operators: OperatorsSource | null;
}

/**
 * When splits may rise in this organisation, where the environment names its file; and what its divisions are, which
 * the operators' file may say alone. Null: neither is named, and they rise at any time.
 */
export async function organisationCalendar({
  env,
  logger,
  now,
  operators,
}: CalendarParts): Promise<CalendarSource | null> {
  const file = env['CALENDAR_FILE'] || null;
  if (file === null && operators === null) return null;
  const divisions = async () => (operators === null ? {} : (await operators.now()).divisions);
  return openCalendar(file, { logger, now, divisions });
}

/** For who looks at it once. */
export async function calendarIn(file: string, env: Env): Promise<OrganisationCalendar> {
  const operators = operatorsFile(env);
  return loadOrganisationCalendar(file, operators === null ? {} : (await loadOperators(operators)).divisions);
}
