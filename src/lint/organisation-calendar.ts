/** The organisation's calendar, from its file and the iCalendar files that it names. */
import { dirname, resolve } from 'node:path';
import type { OrganisationCalendar } from '../domain/calendar/organisation.ts';
import { filesIn, parseOrganisationCalendar } from '../domain/calendar/organisation.ts';
import type { Problem } from '../domain/plan/problem.ts';
import { problemAt } from '../domain/plan/problem.ts';
import { FileRefusedError, readBounded } from './disk.ts';
import { placeInPlan } from './place.ts';
import { formatProblem } from './plan-error.ts';
import { isProblem, readYaml } from './read-plan.ts';

/** A calendar that cannot be read holds no rise, so nothing goes on without it. Its message lists every problem. */
class CalendarError extends Error {
  readonly code = 'calendar-invalid';
  readonly remedy = 'Mend the file, or name another; docs/calendar.md tells its fields.';
  readonly problems: readonly Problem[];

  constructor(file: string, problems: readonly Problem[], options?: ErrorOptions) {
    super([`The organisation's calendar ${file} cannot be used:`, ...problems.map(formatProblem)].join('\n'), options);
    this.name = 'CalendarError';
    this.problems = problems;
  }
}

const MAX_BYTES = 1024 * 1024;

/** Throws a CalendarError with all problems if anything in the file is wrong. */
export async function loadOrganisationCalendar(file: string): Promise<OrganisationCalendar> {
  const source = readYaml(file, await read(file, file));
  if (isProblem(source)) throw new CalendarError(file, [source]);
  const named = new Map<string, string>();
  const folder = dirname(file);
  for (const name of filesIn(source.value)) named.set(name, await read(file, resolve(folder, name), folder));
  const parsed = parseOrganisationCalendar(source.value, named);
  if (parsed.ok) return parsed.calendar;
  throw new CalendarError(
    file,
    parsed.problems.map((problem) => placeInPlan(problem, source)),
  );
}

async function read(calendar: string, file: string, within?: string): Promise<string> {
  try {
    return await readBounded(file, { maxBytes: MAX_BYTES, ...(within !== undefined && { within }) });
  } catch (cause) {
    const why =
      cause instanceof FileRefusedError
        ? `it is ${cause.seen}`
        : cause instanceof Error
          ? cause.message
          : String(cause);
    const fault = {
      code: 'plan-file-unreadable',
      message: `${file} cannot be read: ${why}.`,
      remedy: 'Check that it is a file beside the calendar, and that you may read it.',
    } as const;
    throw new CalendarError(calendar, [problemAt('', fault, { file })], { cause });
  }
}
