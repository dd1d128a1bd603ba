/** `(state, event) -> state`. Pure. */
import type { JudgeReport } from '../judge/types.ts';
import type { Act } from './acts.ts';
import type { Drift } from './drift.ts';
import type { Accepted, PauseCause, Request, RolloutState } from './state.ts';
import type { Outcome, Phase } from './status.ts';

export type RolloutEvent =
  | { readonly kind: 'entered'; readonly phase: Phase; readonly waitingFor: string; readonly reason?: string }
  | { readonly kind: 'stepStarted'; readonly step: number }
  | { readonly kind: 'splitProven'; readonly percent: number }
  | { readonly kind: 'judged'; readonly report: JudgeReport }
  | { readonly kind: 'autoPaused'; readonly reason: string; readonly cause: PauseCause }
  /** Drift was noticed; `reasserted`: what the rollout left there is written again. */
  | { readonly kind: 'drifted'; readonly drift: Drift; readonly reasserted: boolean }
  /** No judge that can act looks any more, or one does again. */
  | { readonly kind: 'blinded'; readonly atMs: number; readonly reason: string }
  | { readonly kind: 'sighted' }
  /** A roll back waits for a person: the baseline is another than it was. */
  | { readonly kind: 'baselineAsked'; readonly drift: Drift }
  | { readonly kind: 'baselineAccepted' }
  /** The promotion that was asked for is under way. */
  | { readonly kind: 'promotionBegun' }
  /** The version serves alone, as was proven, and is watched on. */
  | { readonly kind: 'longWatchBegun'; readonly waitingFor: string }
  | { readonly kind: 'ended'; readonly outcome: Outcome; readonly reason: string }
  | { readonly kind: 'acted'; readonly act: Act; readonly by: string; readonly reason: string; readonly atMs: number };

export function apply(state: RolloutState, event: RolloutEvent): RolloutState {
  switch (event.kind) {
    case 'entered':
      return {
        ...state,
        ...(event.phase === 'rollingBack' && { paused: false, pausedFor: null }),
        phase: event.phase,
        waitingFor: event.waitingFor,
        reason: event.reason ?? state.reason,
        asksApproval: asksApproval(state, event.phase),
      };
    case 'stepStarted':
      return { ...state, step: event.step, approved: false, advanced: false };
    case 'splitProven':
      // A new split brings data of its own: silence is news again.
      return { ...state, splitPercent: event.percent, accepted: { ...state.accepted, silenceAtMs: null } };
    case 'judged':
      return { ...state, report: event.report, harmed: state.harmed || event.report.verdict === 'harm' };
    case 'autoPaused':
      return {
        ...state,
        paused: true,
        pausedFor: event.cause,
        knownDrift: known(state, event.cause),
        reason: event.reason,
      };
    case 'drifted':
      return { ...state, reason: event.drift.message, reassertions: state.reassertions + (event.reasserted ? 1 : 0) };
    case 'blinded':
      return { ...state, blind: state.blind ?? { sinceMs: event.atMs, why: event.reason } };
    case 'sighted':
      return { ...state, blind: null };
    case 'baselineAsked':
      return { ...state, changedBaseline: event.drift, reason: event.drift.message };
    case 'baselineAccepted':
      return { ...state, changedBaseline: null };
    case 'longWatchBegun':
      return { ...state, phase: 'longWatch', waitingFor: event.waitingFor, advanced: false };
    case 'promotionBegun':
      return { ...state, request: state.request?.kind === 'promote' ? null : state.request, advanced: false };
    case 'ended':
      return {
        ...state,
        phase: event.outcome,
        outcome: event.outcome,
        reason: event.reason,
        waitingFor: 'nothing: the rollout is over',
        paused: false,
        pausedFor: null,
        blind: null,
      };
    case 'acted':
      return act(state, event);
  }
}

/** An overdue approval is held, and is asked for still. */
function asksApproval(state: RolloutState, phase: Phase): boolean {
  return phase === 'awaitingApproval' || (phase === 'held' && state.asksApproval);
}

function act(state: RolloutState, event: Extract<RolloutEvent, { kind: 'acted' }>): RolloutState {
  const said = `${event.act} by ${event.by}: ${event.reason}`;
  switch (event.act) {
    case 'pause':
      return { ...state, paused: true, pausedFor: 'person', reason: said };
    case 'resume':
      return {
        ...state,
        paused: false,
        pausedFor: null,
        accepted: accept(state, event.atMs),
        knownDrift: [],
        reassertions: 0,
        reason: said,
      };
    case 'approve':
      return { ...state, approved: true, reason: said };
    case 'advance':
      return {
        ...state,
        advanced: true,
        paused: false,
        pausedFor: null,
        left: [...state.left, state.step],
        reason: said,
      };
    case 'promote':
    case 'abort':
      return {
        ...state,
        changedBaseline: null,
        request: strongest(state.request, { kind: event.act, by: event.by, reason: event.reason }),
        paused: false,
        pausedFor: null,
        reason: said,
      };
  }
}

/** What was told once is not told again at each look, until a person has acted on it. */
function known(state: RolloutState, cause: PauseCause): readonly string[] {
  return typeof cause === 'object' ? [...state.knownDrift, cause.key] : state.knownDrift;
}

/** A resume accepts what the pause was for, as it was shown, and nothing else. */
function accept({ accepted, pausedFor, report }: RolloutState, atMs: number): Accepted {
  if (pausedFor === 'noData') return { ...accepted, silenceAtMs: atMs };
  if (pausedFor === 'untrusted') return { ...accepted, distrust: report?.distrust ?? null };
  if (typeof pausedFor === 'object' && pausedFor?.kind === 'rival')
    return { ...accepted, rivals: [...accepted.rivals, ...(pausedFor.rivals ?? [])] };
  return accepted;
}

/** Abort wins. */
function strongest(current: Request | null, next: Request): Request {
  return current?.kind === 'abort' ? current : next;
}
