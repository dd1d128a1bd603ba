import { placedRule, inZone } from '../../../src/domain/calendar/form.ts';
import type { WindowRule } from '../../../src/domain/calendar/form.ts';
import { openMsBetween, whenCounted } from '../../../src/domain/calendar/count.ts';
import { look, openings } from '../../../src/domain/calendar/look.ts';
import type { Gate } from '../../../src/domain/calendar/look.ts';
import { timesOf } from '../../../src/domain/calendar/times.ts';

const HOUR = 3_600_000;

function rule(given: object, timeZone = 'Europe/Berlin'): WindowRule {
  const read = inZone(placedRule.parse(given), timeZone);
  if (read === null) throw new Error('no zone');
  return read;
}

function gate(kind: Gate['kind'], given: object, timeZone = 'Europe/Berlin'): Gate {
  return { kind, times: timesOf(rule(given, timeZone)), closedBy: `${kind} of the test`, timeZone };
}

/** Of the day, in UTC: what begins on it. */
function spansOn(day: string, given: object, timeZone?: string): string[] {
  const fromMs = Date.parse(`${day}T00:00Z`);
  return timesOf(rule(given, timeZone))({ fromMs, toMs: fromMs + 24 * HOUR }).map(
    (span) => `${iso(span.fromMs)} ${iso(span.toMs)}`,
  );
}

const iso = (ms: number): string => new Date(ms).toISOString().slice(5, 16);

const WORK = { rule: 'FREQ=WEEKLY;BYDAY=MO,TU,WE,TH', from: '09:00', to: '16:00' };
const NIGHTLY = { rule: 'FREQ=DAILY', from: '22:00', to: '06:00' };

describe('the same hours by the clocks of a place, whatever their offset is', () => {
  test.each([
    // Thursday before and Monday after the clocks go forward, and back.
    ['Europe/Berlin', '2026-03-26', '03-26T08:00 03-26T15:00'],
    ['Europe/Berlin', '2026-03-30', '03-30T07:00 03-30T14:00'],
    ['Europe/Berlin', '2026-10-22', '10-22T07:00 10-22T14:00'],
    ['Europe/Berlin', '2026-10-26', '10-26T08:00 10-26T15:00'],
    ['Europe/Berlin', '2027-03-29', '03-29T07:00 03-29T14:00'],
    ['Europe/Berlin', '2027-11-01', '11-01T08:00 11-01T15:00'],
    ['America/New_York', '2026-03-05', '03-05T14:00 03-05T21:00'],
    ['America/New_York', '2026-03-09', '03-09T13:00 03-09T20:00'],
    ['America/New_York', '2026-11-02', '11-02T14:00 11-02T21:00'],
    ['America/New_York', '2027-03-15', '03-15T13:00 03-15T20:00'],
    ['America/New_York', '2027-11-08', '11-08T14:00 11-08T21:00'],
    ['Asia/Kathmandu', '2026-12-01', '12-01T03:15 12-01T10:15'],
  ])('%s %s', (timeZone, day, span) => expect(spansOn(day, WORK, timeZone)).toEqual([span]));
});

test('a window over midnight is an hour shorter or longer in the night in which the clocks move', () => {
  const nightAt = (instant: string, zone: string): number => {
    const fromMs = Date.parse(instant);
    const [span] = timesOf(rule(NIGHTLY, zone))({ fromMs, toMs: fromMs + 1 });
    return ((span?.toMs ?? 0) - (span?.fromMs ?? 0)) / HOUR;
  };
  const berlin = ['2026-03-28', '2026-03-29', '2026-10-25', '2026-10-26'];
  expect(berlin.map((day) => nightAt(`${day}T00:00Z`, 'Europe/Berlin'))).toEqual([8, 7, 9, 8]);
  const newYork = ['2027-03-13', '2027-03-14', '2027-11-07', '2027-11-08'];
  expect(newYork.map((day) => nightAt(`${day}T06:00Z`, 'America/New_York'))).toEqual([8, 7, 9, 8]);
});

test('an hour that does not exist is taken by the offset before it; one that comes twice is the first', () => {
  const early = { rule: 'FREQ=DAILY', from: '02:30', to: '04:00' };
  expect(spansOn('2026-03-29', early)).toContain('03-29T01:30 03-29T02:00');
  expect(spansOn('2026-10-25', early)).toContain('10-25T00:30 10-25T03:00');
  // Wholly within the gap, by the same clock: nothing is lost of its length.
  expect(spansOn('2026-03-29', { ...early, from: '02:15', to: '02:45' })).toContain('03-29T01:15 03-29T01:45');
  expect(spansOn('2026-03-29', { ...early, from: '02:00', to: '03:00' })).not.toContain('03-29T01:00 03-29T01:00');
});

