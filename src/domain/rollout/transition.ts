/** `(state, event) -> state`, and who may do what when. Pure. */
import type { JudgeReport } from '../judge/types.ts';
import { actorProblem, reasonProblem } from './actor.ts';
import type { Request, RolloutState } from './state.ts';
import type { Outcome, Phase } from './status.ts';
import { isTerminal } from './status.ts';

export type Act = 'pause' | 'resume' | 'approve' | 'advance' | 'promote' | 'abort';

export type RolloutEvent =
  | { readonly kind: 'entered'; readonly phase: Phase; readonly waitingFor: string; readonly reason?: string }
  | { readonly kind: 'stepStarted'; readonly step: number }
  | { readonly kind: 'splitProven'; readonly percent: number }
  | { readonly kind: 'judged'; readonly report: JudgeReport }
  | { readonly kind: 'autoPaused'; readonly reason: string }
  | { readonly kind: 'ended'; readonly outcome: Outcome; readonly reason: string }
  | { readonly kind: 'acted'; readonly act: Act; readonly by: string; readonly reason: string };

export function apply(state: RolloutState, event: RolloutEvent): RolloutState {
  switch (event.kind) {
    case 'entered':
      return { ...state, phase: event.phase, waitingFor: event.waitingFor, reason: event.reason ?? state.reason };
    case 'stepStarted':
      return { ...state, step: event.step, approved: false, advanced: false };
    case 'splitProven':
      // A new split brings data of its own: silence is news again.
      return { ...state, splitPercent: event.percent, accepted: { ...state.accepted, noData: false } };
    case 'judged':
      return { ...state, report: event.report, harmed: state.harmed || event.report.verdict === 'harm' };
    case 'autoPaused':
      return { ...state, paused: true, reason: event.reason };
    case 'ended':
      return { ...state, phase: event.outcome, outcome: event.outcome, reason: event.reason, waitingFor: 'nothing: the rollout is over', paused: false };
    case 'acted':
      return act(state, event);
  }
}

function act(state: RolloutState, event: Extract<RolloutEvent, { kind: 'acted' }>): RolloutState {
  const said = `${event.act} by ${event.by}: ${event.reason}`;
  switch (event.act) {
    case 'pause':
      return { ...state, paused: true, reason: said };
    case 'resume':
      return { ...state, paused: false, accepted: { noData: true, untrusted: true }, reason: said };
    case 'approve':
      return { ...state, approved: true, reason: said };
    case 'advance':
      return { ...state, advanced: true, paused: false, left: [...state.left, state.step], reason: said };
    case 'promote':
    case 'abort':
      return { ...state, request: strongest(state.request, { kind: event.act, by: event.by, reason: event.reason }), paused: false, reason: said };
  }
}

/** Abort wins. */
function strongest(current: Request | null, next: Request): Request {
  return current?.kind === 'abort' ? current : next;
}

const BEFORE_STEPS: readonly Phase[] = ['validating', 'deploying'];
const WATCHING: readonly Phase[] = ['settingSplit', 'baking', 'awaitingApproval', 'held'];

/** What a person can do now; the updates' validators and the status ask the same question. */
export function possibleActs(state: RolloutState): Act[] {
  if (isTerminal(state.phase) || state.phase === 'rollingBack' || state.phase === 'needsAttention' || state.request?.kind === 'abort') return [];
  if (state.phase === 'promoting') return ['abort'];
  if (BEFORE_STEPS.includes(state.phase)) return [state.paused ? 'resume' : 'pause', 'abort'];
  if (!WATCHING.includes(state.phase)) return ['abort'];
  const acts: Act[] = [state.paused ? 'resume' : 'pause'];
  if (state.phase === 'awaitingApproval' && !state.approved) acts.push('approve');
  if ((state.phase === 'baking' || state.phase === 'held') && !state.harmed) acts.push('advance');
  if (!state.harmed) acts.push('promote');
  return [...acts, 'abort'];
}

/** Why the act is refused, or null. One sentence with the way out. */
export function refusal(state: RolloutState, name: Act, given: { readonly by?: unknown; readonly reason?: unknown }): string | null {
  const unfit = actorProblem(given.by) ?? reasonProblem(given.reason);
  if (unfit !== null) return `Cannot ${name}: ${unfit}`;
  const possible = possibleActs(state);
  if (possible.includes(name)) return null;
  const instead = possible.length === 0 ? 'Nothing can be done from here; see the status.' : `Possible now: ${possible.join(', ')}.`;
  const harmed = state.harmed && (name === 'advance' || name === 'promote') ? ' The judge has proven harm.' : '';
  return `Cannot ${name} while the rollout is ${state.phase}${state.paused ? ' (paused)' : ''}.${harmed} ${instead}`;
}
