/** The organisation's calendar as people write it: named calendars, and the windows that hold for everybody. */
import { z } from 'zod';
import { problemsOf } from '../plan/issues.ts';
import type { JsonSchema } from '../plan/json-schema.ts';
import { knownFieldsAt } from '../plan/json-schema.ts';
import type { Fault, Problem } from '../plan/problem.ts';
import { problemAt, show } from '../plan/problem.ts';
import type { WindowRule } from './form.ts';
import { calendarName, inZone, NO_ZONE, placed, timeZoneField, windowFault } from './form.ts';
import { daysFromICalendar } from './icalendar.ts';
import { gaps, intersect, union } from './spans.ts';
import type { Times } from './times.ts';
import { timesOf, WindowError } from './times.ts';

export interface OrganisationCalendar {
  readonly timeZone: string;
  /** Ids of the queues of each, by the name that windows and freezes call it. */
  readonly divisions: ReadonlyMap<string, readonly string[]>;
  readonly calendars: ReadonlyMap<string, { readonly times: Times; readonly timeZone: string }>;
  readonly windows: readonly OrganisationWindow[];
}

/** Ids of the queues of each, by name. */
export type Divisions = Readonly<Record<string, readonly string[]>>;

/** Of an organisation that closes nothing by itself. */
export function calendarOfDivisions(divisions: Divisions): OrganisationCalendar {
  return { timeZone: 'UTC', divisions: new Map(Object.entries(divisions)), calendars: new Map(), windows: [] };
}

/** Nothing of `queues`, `divisions` and `actions`: it holds for every rollout. */
export interface OrganisationWindow {
  readonly kind: 'allow' | 'deny';
  /** Names of calendars; open where one of them is. */
  readonly calendars: readonly string[];
  readonly reason: string | null;
  readonly queues: readonly string[];
  readonly divisions: readonly string[];
  readonly actions: readonly string[];
}

const days = placed({
  file: z.string().min(1).max(500).optional().describe('An iCalendar file of whole days, in the folder of this one.'),
});

const calendar = z.strictObject({
  timeZone: timeZoneField.optional(),
  times: z.array(days).min(1).max(100).describe('Open while one of these is.'),
  except: z.array(calendarName).max(20).prefault([]).describe('Names of calendars: closed while one of these is open.'),
});

const ids = z.array(z.string().trim().min(1).max(200)).min(1).max(200).optional();

const window = z.strictObject({
  allow: z.array(calendarName).min(1).max(20).optional().describe('A split rises only while one of these is open.'),
  deny: z.array(calendarName).min(1).max(20).optional().describe('No split rises while one of these is.'),
  reason: z.string().trim().min(1).max(200).optional().describe('What whoever waits reads.'),
  queues: ids,
  divisions: ids,
  actions: ids,
});

const schema = z.strictObject({
  timeZone: timeZoneField.prefault('UTC').describe('Of what says none.'),
  divisions: z
    .record(z.string(), z.array(z.string().trim().min(1).max(200)).max(1000))
    .prefault({})
    .describe('Ids of the queues of each.'),
  calendars: z.record(z.string(), calendar).prefault({}),
  windows: z.array(window).max(100).prefault([]),
});

type Written = z.output<typeof schema>;
export type ParsedCalendar =
  | { readonly ok: true; readonly calendar: OrganisationCalendar }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** The iCalendar files that it names, to be read by whoever may. */
export function filesIn(given: unknown): string[] {
  const parsed = schema.safeParse(given);
  if (!parsed.success) return [];
  return Object.values(parsed.data.calendars).flatMap(({ times }) => times.flatMap(({ file }) => file ?? []));
}

/** `files`: what stands in those of `filesIn`. `elsewhere`: divisions that the operators' file lists. Never throws. */
export function parseOrganisationCalendar(
  given: unknown,
  files: ReadonlyMap<string, string>,
  elsewhere: Divisions = {},
): ParsedCalendar {
  const parsed = schema.safeParse(given ?? {});
  if (!parsed.success)
    return { ok: false, problems: parsed.error.issues.flatMap((issue) => problemsOf(issue, given, fieldsAt)) };
  const problems: Problem[] = [];
  const report = (path: string, fault: Fault): void => void problems.push(problemAt(path, fault));
  const { timeZone, calendars: written, windows } = parsed.data;
  for (const name of Object.keys(parsed.data.divisions))
    if (Object.hasOwn(elsewhere, name)) report(`divisions.${name}`, twiceListed(name));
  const divisions = new Map(Object.entries({ ...elsewhere, ...parsed.data.divisions }));
  const own = new Map(
    Object.entries(written).map(([name, one]) => [name, ownTimes(name, one, timeZone, files, report)] as const),
  );
  const calendars = new Map(
    Object.entries(written).map(([name, one]) => [
      name,
      { times: without(own, name, one.except, report), timeZone: one.timeZone ?? timeZone },
    ]),
  );
  const held = windows.map((one, index) =>
    windowOf(one, index, { calendars: [...calendars.keys()], divisions: [...divisions.keys()] }, report),
  );
  return problems.length > 0
    ? { ok: false, problems }
    : { ok: true, calendar: { timeZone, divisions, calendars, windows: held } };
}

