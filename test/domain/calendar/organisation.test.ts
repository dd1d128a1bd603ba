import { join } from 'node:path';
import { planWindows } from '../../../src/domain/calendar/form.ts';
import type { Freeze } from '../../../src/domain/calendar/freeze.ts';
import { gatesFor, windowProblems } from '../../../src/domain/calendar/gates.ts';
import type { GateInput } from '../../../src/domain/calendar/gates.ts';
import { look } from '../../../src/domain/calendar/look.ts';
import { filesIn, parseOrganisationCalendar } from '../../../src/domain/calendar/organisation.ts';
import type { OrganisationCalendar } from '../../../src/domain/calendar/organisation.ts';
import { startInstant, startProblems } from '../../../src/domain/calendar/start.ts';
import { loadOrganisationCalendar } from '../../../src/lint/organisation-calendar.ts';

const ICS = `BEGIN:VCALENDAR
BEGIN:VEVENT
SUMMARY:Christmas
DTSTART;VALUE=DATE:20261225
DTEND;VALUE=DATE:20261227
END:VEVENT
BEGIN:VEVENT
SUMMARY:May
  Day
DTSTART;VALUE=DATE:20240501
RRULE:FREQ=YEARLY
EXDATE;VALUE=DATE:20280501
RDATE;VALUE=DATE:20270503,20270504
END:VEVENT
END:VCALENDAR
`;

const FILE = {
  timeZone: 'Europe/Berlin',
  divisions: { north: ['q-3', 'q-4'] },
  calendars: {
    weekdays: { times: [{ rule: 'FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR' }], except: ['holidays'] },
    holidays: { times: [{ file: 'holidays.ics' }] },
    nights: { times: [{ rule: 'FREQ=DAILY', from: '20:00', to: '06:00' }] },
  },
  windows: [
    { allow: ['weekdays'] },
    { deny: ['nights'], queues: ['q-1'], reason: 'night shift' },
    { deny: ['weekdays'], divisions: ['north'] },
    { deny: ['weekdays'], actions: ['Other'] },
  ],
};

function read(file: unknown, ics = ICS): OrganisationCalendar {
  const parsed = parseOrganisationCalendar(file, new Map([['holidays.ics', ics]]));
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.calendar;
}

function problemsIn(file: unknown, ics = ICS): string {
  const parsed = parseOrganisationCalendar(file, new Map([['holidays.ics', ics]]));
  return parsed.ok ? '' : parsed.problems.map(({ path, message }) => `${path}: ${message}`).join('\n');
}

const input = (more: Partial<GateInput> = {}): GateInput => ({
  organisation: read(FILE),
  windows: null,
  freezes: [],
  reach: { action: 'RefundAssist', queues: ['q-2'] },
  ...more,
});
const at = (local: string): number => Date.parse(`${local}+02:00`);
const isOpen = (local: string, more: Partial<GateInput> = {}): boolean => look(gatesFor(input(more)), at(local)).open;

test('holidays come from an iCalendar file: of one day, of several, of every year, added and left out', () => {
  expect(filesIn(FILE)).toEqual(['holidays.ics']);
  const closed = ['2026-12-25', '2026-12-26', '2027-04-30', '2027-05-01', '2027-05-03', '2027-05-04', '2028-05-01'];
  expect(closed.map((day) => isOpen(`${day}T10:00`))).toEqual([false, false, true, false, false, false, true]);
  expect(isOpen('2026-12-28T10:00')).toBe(true);
});

const event = (...lines: string[]): string =>
  ['BEGIN:VCALENDAR', 'BEGIN:VEVENT', 'SUMMARY:Break', ...lines, 'END:VEVENT', 'END:VCALENDAR'].join('\r\n');
const BREAK = 'DTSTART;VALUE=DATE:20270406';
const CLOSED_DAYS = ['05', '06', '07', '08', '09', '12', '13', '14'];

