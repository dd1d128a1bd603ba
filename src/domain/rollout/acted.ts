/** What an act of a person comes to. Pure. */
import { CLAIMED } from '../identity/actor.ts';
import { claimed } from '../identity/decide.ts';
import type { Fingerprint } from '../split/fingerprint.ts';
import { acceptEvidence } from './accepted-evidence.ts';
import { alarmsOf } from './alarms.ts';
import { withApproval, withoutApproval } from './approvals.ts';
import { UNSEEN } from './drift.ts';
import type { AuditedEvent } from './events.ts';
import { overrideText, withOverride } from './overrides.ts';
import { missingMetrics } from './silence.ts';
import type { Accepted, PauseCause, Request, RolloutState } from './state.ts';

type Acted = Extract<AuditedEvent, { kind: 'acted' }>;

export function acted(state: RolloutState, event: Acted, atMs: number): RolloutState {
  const over = overText(event);
  const reason = `${event.act} by ${over ?? event.by}: ${event.reason}`;
  switch (event.act) {
    case 'pause':
      return { ...pausedBy(state, 'person', reason), reason };
    case 'resume':
      return {
        ...afterShown(state),
        accepted: accept(state, event.by, atMs),
        knownDrift: acceptedDrift(state),
        reassertions: 0,
        reason,
      };
    case 'approve':
      return {
        ...state,
        approvals: withApproval(state.approvals, state.step, event.person ?? claimed(event.by)),
        reason,
      };
    case 'withdraw':
      return {
        ...state,
        approvals: withoutApproval(state.approvals, state.step, event.person ?? claimed(event.by)),
        reason,
      };
    case 'advance':
      return {
        ...afterShown(state),
        accepted: acceptCards(state, atMs),
        advanced: true,
        left: [...state.left, state.step],
        reason,
      };
    case 'override':
      // The watch at hand does not know of it.
      return event.override === undefined
        ? state
        : {
            ...state,
            overrides: withOverride(state.overrides, event.override),
            watchCalls: state.watchCalls + 1,
            // Asked anew: what closes it since is not let pass.
            closedWindow: event.override.kind === 'window' ? null : state.closedWindow,
            reason: overrideText(event.override),
          };
    case 'promote':
    case 'abort':
      return {
        ...afterShown(state),
        changedBaseline: null,
        request: strongest(state.request, {
          kind: event.act,
          by: event.by,
          reason: event.reason,
          ...(event.over !== undefined && over !== null && { untilMs: event.over.untilMs, over }),
        }),
        reason,
      };
  }
}

/** `ana (claimed, not verified) over undecided: acceptanceRate 27.3 % vs 41.6 %, n 144`; null: it is proven. */
function overText({ by, person, over }: Acted): string | null {
  if (over === undefined) return null;
  return `${by}${person === undefined || person.verifiedBy === null ? ` (${CLAIMED})` : ''} over ${over.text}`;
}

/** Whoever was shown a changed baseline, in a pause or in a roll back, and acts, takes it as it was shown. */
function afterShown(state: RolloutState): RolloutState {
  const { pausedFor, changedBaseline } = state;
  const shown = changedBaseline ?? (typeof pausedFor === 'object' ? pausedFor : null);
  const taken = shown?.kind === 'baselineContent' ? takeBaseline(state, shown.fingerprint) : state;
  return { ...taken, ...UNPAUSED };
}

/** A resume accepts what the pause was for, as it was shown, and nothing else. */
function accept({ accepted, pausedFor, report }: RolloutState, by: string, atMs: number): Accepted {
  if (pausedFor === 'noData')
    return { ...accepted, silenceAtMs: atMs, missing: report === null ? [] : missingMetrics(report) };
  if (pausedFor === 'untrusted')
    return { ...accepted, distrust: acceptEvidence(accepted.distrust, report?.distrust ?? [], by, atMs) };
  if (pausedFor === 'alarm' && report !== null)
    return { ...accepted, alarms: acceptEvidence(accepted.alarms, alarmsOf(report), by, atMs) };
  if (typeof pausedFor === 'object' && pausedFor?.kind === 'rival')
    return { ...accepted, rivals: [...accepted.rivals, ...(pausedFor.rivals ?? [])] };
  return acceptCards({ accepted, pausedFor }, atMs);
}

/** As many again may be shown as the plan says, and no more. */
function acceptCards({ accepted, pausedFor }: Pick<RolloutState, 'accepted' | 'pausedFor'>, atMs: number): Accepted {
  if (pausedFor === 'stepCards') return { ...accepted, stepCardsAtMs: atMs };
  if (pausedFor === 'rolloutCards') return { ...accepted, rolloutCardsAtMs: atMs };
  return accepted;
}

/** To go on without a look. What was put right, or was accepted, is news when it is there again. */
function acceptedDrift({ knownDrift, pausedFor }: RolloutState): readonly string[] {
  const isUnseen = typeof pausedFor === 'object' && pausedFor?.kind === 'unseen';
  return isUnseen || knownDrift.includes(UNSEEN) ? [UNSEEN] : [];
}

/** Abort wins. */
function strongest(current: Request | null, next: Request): Request {
  return current?.kind === 'abort' ? current : next;
}

export const UNPAUSED = { paused: false, pausedFor: null } as const;

export function pausedBy(state: RolloutState, pausedFor: PauseCause, pausedWhy: string): RolloutState {
  return { ...state, paused: true, pausedFor, pausedWhy, pauses: state.pauses + 1 };
}

/** The content that a person was shown, or that the plan says to live with, is the baseline's from now on. */
export function takeBaseline(state: RolloutState, fingerprint: Fingerprint | undefined): RolloutState {
  const { deployment } = state;
  return deployment === null || deployment.baseline === null || fingerprint === undefined
    ? state
    : { ...state, deployment: { ...deployment, baseline: { ...deployment.baseline, fingerprint } } };
}
