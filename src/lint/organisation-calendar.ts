/** The organisation's calendar, from its file and the iCalendar files that it names. */
import { dirname, resolve } from 'node:path';
import type { Divisions, OrganisationCalendar } from '../domain/calendar/organisation.ts';
import { filesIn, parseOrganisationCalendar } from '../domain/calendar/organisation.ts';
import { faultyOrganisationFile, openOrganisationFile, readOrganisationText } from './organisation-file.ts';

const KIND = {
  name: 'calendar',
  page: 'docs/calendar.md',
  unreadable: 'Check that it is a file beside the calendar, and that you may read it.',
} as const;

/**
 * A calendar that cannot be read holds no rise. Throws with all problems if anything in the file is wrong. `divisions`:
 * those that are listed elsewhere.
 */
export async function loadOrganisationCalendar(file: string, divisions: Divisions = {}): Promise<OrganisationCalendar> {
  const source = await openOrganisationFile(KIND, file);
  const named = new Map<string, string>();
  const within = dirname(file);
  for (const name of filesIn(source.value))
    named.set(name, await readOrganisationText(KIND, file, { at: resolve(within, name), within }));
  const parsed = parseOrganisationCalendar(source.value, named, divisions);
  if (parsed.ok) return parsed.calendar;
  throw faultyOrganisationFile(KIND, source, parsed.problems);
}
