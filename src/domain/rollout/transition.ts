/** `(state, event, time) -> state`. Pure. */
import { acted, pausedBy, takeBaseline, UNPAUSED } from './acted.ts';
import { isHarmed } from './overrides.ts';
import { oneMore } from './refusals.ts';
import { driftedText, hookText } from './audit-reason.ts';
import { UNSEEN } from './drift.ts';
import type { AuditedEvent, NotedEvent, RolloutEvent } from './events.ts';
import { isAudited } from './events.ts';
import type { PastDiffers } from './past.ts';
import { recountedEnd } from './planned-ends.ts';
import type { PauseCause, RolloutState, Wait } from './state.ts';
import type { Outcome, Phase, SafetyProof } from './status.ts';

/** `atMs`: when the event came, ms since the epoch. */
export function apply(state: RolloutState, event: RolloutEvent, atMs: number): RolloutState {
  const next = isAudited(event) ? audited(state, event, atMs) : noted(state, event, atMs);
  if (next.standsSinceMs === null || next.paused) return next;
  return { ...next, standsSinceMs: null, stoodMs: stoodUntil(next, atMs) };
}

/** How long nothing went on until then, in all; `atMs` as above. */
function stoodUntil({ stoodMs, standsSinceMs }: RolloutState, atMs: number): number {
  return stoodMs + (standsSinceMs === null ? 0 : atMs - standsSinceMs);
}

function audited(state: RolloutState, event: AuditedEvent, atMs: number): RolloutState {
  switch (event.kind) {
    case 'entered':
      return {
        ...state,
        ...(event.phase === 'rollingBack' && UNPAUSED),
        ...(event.phase === 'needsAttention' && { isReadBack: false }),
        ...(event.plannedEnd !== undefined && { plannedEnd: event.plannedEnd }),
        phase: event.phase,
        waitingFor: event.waitingFor,
        reason: event.reason ?? state.reason,
        closedWindow: null,
        openHours: null,
        asksApproval: asksApproval(state, event.phase),
      };
    case 'stepStarted':
      return {
        ...state,
        step: event.step,
        stepSinceMs: atMs,
        advanced: false,
        left: [...state.left, ...(event.passed ?? [])],
      };
    case 'splitProven':
      return splitProven(state, event);
    case 'judged':
      return {
        ...state,
        report: event.report,
        seen: event.seen ?? state.seen,
        firstCandidateCardAtMs: state.firstCandidateCardAtMs ?? event.firstCandidateCardAtMs ?? null,
        harmed: isHarmed({ ...state, report: event.report }, atMs),
        figuresAsked: false,
      };
    case 'autoPaused':
      return {
        ...pausedBy(state, event.cause, event.reason),
        knownDrift: known(state, event.cause),
        reason: event.reason,
      };
    case 'hookAnswered':
      return { ...state, reason: hookText(event) };
    case 'notified':
      return { ...state, phase: 'notifying', waitingFor: 'the next step' };
    case 'drifted':
      return { ...state, reason: driftedText(event), reassertions: state.reassertions + (event.reasserted ? 1 : 0) };
    case 'blinded':
      return { ...state, blind: state.blind ?? { sinceMs: atMs, why: event.reason } };
    case 'sighted':
      return { ...state, blind: null };
    case 'reminded':
      return state;
    case 'baselineAsked':
      return { ...state, changedBaseline: event.drift, reason: event.drift.message };
    case 'baselineAccepted':
      return { ...state, changedBaseline: null };
    case 'windowClosed':
      return { ...state, closedWindow: { why: event.why, closing: event.closing } };
    case 'windowOpened':
      return { ...state, closedWindow: null };
    case 'longWatchBegun':
      return { ...state, phase: 'longWatch', waitingFor: event.waitingFor, advanced: false };
    case 'promotionBegun':
      return promotionBegun(state);
    case 'undoBegun':
      return { ...state, reason: event.reason };
    case 'setBack':
      return setBack(state, event.differs);
    case 'ended':
      return over(state, event, atMs);
    case 'acted':
      return acted(state, event, atMs);
    case 'refused':
      return { ...state, refusals: oneMore(state.refusals, atMs) };
    case 'refusedMore':
      return state;
    case 'lapsed':
      return {
        ...state,
        request: state.request?.kind === 'promote' ? null : state.request,
        decision: null,
        reason: event.reason,
      };
  }
}

function over(
  state: RolloutState,
  { outcome, reason }: { readonly outcome: Outcome; readonly reason: string },
  atMs: number,
): RolloutState {
  return {
    ...state,
    ...UNPAUSED,
    phase: outcome,
    outcome,
    endedAtMs: atMs,
    reason,
    waitingFor: 'nothing: the rollout is over',
    blind: null,
  };
}

/** Cards are counted from where they were lost; an end that is on record is the end. */
function setBack(state: RolloutState, differs: PastDiffers): RolloutState {
  const { message: reason } = differs;
  if (differs.kind === 'databaseBehind') {
    const { opened } = state;
    return {
      ...state,
      reason,
      opened: opened && { ...opened, startSeq: Math.min(opened.startSeq, differs.lastSeq) },
    };
  }
  const outcome = differs.end?.outcome ?? null;
  return outcome === null || differs.end === null
    ? { ...state, reason }
    : {
        ...over(state, { outcome, reason }, differs.end.atMs),
        splitPercent: outcome === 'promoted' || outcome === 'retired' ? 100 : 0,
      };
}

