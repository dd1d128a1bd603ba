/**
 * Windows as people write them: days by an RFC 5545 rule or by name, and hours by the clocks of a place. Only their form
 * is read here, so that a workflow may; what a rule means is told by `times.ts`, where time zones are known.
 */
import { z } from 'zod';
import { addFault, readField } from '../plan/fields.ts';
import type { Fault } from '../plan/problem.ts';
import { show } from '../plan/problem.ts';

/** Stretches that come again, or days by name; from one hour to another of each. */
export interface WindowRule {
  /** `FREQ=WEEKLY;BYDAY=MO,TU`, of days alone: the hours are `from` and `to`. */
  readonly rule?: string | undefined;
  /** The first day of the rule, where it counts from one: `2026-01-05`. */
  readonly starts?: string | undefined;
  /** `2026-12-25`, or `2026-11-27/2027-01-01` with both ends. */
  readonly dates?: readonly string[] | undefined;
  /** Days of the rule that are left out, as EXDATE of an iCalendar file says. */
  readonly skips?: readonly string[] | undefined;
  /** `09:00`, and `24:00` at the latest; `to` no later than `from` is that hour of the next day. */
  readonly from: string;
  readonly to: string;
  readonly timeZone: string;
}

/** A calendar of the organisation by its name, or a rule in its place. */
export type CalendarRef = string | WindowRule;

export interface PlanWindows {
  readonly allow: readonly CalendarRef[];
  readonly deny: readonly CalendarRef[];
}

const NAME = /^[A-Za-z][A-Za-z0-9-]{0,63}$/;

/** A name that a plan can call a calendar by. */
export const calendarName = z
  .string()
  .meta({ description: 'Name of a calendar.', pattern: NAME.source })
  .superRefine((value, ctx) => {
    if (!NAME.test(value))
      addFault(ctx, windowFault(`${show(value)} is no name of a calendar.`, 'Write letters, digits and hyphens.'));
  });

export const timeZoneField = readField(
  { type: 'string', description: 'IANA time zone.', examples: ['Europe/Berlin', 'UTC'], maxLength: 64 },
  reader(/^[A-Za-z][A-Za-z0-9_+-]*(\/[A-Za-z0-9_+-]+){0,2}$/, 'is no time zone', 'Write it as Europe/Berlin or UTC.'),
);

const clock = (description: string) =>
  readField(
    { type: 'string', description, pattern: '^\\d{1,2}:\\d{2}$', examples: ['09:00'] },
    reader(
      /^(([01]?\d|2[0-3]):[0-5]\d|24:00)$/,
      'is no time of day',
      'Write it as "09:00"; the end of a day is 24:00.',
    ),
  );

const DATE = String.raw`\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])`;

const date = (description: string, pattern: string, examples: readonly string[]) =>
  readField(
    { type: 'string', description, examples },
    reader(new RegExp(`^${pattern}$`), 'is no date', `Write it as ${examples.join(' or ')}.`),
  );

const RULE_PARTS = ['FREQ', 'INTERVAL', 'COUNT', 'UNTIL', 'BYDAY', 'BYMONTHDAY', 'BYYEARDAY', 'BYWEEKNO', 'BYMONTH'];
const MORE_PARTS = ['BYSETPOS', 'WKST'];
const FREQUENCIES = ['DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY'];

/** Why it is no rule of days, or null; its values are told by whoever counts by it. */
function ruleFault(text: string): string | null {
  const parts = text.split(';').map((part) => part.split('='));
  const unknown = parts.find(([name = '']) => ![...RULE_PARTS, ...MORE_PARTS].includes(name));
  if (unknown !== undefined)
    return unknown[0]?.startsWith('BY')
      ? `has ${unknown[0]}, and a rule here is of days alone`
      : `has the part ${show(unknown[0])}`;
  if (parts.some(([, value = '', ...more]) => value === '' || more.length > 0)) return 'has a part without its value';
  const frequency = parts.find(([name]) => name === 'FREQ')?.[1];
  if (frequency === undefined || !FREQUENCIES.includes(frequency))
    return `has ${frequency === undefined ? 'no FREQ' : `FREQ=${frequency}`}; expected ${FREQUENCIES.join(', ')}`;
  return null;
}

