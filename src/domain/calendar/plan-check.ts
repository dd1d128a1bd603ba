/** What a plan says of time, held against a calendar. */
import type { ActionWith } from '../plan/action-schema.ts';
import type { Plan } from '../plan/plan.ts';
import type { Problem } from '../plan/problem.ts';
import { problemAt } from '../plan/problem.ts';
import { queuesOf } from '../identity/queues.ts';
import { writeDuration } from '../shared/duration.ts';
import type { CalendarRef } from './form.ts';
import { windowFault } from './form.ts';
import type { Freeze } from './freeze.ts';
import { gateOf, gatesFor, refProblems, windowProblems } from './gates.ts';
import type { Reach } from './question.ts';
import { openings, openingTexts } from './look.ts';
import type { OrganisationCalendar } from './organisation.ts';
import { startInstant, startProblems } from './start.ts';
import { placeTime } from './words.ts';

export type TimedPlan = Pick<Plan, 'steps' | 'policies' | 'target' | 'startAt'> & {
  readonly action: ActionWith<unknown>;
};

export interface Known {
  /** `unknown`: whoever asks has no calendar, and only the worker can tell. */
  readonly organisation: OrganisationCalendar | null | 'unknown';
  readonly freezes?: readonly Freeze[];
  readonly nowMs: number;
}

/** Errors; and warnings of names that only the worker knows, and of a first opening that comes too late. */
export function calendarProblems(plan: TimedPlan, known: Known): Problem[] {
  return [
    ...startProblems(plan.startAt, known.nowMs),
    ...hoursProblems(plan, known),
    ...planWindowProblems(plan, known),
  ];
}

function hoursProblems({ steps }: TimedPlan, { organisation, nowMs }: Known): Problem[] {
  return steps.flatMap((step, index) => {
    if (step.kind !== 'bake' || step.hours === undefined) return [];
    const path = `steps.${index}.bake.hours`;
    if (isUnknown(step.hours, organisation)) return [named(step.hours, path)];
    const wrong = refProblems(step.hours, known(organisation), path);
    if (wrong.length > 0) return wrong;
    const opens = openings([gateOf(step.hours, known(organisation))], nowMs, 1).length > 0;
    return opens ? [] : [problemAt(path, NEVER_OPEN)];
  });
}

const NEVER_OPEN = windowFault(
  'These hours never open within a year, so the bake would never end.',
  'Give hours that come, or leave hours out.',
);

function planWindowProblems(plan: TimedPlan, { organisation, freezes = [], nowMs }: Known): Problem[] {
  const { windows, limits } = plan.policies;
  const unknown = [...(windows?.allow ?? []), ...(windows?.deny ?? [])].filter((ref) => isUnknown(ref, organisation));
  if (unknown.length > 0) return unknown.map((ref) => named(ref, 'policies.windows'));
  const input = { organisation: known(organisation), windows, freezes, reach: reachOf(plan) };
  const wrong = windowProblems(input, nowMs);
  if (wrong.length > 0) return wrong;
  const begins = beginOf(plan, nowMs);
  const [first] = openings(gatesFor(input), begins, 1);
  return first === undefined || first.fromMs - begins <= limits.windowMs
    ? []
    : [
        problemAt(
          'policies.windows',
          windowFault(
            `The next opening is ${placeTime(first.fromMs, 'UTC')}, and limits.window is ${writeDuration(limits.windowMs)}.`,
            'Start later, give limits.window more time, or open the window sooner.',
          ),
          { severity: 'warning' },
        ),
      ];
}

/** The next stretches in which the plan's splits may rise; null where nobody closes anything, or only the worker knows. */
export function planOpenings(plan: TimedPlan, { organisation, nowMs }: Known, most: number): string[] | null {
  const { windows } = plan.policies;
  if ([...(windows?.allow ?? []), ...(windows?.deny ?? [])].some((ref) => isUnknown(ref, organisation))) return null;
  const gates = gatesFor({
    organisation: known(organisation),
    windows,
    freezes: [],
    reach: reachOf(plan),
  });
  return gates.length === 0 ? null : openingTexts(gates, beginOf(plan, nowMs), most);
}

export function reachOf(plan: Pick<TimedPlan, 'action' | 'target'>): Reach {
  return { action: plan.action.name, queues: queuesOf(plan) };
}

function beginOf({ startAt }: TimedPlan, nowMs: number): number {
  const start = startAt === undefined ? null : startInstant(startAt);
  return start === null || 'code' in start ? nowMs : Math.max(nowMs, start.atMs);
}

function known(organisation: Known['organisation']): OrganisationCalendar | null {
  return organisation === 'unknown' ? null : organisation;
}

function isUnknown(ref: CalendarRef, organisation: Known['organisation']): ref is string {
  return organisation === 'unknown' && typeof ref === 'string';
}

function named(name: string, path: string): Problem {
  return problemAt(
    path,
    windowFault(
      `The calendar ${name} is known to the worker alone.`,
      'Give `lint` its file with --calendar; the start checks it in any case.',
    ),
    { severity: 'warning' },
  );
}