function noted(state: RolloutState, event: NotedEvent, atMs: number): RolloutState {
  switch (event.kind) {
    case 'figuresAsked':
      return { ...state, figuresAsked: true, watchCalls: state.watchCalls + 1 };
    case 'refusalCounted':
      return { ...state, refusals: oneMore(state.refusals, atMs) };
    case 'starterKnown':
      return { ...state, starter: event.starter };
    case 'opened':
      return { ...state, opened: event.opened };
    case 'deployed':
      return {
        ...state,
        deployment: event.deployment,
        splitPercent: event.splitPercent ?? state.splitPercent,
      };
    case 'baselineTaken':
      return takeBaseline(state, event.fingerprint);
    case 'writeBegun':
      return {
        ...state,
        writeInFlight: true,
        openWrites: state.openWrites + 1,
        openRises: state.openRises + (event.rises ? 1 : 0),
        unproven: event.written ?? state.unproven,
      };
    case 'writeAnswered':
      return { ...state, writeInFlight: false };
    case 'writeOver':
      return {
        ...state,
        openWrites: state.openWrites - 1,
        openRises: state.openRises - (event.rises ? 1 : 0),
      };
    case 'writeNotMade':
      return { ...state, unproven: null };
    case 'aloneProven':
      // Harm that was proven meanwhile forbids it: the roll back comes next.
      return state.promoted || isHarmed(state, atMs)
        ? { ...state, unproven: null }
        : {
            ...state,
            unproven: null,
            promoted: true,
            splitSinceMs: event.atMs,
            safety: proofOf(state, event.atMs, null),
          };
    case 'restoreProven':
      return {
        ...state,
        safety: { ...proofOf(state, event.atMs, event.decidedAtMs), provenByReadBack: false },
        isReadBack: true,
      };
    case 'quietProven':
      return {
        ...state,
        isReadBack: false,
        safety: event.isRestored && state.safety !== null ? { ...state.safety, provenByReadBack: true } : null,
      };
    case 'watchBegun':
      return { ...state, openWatches: state.openWatches + 1 };
    case 'watchOver':
      return { ...state, openWatches: state.openWatches - 1 };
    case 'looked':
      return { ...state, knownDrift: state.knownDrift.filter((key) => key !== UNSEEN) };
    case 'watchCalled':
      return { ...state, watchCalls: state.watchCalls + 1 };
    case 'standstillBegun':
      return state.standsSinceMs === null ? { ...state, standsSinceMs: atMs } : state;
    case 'hoursCounted':
      return {
        ...state,
        openHours: event.hours,
        plannedEnd: recountedEnd(state.plannedEnd, event.plannedEnd, { stood: event.stood, nowMs: atMs }),
      };
    case 'waitBegun':
      return {
        ...state,
        waits: [...state.waits, { ...event.wait, sinceMs: atMs, stoodBeforeMs: stoodUntil(state, atMs) }],
      };
    case 'waitOver':
      return { ...state, waits: withoutLast(state.waits, event.what) };
  }
}

/** A wait may hold another for the same; the inner one ends first. */
function withoutLast(waits: readonly Wait[], what: string): readonly Wait[] {
  const last = waits.findLastIndex((wait) => wait.what === what);
  return waits.filter((_, index) => index !== last);
}

/** A new split brings data of its own: silence is news again. */
function splitProven(
  state: RolloutState,
  { percent, of, atMs }: Extract<AuditedEvent, { kind: 'splitProven' }>,
): RolloutState {
  return {
    ...state,
    splitPercent: percent,
    splitOf: of ?? null,
    unproven: null,
    splitSinceMs: atMs,
    previousPercent: percent === state.splitPercent ? state.previousPercent : state.splitPercent,
    accepted: { ...state.accepted, silenceAtMs: null, missing: [] },
  };
}

/** On what is known now; what is seen later decides nothing of it. */
function promotionBegun(state: RolloutState): RolloutState {
  const { request, report } = state;
  const isAsked = request?.kind === 'promote';
  return {
    ...state,
    decision: {
      report,
      reason: isAsked
        ? `promote by ${request.over ?? request.by}: ${request.reason}`
        : (report?.reason ?? 'promoted by the plan'),
      ...(isAsked &&
        request.untilMs !== undefined && { lapses: { atMs: request.untilMs, fromPercent: state.splitPercent } }),
    },
    request: isAsked ? null : request,
    advanced: false,
  };
}

function proofOf(
  { firstCandidateCardAtMs: first }: RolloutState,
  atMs: number,
  decidedAtMs: number | null,
): SafetyProof {
  return {
    provenByReadBack: true,
    provenAt: new Date(atMs).toISOString(),
    firstCandidateCardAt: first === null ? null : new Date(first).toISOString(),
    timeToSafetyMs: first === null || decidedAtMs === null ? null : atMs - first,
    reactionMs: decidedAtMs === null ? null : atMs - decidedAtMs,
  };
}

/** An overdue approval is held, and is asked for still. */
function asksApproval(state: RolloutState, phase: Phase): boolean {
  return phase === 'awaitingApproval' || (phase === 'held' && state.asksApproval);
}

/** What was told once is not told again at each look, until a person has acted on it. */
function known(state: RolloutState, cause: PauseCause): readonly string[] {
  return typeof cause === 'object' ? [...state.knownDrift, cause.key] : state.knownDrift;
}