const ruleText = readField(
  {
    type: 'string',
    description: 'An RFC 5545 recurrence rule of days; hours are in "from" and "to".',
    examples: ['FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR'],
    maxLength: 500,
  },
  (value): string | Fault => {
    const text =
      typeof value === 'string'
        ? value
            .trim()
            .toUpperCase()
            .replace(/^RRULE:/, '')
        : '';
    const why = text === '' || text.length > 500 ? 'is no rule' : ruleFault(text);
    return why === null
      ? text
      : windowFault(`${show(value)} ${why}.`, 'Write for example FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR.');
  },
);

const ruleFields = {
  rule: ruleText.optional(),
  starts: date('First day of the rule, where it counts from one.', DATE, ['2026-01-05']).optional(),
  dates: z
    .array(
      date('A day, or the first and the last of several.', `${DATE}(/${DATE})?`, [
        '2026-12-25',
        '2026-11-27/2027-01-01',
      ]),
    )
    .min(1)
    .max(1000)
    .optional(),
  from: clock('From this hour of each day.').prefault('00:00'),
  to: clock('To this hour; no later than "from": of the next day.').prefault('24:00'),
};

/** A rule whose time zone may be told by what it stands in; `more`: what else can tell days. */
export function placed<More extends z.ZodRawShape>(more: More) {
  return z.strictObject({ ...ruleFields, timeZone: timeZoneField.optional(), ...more }).superRefine((given, ctx) => {
    const { rule, starts } = given as { readonly rule?: string; readonly starts?: string };
    const kinds = ['rule', 'dates', ...Object.keys(more)];
    const said = kinds.filter((kind) => (given as Record<string, unknown>)[kind] !== undefined);
    if (said.length !== 1)
      addFault(
        ctx,
        windowFault(
          `This says ${said.join(' and ') || 'no day'}; expected one of ${kinds.join(', ')}.`,
          'Write rule: FREQ=WEEKLY;BYDAY=MO, or dates: [2026-12-25].',
        ),
      );
    else if (rule === undefined && starts !== undefined)
      addFault(ctx, windowFault('Only a rule starts; dates are what they are.', 'Leave starts out.'), ['starts']);
  });
}

export const placedRule = placed({});

export type PlacedRule = z.output<typeof placedRule>;

/** With the time zone of what it stands in; null: neither says one. */
export function inZone({ timeZone, ...rule }: PlacedRule, outer: string | undefined): WindowRule | null {
  const zone = timeZone ?? outer;
  return zone === undefined ? null : { ...rule, timeZone: zone };
}

/** A name, or a rule with its time zone. */
export const calendarRef = z.union([calendarName, placedRule]).transform((ref, ctx): CalendarRef => {
  if (typeof ref === 'string') return ref;
  const placed = inZone(ref, undefined);
  if (placed !== null) return placed;
  addFault(ctx, NO_ZONE);
  return z.NEVER;
});

export const NO_ZONE = windowFault(
  'This rule says no time zone.',
  'Add timeZone: Europe/Berlin, or where it is meant.',
);

export const planWindows = z
  .strictObject({
    allow: z.array(calendarRef).max(20).prefault([]).describe('Rises only while one of these is open.'),
    deny: z.array(calendarRef).max(20).prefault([]).describe('No rise while any of these is.'),
  })
  .superRefine(({ allow, deny }, ctx) => {
    if (allow.length + deny.length === 0)
      addFault(ctx, windowFault('These windows allow and deny nothing.', 'Add allow or deny, or leave windows out.'));
  });

const START = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?( [A-Za-z][A-Za-z0-9_+/-]{0,63}|Z|[+-]\d{2}:\d{2})$/;

/** A time by the clocks of a place, or an instant. */
export const startField = readField(
  {
    type: 'string',
    description: 'When the rollout starts, by the clocks of a place; it is checked at once, and again then.',
    examples: ['2026-12-01T08:00 Europe/Berlin'],
  },
  (value): string | Fault =>
    typeof value === 'string' && START.test(value)
      ? value
      : startFault(`${show(value)} is no time to start at.`, 'Write it as 2026-12-01T08:00 Europe/Berlin.'),
);

export function startFault(message: string, remedy: string): Fault {
  return { code: 'plan-start', message, remedy };
}

export function windowFault(message: string, remedy: string): Fault {
  return { code: 'plan-window', message, remedy };
}

function reader(pattern: RegExp, what: string, remedy: string): (value: unknown) => string | Fault {
  return (value) =>
    typeof value === 'string' && pattern.test(value) ? value : windowFault(`${show(value)} ${what}.`, remedy);
}