type Report = (path: string, fault: Fault) => void;

function ownTimes(
  name: string,
  { times, timeZone }: Written['calendars'][string],
  outer: string,
  files: ReadonlyMap<string, string>,
  report: Report,
): Times {
  const parts = times.flatMap((one, index): Times[] => {
    const path = `calendars.${name}.times.${index}`;
    const { file, ...rule } = one;
    const zone = timeZone ?? outer;
    const rules = file === undefined ? [inZone(rule, zone)] : daysFromICalendar(files.get(file) ?? '', zone);
    if (!isList(rules)) {
      report(path, rules);
      return [];
    }
    return rules.flatMap((rule) => compiled(rule, path, report));
  });
  return (within) => union(parts.flatMap((part) => part(within)));
}

function isList(rules: readonly (WindowRule | null)[] | Fault): rules is readonly (WindowRule | null)[] {
  return Array.isArray(rules);
}

function compiled(rule: WindowRule | null, path: string, report: Report): Times[] {
  if (rule === null) {
    report(path, NO_ZONE);
    return [];
  }
  try {
    return [timesOf(rule)];
  } catch (error) {
    if (!(error instanceof WindowError)) throw error;
    report(path, error.fault);
    return [];
  }
}

/** What is taken off is another calendar's own times: exceptions of exceptions are nobody's wish. */
function without(own: ReadonlyMap<string, Times>, name: string, except: readonly string[], report: Report): Times {
  const taken = except.flatMap((other, index): Times[] => {
    const times = own.get(other);
    if (times !== undefined && other !== name) return [times];
    report(
      `calendars.${name}.except.${index}`,
      unknownCalendar(
        other,
        [...own.keys()].filter((one) => one !== name),
      ),
    );
    return [];
  });
  const times = own.get(name) as Times;
  if (taken.length === 0) return times;
  return (within) => intersect(times(within), gaps(union(taken.flatMap((one) => one(within))), within));
}

export function unknownCalendar(name: string, known: readonly string[]): Fault {
  return windowFault(
    `There is no calendar ${name}.`,
    known.length === 0 ? 'Add it to the file of CALENDAR_FILE.' : `Write one of ${known.join(', ')}, or add it.`,
  );
}

export function unknownDivision(name: string, known: readonly string[]): Fault {
  return windowFault(
    `There is no division ${show(name)}.`,
    known.length === 0
      ? 'Add it to divisions: of CALENDAR_FILE or OPERATORS_FILE.'
      : `Write one of ${known.join(', ')}, or add it.`,
  );
}

function twiceListed(name: string): Fault {
  return windowFault(
    `OPERATORS_FILE lists the division ${show(name)}, too.`,
    'List its queues in one of the two: a name means the same for who may act and for when.',
  );
}

function windowOf(
  { allow, deny, reason, queues = [], divisions = [], actions = [] }: Written['windows'][number],
  index: number,
  known: { readonly calendars: readonly string[]; readonly divisions: readonly string[] },
  report: Report,
): OrganisationWindow {
  const path = `windows.${index}`;
  if ((allow === undefined) === (deny === undefined))
    report(path, windowFault('A window allows or denies, one of the two.', 'Write allow: [name], or deny: [name].'));
  if ([queues, divisions, actions].filter((list) => list.length > 0).length > 1)
    report(
      path,
      windowFault('A window is for queues, divisions or actions, one of these.', 'Write a window for each.'),
    );
  const kind = allow === undefined ? 'deny' : 'allow';
  const calendars = allow ?? deny ?? [];
  for (const [place, name] of calendars.entries())
    if (!known.calendars.includes(name)) report(`${path}.${kind}.${place}`, unknownCalendar(name, known.calendars));
  for (const [place, name] of divisions.entries())
    if (!known.divisions.includes(name)) report(`${path}.divisions.${place}`, unknownDivision(name, known.divisions));
  return { kind, calendars, reason: reason ?? null, queues, divisions, actions };
}

let known: JsonSchema | undefined;

function fieldsAt(path: readonly PropertyKey[]): string[] {
  return knownFieldsAt(path, (known ??= z.toJSONSchema(schema, { io: 'input', target: 'draft-7' }) as JsonSchema));
}
