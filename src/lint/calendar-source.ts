/** The organisation's calendar as its file is now: read anew when it has changed. */
import type { Divisions, OrganisationCalendar } from '../domain/calendar/organisation.ts';
import { calendarOfDivisions } from '../domain/calendar/organisation.ts';
import { loadOrganisationCalendar } from './organisation-calendar.ts';

export interface CalendarSource {
  /** As the file is now; as it last was where it cannot be used. */
  now(): Promise<OrganisationCalendar>;
}

export interface CalendarLogger {
  error(fields: object, message: string): void;
}

/** A rise is rare, but a thousand rollouts may wait for one. */
const FRESH_MS = 5000;

interface CalendarOptions {
  readonly logger: CalendarLogger;
  readonly now: () => number;
  /** Those that are listed elsewhere: ids of the queues of each, by name. */
  readonly divisions?: () => Promise<Divisions>;
}

/** Throws when the file cannot be used: nothing begins with windows that nobody meant. Null: it has divisions alone. */
export async function openCalendar(
  file: string | null,
  { logger, now, divisions = async () => ({}) }: CalendarOptions,
): Promise<CalendarSource> {
  const load = async (): Promise<OrganisationCalendar> =>
    file === null ? calendarOfDivisions(await divisions()) : loadOrganisationCalendar(file, await divisions());
  let good = await load();
  let readAtMs = now();
  let told = '';
  return {
    async now() {
      if (now() - readAtMs < FRESH_MS) return good;
      readAtMs = now();
      try {
        good = await load();
        told = '';
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        if (why !== told)
          logger.error(
            { file, err: error },
            'the calendar cannot be used: what it said before still holds. Mend it now',
          );
        told = why;
      }
      return good;
    },
  };
}
