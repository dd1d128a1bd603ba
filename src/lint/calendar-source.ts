/** The organisation's calendar as its file is now: read anew when it has changed. */
import type { OrganisationCalendar } from '../domain/calendar/organisation.ts';
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

/** Throws when the file cannot be used: nothing begins with windows that nobody meant. */
export async function openCalendar(file: string, logger: CalendarLogger, now: () => number): Promise<CalendarSource> {
  let good = await loadOrganisationCalendar(file);
  let readAtMs = now();
  let told = '';
  return {
    async now() {
      if (now() - readAtMs < FRESH_MS) return good;
      readAtMs = now();
      try {
        good = await loadOrganisationCalendar(file);
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