test('a leap day, a day from the end of the month, and every other week counted from its first day', () => {
  expect(spansOn('2028-02-29', { rule: 'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29' }, 'UTC')).toEqual([
    '02-29T00:00 03-01T00:00',
  ]);
  expect(spansOn('2027-03-01', { rule: 'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29' }, 'UTC')).toEqual([]);
  expect(spansOn('2028-02-29', { rule: 'FREQ=MONTHLY;BYMONTHDAY=-1' }, 'UTC')).toEqual(['02-29T00:00 03-01T00:00']);
  const fortnight = { rule: 'FREQ=WEEKLY;INTERVAL=2;BYDAY=MO', starts: '2026-11-30' };
  expect(spansOn('2026-11-30', fortnight, 'UTC')).toHaveLength(1);
  expect(spansOn('2026-12-07', fortnight, 'UTC')).toHaveLength(0);
  expect(spansOn('2026-12-14', fortnight, 'UTC')).toHaveLength(1);
});

test('peak season by its dates closes what the week would open, and says until when', () => {
  const gates = [
    gate('allow', WORK),
    gate('deny', { dates: ['2026-11-27/2027-01-01'] }),
    gate('deny', { dates: ['2027-01-04', '2027-01-06'] }),
  ];
  const atMs = Date.parse('2026-11-27T10:00:00+01:00');
  expect(look(gates, atMs)).toEqual({
    open: false,
    why: 'closed until Tue 5 Jan 2027 09:00 Europe/Berlin (allow of the test; deny of the test)',
    changesAtMs: Date.parse('2027-01-05T09:00:00+01:00'),
    closing: ['allow of the test', 'deny of the test'],
  });
  expect(look(gates, atMs - 24 * HOUR)).toEqual({
    open: true,
    why: 'open until Thu 26 Nov 2026 16:00 Europe/Berlin',
    changesAtMs: Date.parse('2026-11-26T16:00:00+01:00'),
    closing: [],
  });
  expect(openings(gates, atMs, 3).map(({ fromMs, toMs }) => `${iso(fromMs)} ${iso(toMs)}`)).toEqual([
    '01-05T08:00 01-05T15:00',
    '01-07T08:00 01-07T15:00',
    '01-11T08:00 01-11T15:00',
  ]);
});

test('a window that never opens, or never closes, says so', () => {
  const atMs = Date.parse('2026-11-28T10:00Z');
  expect(look([gate('allow', { dates: ['2020-01-01'] })], atMs)).toMatchObject({ open: false, changesAtMs: null });
  expect(look([gate('deny', { dates: ['2020-01-01'] })], atMs)).toMatchObject({ open: true, changesAtMs: null });
  expect(openings([gate('allow', { dates: ['2020-01-01'] })], atMs, 3)).toEqual([]);
});

test('time is counted while it is open only, also over the night in which the clocks go back', () => {
  const gates = [gate('allow', NIGHTLY)];
  const saturday = Date.parse('2026-10-24T18:00:00+02:00');
  // Nine hours of that night, and three of the next.
  expect(iso(whenCounted(gates, saturday, 12 * HOUR))).toBe('10-26T00:00');
  expect(openMsBetween(gates, saturday, Date.parse('2026-10-25T12:00Z'))).toBe(9 * HOUR);
  expect(openMsBetween(gates, saturday, saturday)).toBe(0);
});

test.each([
  [{ rule: 'FREQ=HOURLY' }, 'FREQ=HOURLY; expected DAILY'],
  [{ rule: 'FREQ=DAILY;BYHOUR=9' }, 'BYHOUR, and a rule here is of days alone'],
  [{ rule: 'FREQ=DAILY;BYDAY' }, 'without its value'],
  [{ rule: 'whenever' }, 'has the part'],
  [{ rule: 'FREQ=DAILY', dates: ['2026-01-01'] }, 'This says rule and dates'],
  [{}, 'This says no day'],
  [{ dates: ['2026-1-1'] }, 'is no date'],
  [{ dates: ['2026-01-01'], starts: '2026-01-01' }, 'Only a rule starts'],
  [{ rule: 'FREQ=DAILY', from: '9' }, 'is no time of day'],
  [{ rule: 'FREQ=DAILY', to: '25:00' }, 'is no time of day'],
  [{ rule: 'FREQ=DAILY', timeZone: 'Europe Berlin' }, 'is no time zone'],
])('what is no window is refused: %j', (given, message) => {
  const parsed = placedRule.safeParse(given);
  expect(parsed.error?.issues.map((issue) => issue.message).join(' ')).toContain(message);
});

test.each([
  [{ rule: 'FREQ=DAILY', timeZone: 'Europe/Nowhere' }, 'no time zone Europe/Nowhere'],
  [{ rule: 'FREQ=WEEKLY' }, 'counts from a first day'],
  [{ rule: 'FREQ=WEEKLY;INTERVAL=2;BYDAY=MO' }, 'counts from a first day'],
  [{ rule: 'FREQ=WEEKLY;BYDAY=XX' }, 'Invalid BYDAY'],
  [{ dates: ['2027-02-29'] }, 'no day 2027-02-29'],
  [{ dates: ['2027-01-01/2026-12-01'] }, 'ends before it begins'],
])('what can be read and means nothing is refused: %j', (given, message) => {
  expect(() => timesOf(rule(given))).toThrow(message);
});