test.each([
  ['nothing', [], ['06']],
  ['DTEND', ['DTEND;VALUE=DATE:20270409'], ['06', '07', '08']],
  ['DURATION of days', ['DURATION:P3D'], ['06', '07', '08']],
  ['DURATION of days and no hours', ['DURATION:+P3DT0H0M0S'], ['06', '07', '08']],
  ['DURATION of a week', ['DURATION:P1W'], ['06', '07', '08', '09', '12']],
  ['DURATION of a day, and comes again', ['DURATION:P1D', 'RRULE:FREQ=DAILY;COUNT=2'], ['06', '07']],
  ['DTEND, also on further days', ['DTEND:20270408', 'RDATE;VALUE=DATE:20270412'], ['06', '07', '12', '13']],
  [
    'EXDATE, which takes days off though nothing recurs',
    ['DTEND:20270408', 'RDATE;VALUE=DATE:20270412,20270420', 'EXDATE;VALUE=DATE:20270406,20270420'],
    ['12', '13'],
  ],
  ['DURATION, also on further days', ['DURATION:P2D', 'RDATE;VALUE=DATE:20270412'], ['06', '07', '12', '13']],
] as const)('an event that ends by %s is on each of its days', (_by, lines, closed) => {
  const organisation = read(FILE, event(BREAK, ...lines));
  expect(CLOSED_DAYS.filter((day) => !isOpen(`2027-04-${day}T10:00`, { organisation }))).toEqual(closed);
});

test.each([
  [['DURATION:PT8H'], 'lasts "PT8H"'],
  [['DURATION:P1DT8H'], 'lasts "P1DT8H"'],
  [['DURATION:P0D'], 'lasts "P0D"'],
  [['DURATION:-P2D'], 'lasts "-P2D"'],
  [['DURATION:three days'], 'lasts "three days"'],
  [['DURATION:P2D', 'DTEND;VALUE=DATE:20270409'], 'lasts "P2D", and ends on 2027-04-09'],
  [['DURATION:P2D', 'RRULE:FREQ=YEARLY'], 'lasts several days and comes again'],
  [['DTEND;VALUE=DATE:20270499'], 'says 2027-04-99, and there is no such day'],
  [['DTEND;VALUE=DATE:20270231'], 'says 2027-02-31, and there is no such day'],
])('an event with %j is refused by its name, and no day of it is left out', (lines, message) => {
  expect(problemsIn(FILE, event(BREAK, ...lines))).toContain(`The event "Break" ${message}`);
});

test('a window is for whom it names; whoever reaches any queue is meant by all', () => {
  const reach = input().reach;
  expect(isOpen('2027-04-07T22:00')).toBe(true);
  expect(isOpen('2027-04-07T22:00', { reach: { ...reach, queues: ['q-1', 'q-9'] } })).toBe(false);
  expect(isOpen('2027-04-07T22:00', { reach: { ...reach, queues: [] } })).toBe(false);
  expect(isOpen('2027-04-07T10:00', { reach: { ...reach, queues: ['q-4'] } })).toBe(false);
  expect(isOpen('2027-04-07T10:00', { reach: { ...reach, action: 'Other' } })).toBe(false);
});

test('a freeze closes for its time, whoever else allows; it says who and why, and that nobody could be told apart', () => {
  const freeze: Freeze = {
    id: 'f',
    scope: { kind: 'queue', name: 'q-2' },
    by: 'ana',
    verifiedBy: null,
    reason: 'peak season',
    fromMs: at('2027-04-07T09:00'),
    untilMs: at('2027-04-08T11:00'),
  };
  const gates = gatesFor(input({ freezes: [freeze, { ...freeze, scope: { kind: 'action', name: 'Other' } }] }));
  expect(look(gates, at('2027-04-07T10:00'))).toEqual({
    open: false,
    why: 'closed until Thu 8 Apr 2027 11:00 Europe/Berlin (freeze by ana (claimed, not verified): peak season)',
    changesAtMs: freeze.untilMs,
    closing: ['freeze f'],
  });
  expect(look(gates, at('2027-04-08T11:00')).open).toBe(true);
});

test('a plan that can never rise with the windows of its organisation is refused, and so is a calendar that is not there', () => {
  const windows = (given: object) => planWindows.parse(given);
  const problems = (given: object) => windowProblems(input({ windows: windows(given) }), at('2027-04-07T10:00'));
  expect(problems({ allow: ['nights', 'weekdays'] })).toEqual([]);
  expect(problems({ deny: ['weekdays'] })[0]).toMatchObject({
    code: 'plan-window',
    message: expect.stringContaining('within a year'),
  });
  expect(problems({ allow: ['weekends'] })[0]).toMatchObject({
    path: 'policies.windows.allow.0',
    remedy: 'Write one of weekdays, holidays, nights, or add it.',
  });
});

