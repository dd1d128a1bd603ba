/** All that a rise has to pass: the organisation's windows, the plan's own, and what was frozen by hand. */
import type { Problem } from '../plan/problem.ts';
import { problemAt } from '../plan/problem.ts';
import type { CalendarRef, PlanWindows } from './form.ts';
import type { Freeze, FreezeScope } from './freeze.ts';
import type { Gate } from './look.ts';
import { openings } from './look.ts';
import type { Reach } from './question.ts';
import type { OrganisationCalendar, OrganisationWindow } from './organisation.ts';
import { unknownCalendar } from './organisation.ts';
import { union } from './spans.ts';
import type { Times } from './times.ts';
import { timesOf, WindowError } from './times.ts';
import { windowFault } from './form.ts';

export interface GateInput {
  readonly organisation: OrganisationCalendar | null;
  readonly windows: PlanWindows | null;
  readonly freezes: readonly Freeze[];
  readonly reach: Reach;
}

export function gatesFor({ organisation, windows, freezes, reach }: GateInput): Gate[] {
  return [
    ...(organisation?.windows ?? [])
      .filter((one) => isFor(one, reach, organisation))
      .map((one) => organisationGate(one, organisation)),
    ...planGates(windows, organisation),
    ...freezeGates({ organisation, freezes, reach }),
  ];
}

/** Of what was frozen by hand, for whom it is meant. */
export function freezeGates({ organisation, freezes, reach }: Omit<GateInput, 'windows'>): Gate[] {
  const zone = organisation?.timeZone ?? 'UTC';
  return freezes.filter(({ scope }) => isFrozen(scope, reach, organisation)).map((one) => freezeGate(one, zone));
}

/** While a calendar that a plan names is open; throws a `WindowError` where there is none. */
export function gateOf(ref: CalendarRef, organisation: OrganisationCalendar | null): Gate {
  return refGate('allow', [ref], organisation);
}

type Organisation = OrganisationCalendar | null;

function isFor({ queues, divisions, actions }: OrganisationWindow, reach: Reach, organisation: Organisation): boolean {
  if (actions.length > 0) return actions.includes(reach.action);
  if (queues.length > 0) return reaches(reach, queues);
  return divisions.length === 0 || divisions.some((name) => reachesDivision(reach, name, organisation));
}

function isFrozen(scope: FreezeScope, reach: Reach, organisation: Organisation): boolean {
  switch (scope.kind) {
    case 'all':
      return true;
    case 'action':
      return scope.name === reach.action;
    case 'queue':
      return reaches(reach, [scope.name]);
    case 'division':
      return reachesDivision(reach, scope.name, organisation);
  }
}

function reaches({ queues }: Reach, some: readonly string[]): boolean {
  return queues.length === 0 || some.some((id) => queues.includes(id.toLowerCase()));
}

/** One that was frozen and is no longer listed holds everybody: nobody knows whom it meant. */
function reachesDivision(reach: Reach, name: string, organisation: Organisation): boolean {
  const queues = organisation?.divisions.get(name);
  return queues === undefined || reaches(reach, queues);
}

function organisationGate(
  { kind, calendars, reason }: OrganisationWindow,
  organisation: OrganisationCalendar | null,
): Gate {
  const gate = refGate(kind, calendars, organisation);
  return reason === null ? gate : { ...gate, closedBy: `${gate.closedBy}: ${reason}` };
}

function planGates(windows: PlanWindows | null, organisation: OrganisationCalendar | null): Gate[] {
  if (windows === null) return [];
  return (['allow', 'deny'] as const).flatMap((kind) =>
    windows[kind].length === 0 ? [] : [ofPlan(refGate(kind, windows[kind], organisation))],
  );
}

function ofPlan(gate: Gate): Gate {
  return { ...gate, closedBy: `${gate.closedBy}, of the plan` };
}

function refGate(kind: Gate['kind'], refs: readonly CalendarRef[], organisation: OrganisationCalendar | null): Gate {
  const parts = refs.map((ref) => partOf(ref, organisation));
  const names = refs.map((ref) => (typeof ref === 'string' ? ref : (ref.rule ?? ref.dates?.join(', ') ?? '')));
  return {
    kind,
    times: (within) => union(parts.flatMap(({ times }) => times(within))),
    closedBy: `${kind === 'allow' ? 'outside' : 'during'} ${names.join(' and ')}`,
    timeZone: parts[0]?.timeZone ?? 'UTC',
  };
}

function partOf(
  ref: CalendarRef,
  organisation: OrganisationCalendar | null,
): { readonly times: Times; readonly timeZone: string } {
  if (typeof ref !== 'string') return { times: timesOf(ref), timeZone: ref.timeZone };
  const named = organisation?.calendars.get(ref);
  if (named !== undefined) return named;
  throw new WindowError(unknownCalendar(ref, [...(organisation?.calendars.keys() ?? [])]));
}

function freezeGate({ id, by, verifiedBy, reason, fromMs, untilMs }: Freeze, timeZone: string): Gate {
  return {
    kind: 'deny',
    times: () => [{ fromMs, toMs: untilMs }],
    closedBy: `freeze by ${by}${verifiedBy === null ? ' (claimed, not verified)' : ''}: ${reason}`,
    key: `freeze ${id}`,
    timeZone,
  };
}

/** What holds everything: the calendar cannot be followed as it is now. */
export function closedFor({ fault }: WindowError): Gate {
  return { kind: 'deny', times: (within) => [within], closedBy: `${fault.message} ${fault.remedy}`, timeZone: 'UTC' };
}

/** What is wrong with a plan's windows here; `paths`: where they stand. */
export function windowProblems(
  { organisation, windows, freezes, reach }: GateInput,
  atMs: number,
  path = 'policies.windows',
): Problem[] {
  const broken = refsOf(windows).flatMap(([place, ref]) => refProblems(ref, organisation, `${path}.${place}`));
  if (broken.length > 0) return broken;
  const gates = gatesFor({ organisation, windows, freezes, reach });
  return openings(gates, atMs, 1).length > 0
    ? []
    : [
        problemAt(
          path,
          windowFault(
            `No split can rise within a year: ${gates.map(({ closedBy }) => closedBy).join('; ')}.`,
            'Let what allows and what denies leave some hours; `assist-rollouts calendar <plan.yaml>` shows them.',
          ),
        ),
      ];
}

/** A calendar that is not there, or means nothing. */
export function refProblems(ref: CalendarRef, organisation: OrganisationCalendar | null, path: string): Problem[] {
  try {
    partOf(ref, organisation);
    return [];
  } catch (error) {
    if (!(error instanceof WindowError)) throw error;
    return [problemAt(path, error.fault)];
  }
}

function refsOf(windows: PlanWindows | null): (readonly [string, CalendarRef])[] {
  if (windows === null) return [];
  return (['allow', 'deny'] as const).flatMap((kind) =>
    windows[kind].map((ref, index) => [`${kind}.${index}`, ref] as const),
  );
}
