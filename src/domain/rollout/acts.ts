/**
 * What a person can do to a rollout, and when. `advance` leaves the bake at hand now, whatever it still waits for, and
 * `promote` all that remains but approvals; neither goes past `harm`, unless a named person overrode it before it was
 * proven.
 */
import { STEP_PHASES } from '../plan/steps/steps.ts';
import { proofProblem } from '../identity/signed-act.ts';
import { actorProblem, reasonProblem } from './actor.ts';
import type { AskedApproval } from './approvals.ts';
import { approvalAt, approvalsToCome, isGiven, toComeText } from './approvals.ts';
import type { GivenAct } from './messages.ts';
import { overrideProblem } from './override-given.ts';
import { isHarmed, letsPassApprovals } from './overrides.ts';
import { shownProblem } from './shown.ts';
import type { RolloutState } from './state.ts';
import type { Phase } from './status.ts';
import { isTerminal } from './status.ts';

export const ACTS = ['pause', 'resume', 'approve', 'withdraw', 'advance', 'promote', 'override', 'abort'] as const;
export type Act = (typeof ACTS)[number];

/** These also take effect when nobody answers: Temporal keeps them until a worker runs. */
const BRAKES = ['pause', 'abort'] as const satisfies readonly Act[];
export type Brake = (typeof BRAKES)[number];

export function isBrake(act: unknown): act is Brake {
  return (BRAKES as readonly unknown[]).includes(act);
}

const BEFORE_STEPS: readonly Phase[] = ['validating', 'scheduled', 'deploying'];
/** Here `advance` leaves the holdback, or ends the long watch, before its time. */
const AFTER_STEPS: readonly Phase[] = ['promoting', 'longWatch'];
const WATCHING: readonly Phase[] = [...STEP_PHASES, 'held'];

/** Whoever only looks takes an override for what it says; whoever acts knows the time. */
const NO_TIME = -Infinity;

/** Nothing serves yet of what is rolled out. */
export function isBeforeSteps(phase: Phase): boolean {
  return BEFORE_STEPS.includes(phase);
}

/** What a person can do now; the updates' validators and the status ask the same question. */
export function possibleActs(state: RolloutState, nowMs = NO_TIME): Act[] {
  if (state.changedBaseline !== null) return ['abort'];
  if (
    isTerminal(state.phase) ||
    state.phase === 'rollingBack' ||
    state.phase === 'needsAttention' ||
    state.request?.kind === 'abort'
  )
    return [];
  // Nothing moves in a long watch, so nobody pauses it; the engine does, to ask about drift.
  if (AFTER_STEPS.includes(state.phase))
    return [
      ...(state.paused ? ['resume' as const] : state.phase === 'longWatch' ? [] : ['pause' as const]),
      // Nobody jumps over a closed window; what is left early is what it waits before.
      ...(isHarmed(state, nowMs) || state.closedWindow !== null ? [] : ['advance' as const]),
      ...(state.phase === 'promoting' && !isHarmed(state, nowMs) ? ['override' as const] : []),
      'abort',
    ];
  // Nothing holds an undo up.
  if (state.isUndo) return ['abort'];
  if (isBeforeSteps(state.phase))
    return [state.paused ? 'resume' : 'pause', ...(state.closedWindow === null ? [] : ['override' as const]), 'abort'];
  if (!WATCHING.includes(state.phase)) return ['abort'];
  const harmed = isHarmed(state, nowMs);
  const acts: Act[] = [state.paused ? 'resume' : 'pause'];
  if (isAsked(state) && !isApproved(state)) acts.push('approve');
  if (isAsked(state) && hasApproval(state)) acts.push('withdraw');
  if ((state.phase === 'baking' || state.phase === 'held') && !isAsked(state) && !harmed) acts.push('advance');
  if (!harmed && approvalsAhead(state, nowMs).length === 0) acts.push('promote');
  if (!harmed) acts.push('override');
  return [...acts, 'abort'];
}

function isAsked({ phase, asksApproval: asks }: RolloutState): boolean {
  return phase === 'awaitingApproval' || asks;
}

/** Somebody has approved, and the step has not gone on. */
function hasApproval({ approvals, step }: RolloutState): boolean {
  return (approvalAt(approvals, step)?.given.length ?? 0) > 0;
}

export function isApproved({ approvals, step }: RolloutState): boolean {
  const asked = approvalAt(approvals, step);
  return asked !== undefined && isGiven(asked);
}

/** Nobody steps over what the plan has people approve, but an admin. */
function approvalsAhead({ approvals, step, overrides }: RolloutState, nowMs: number): readonly AskedApproval[] {
  return letsPassApprovals(overrides, nowMs) ? [] : approvalsToCome(approvals, step);
}

/** What is wrong with how the act is given, whatever the state; or null. */
export function unfit(name: Act, given: GivenAct): string | null {
  const problem =
    actorProblem(given.by) ??
    reasonProblem(given.reason) ??
    proofProblem(given) ??
    shownProblem(given) ??
    (name === 'override' ? overrideProblem(given) : null);
  return problem === null ? null : `Cannot ${name}: ${problem}`;
}

const PAST_HARM: readonly Act[] = ['advance', 'promote', 'override'];

/** Why nobody can do that now, or null. One sentence with the way out. */
export function impossible(state: RolloutState, name: Act, nowMs = NO_TIME): string | null {
  const possible = possibleActs(state, nowMs);
  if (possible.includes(name)) return null;
  const aborting = abortedAlready(state, name);
  if (aborting !== null && possible.length === 0) return aborting;
  const instead =
    possible.length === 0 ? 'Nothing can be done from here; see the status.' : `Possible now: ${possible.join(', ')}.`;
  const ahead =
    name === 'promote' && !isHarmed(state, nowMs) && WATCHING.includes(state.phase) ? approvalsAhead(state, nowMs) : [];
  if (ahead.length > 0)
    return `Cannot promote: the plan has people approve first, and it is still to come: ${toComeText(ahead)}. ${instead}`;
  const harmed = isHarmed(state, nowMs) && PAST_HARM.includes(name) ? ' The judge has proven harm.' : '';
  return `Cannot ${name} while the rollout is ${state.phase}${state.paused ? ' (paused)' : ''}.${harmed} ${instead}`;
}

/** Of the time in which an abort is under way, whatever phase it found. */
function abortedAlready({ request, phase }: RolloutState, name: Act): string | null {
  if (request?.kind !== 'abort' || isTerminal(phase) || phase === 'needsAttention') return null;
  const [already, more] = name === 'abort' ? [' already', 'Nothing more is needed'] : ['', 'Nothing takes that back'];
  return `Cannot ${name}: the rollout is being aborted${already}, by ${request.by}. ${more}; the status shows how far it is.`;
}