test.each([
  [{ ...FILE, windows: [{ allow: ['never'] }] }, 'windows.0.allow.0: There is no calendar never.'],
  [{ ...FILE, windows: [{ deny: ['nights'], divisions: ['south'] }] }, 'There is no division "south"'],
  [{ ...FILE, windows: [{}] }, 'windows.0: A window allows or denies'],
  [{ ...FILE, windows: [{ deny: ['nights'], queues: ['q'], actions: ['A'] }] }, 'one of these'],
  [
    { calendars: { a: { times: [{ rule: 'FREQ=WEEKLY' }] } } },
    'calendars.a.times.0: FREQ=WEEKLY counts from a first day',
  ],
  [{ calendars: { a: { times: [{ file: 'holidays.ics' }], except: ['a'] } } }, 'except.0: There is no calendar a'],
  [{ calendars: { a: { times: [{}] } } }, 'This says no day'],
  [{ timezone: 'UTC' }, 'no field "timezone"'],
])('a file with a fault is refused at its place: %#', (file, message) => expect(problemsIn(file)).toContain(message));

test('an event of hours, or of several days that comes again, is refused by name: no holiday is lost', () => {
  expect(problemsIn(FILE, ICS.replace('VALUE=DATE:20261225', 'TZID=UTC:20261225T090000'))).toContain('"Christmas"');
  expect(
    problemsIn(FILE, ICS.replace('DTEND;VALUE=DATE:20261227', 'DTEND;VALUE=DATE:20261227\nRRULE:FREQ=YEARLY')),
  ).toContain('several days');
  expect(problemsIn(FILE, 'hello')).toContain('no iCalendar file');
});

test('the example holds from Black Friday to New Year, on Fridays and on holidays', async () => {
  const organisation = await loadOrganisationCalendar(join(__dirname, '../../../examples/calendar.yaml'));
  const reach = { action: 'RefundAssist', queues: [] };
  const open = (instant: string) =>
    look(gatesFor({ organisation, windows: null, freezes: [], reach }), Date.parse(instant)).open;
  expect(open('2026-11-26T10:00+01:00')).toBe(true);
  expect(['2026-11-27', '2026-11-30', '2026-12-31', '2027-03-29'].map((day) => open(`${day}T10:00+01:00`))).toEqual([
    false,
    false,
    false,
    false,
  ]);
  expect(open('2027-01-04T15:59+01:00')).toBe(true);
  expect(open('2027-01-04T16:00+01:00')).toBe(false);
});

test('a start by the clocks of a place, or as an instant; one that is over is warned of', () => {
  expect(startInstant('2026-12-01T08:00 Europe/Berlin')).toEqual({
    atMs: Date.parse('2026-12-01T07:00Z'),
    timeZone: 'Europe/Berlin',
  });
  expect(startInstant('2026-12-01T08:00+05:45')).toMatchObject({ atMs: Date.parse('2026-12-01T02:15Z') });
  // By the offset before the gap; the first of two.
  expect(startInstant('2027-03-28T02:30 Europe/Berlin')).toMatchObject({ atMs: Date.parse('2027-03-28T01:30Z') });
  expect(startInstant('2027-11-07T01:30 America/New_York')).toMatchObject({ atMs: Date.parse('2027-11-07T05:30Z') });
  const now = Date.parse('2026-11-28T12:00Z');
  expect(startProblems('2026-13-01T08:00 UTC', now)).toMatchObject([{ code: 'plan-start', severity: 'error' }]);
  expect(startProblems('2026-12-01T08:00 Europe/Nowhere', now)).toMatchObject([{ severity: 'error' }]);
  expect(startProblems('2026-11-28T12:00 UTC', now)).toMatchObject([{ severity: 'warning' }]);
  expect(startProblems('2028-01-01T12:00 UTC', now)).toMatchObject([{ severity: 'error' }]);
  expect(startProblems('2026-11-28T13:00 UTC', now)).toEqual([]);
});
