import { calendarProblems, planOpenings } from '../../../src/domain/calendar/plan-check.ts';
import type { Known } from '../../../src/domain/calendar/plan-check.ts';
import { parseOrganisationCalendar } from '../../../src/domain/calendar/organisation.ts';
import { parsePlan } from '../../../src/domain/plan/parse.ts';
import type { RawParsedPlan } from '../../../src/domain/plan/parse.ts';

const NOW = Date.parse('2026-11-28T12:00Z');

function plan(more: { hours?: unknown; windows?: object; limits?: object; startAt?: string }): RawParsedPlan {
  const { hours, windows, limits, startAt } = more;
  const parsed = parsePlan({
    apiVersion: 'assist-rollouts/v1',
    action: { name: 'RefundAssist', version: '1.5.0', html: { inline: '<p>a</p>' }, trigger: { keywords: ['refund'] } },
    ...(startAt !== undefined && { startAt }),
    steps: [{ setSplit: 5 }, { bake: { for: '8h', ...(hours !== undefined && { hours }) } }],
    guardrails: [{ metric: 'acceptanceRate', worseWhen: 'lower', margin: '10%', alpha: 0.01 }],
    policies: { ...(windows && { windows }), ...(limits && { limits }) },
  });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.plan;
}

function known(): Known {
  const calendars = {
    shift: { times: [{ rule: 'FREQ=DAILY', from: '08:00', to: '20:00' }] },
    past: { times: [{ dates: ['2020-01-01'] }] },
    next: { times: [{ dates: ['2027-03-01'] }] },
  };
  const parsed = parseOrganisationCalendar({ calendars }, new Map());
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return { organisation: parsed.calendar, nowMs: NOW };
}

const found = (given: Parameters<typeof plan>[0], by: Known = known()) =>
  calendarProblems(plan(given), by).map(({ path, severity, message }) => `${severity} ${path}: ${message}`);

test('hours that are there and open are no problem; those that are not, or never open, are refused in their place', () => {
  expect(found({ hours: 'shift' })).toEqual([]);
  expect(found({ hours: { rule: 'FREQ=DAILY', from: '22:00', to: '06:00', timeZone: 'Asia/Kathmandu' } })).toEqual([]);
  expect(found({ hours: 'nights' })).toEqual(['error steps.1.bake.hours: There is no calendar nights.']);
  expect(found({ hours: 'past' })[0]).toContain('never open within a year');
});

test('whoever has no calendar is warned of names, and of no rule', () => {
  const unknown: Known = { organisation: 'unknown', nowMs: NOW };
  expect(found({ hours: 'shift', windows: { allow: ['shift'] } }, unknown)).toEqual([
    'warning steps.1.bake.hours: The calendar shift is known to the worker alone.',
    'warning policies.windows: The calendar shift is known to the worker alone.',
  ]);
  expect(planOpenings(plan({ windows: { allow: ['shift'] } }), unknown, 3)).toBeNull();
});

test('the first opening is warned of where the plan would not wait so long; counted from a planned start', () => {
  expect(found({ windows: { allow: ['next'] } })[0]).toContain('The next opening is Mon 1 Mar 2027 00:00 UTC');
  expect(found({ windows: { allow: ['next'] }, limits: { window: '120d' } })).toEqual([]);
  expect(found({ windows: { allow: ['next'] }, startAt: '2027-02-20T08:00 UTC' })).toEqual([]);
});

test('the next openings are told from the planned start on', () => {
  expect(planOpenings(plan({ windows: { allow: ['shift'] }, startAt: '2026-12-01T21:00 UTC' }), known(), 2)).toEqual([
    'Wed 2 Dec 2026 08:00 UTC to Wed 2 Dec 2026 20:00 UTC',
    'Thu 3 Dec 2026 08:00 UTC to Thu 3 Dec 2026 20:00 UTC',
  ]);
});
