/** The rollout's own memory: a plain value, changed only by `apply` (transition.ts). */
import type { JudgeReport } from '../judge/types.ts';
import type { Drift } from './drift.ts';
import type { Outcome, Phase } from './status.ts';

export interface RolloutState {
  readonly phase: Phase;
  readonly outcome: Outcome | null;
  /** Index into the plan's steps; `steps.length` once all are done. */
  readonly step: number;
  /** Steps that a person left before they were done. */
  readonly left: readonly number[];
  readonly paused: boolean;
  /** What was last proven by a read-back, 0..100. */
  readonly splitPercent: number;
  readonly report: JudgeReport | null;
  /** The act of a person that the flow has still to follow. */
  readonly request: Request | null;
  /** An approval is what is waited for, in time or overdue. */
  readonly asksApproval: boolean;
  readonly approved: boolean;
  readonly advanced: boolean;
  /** Null unless paused. */
  readonly pausedFor: PauseCause | null;
  readonly accepted: Accepted;
  /** Drift that was told and is dealt with: its keys. */
  readonly knownDrift: readonly string[];
  /** How often drift was put right by writing again. */
  readonly reassertions: number;
  /** Since when no judge that can act has looked, ms since the epoch, and why; null: one looks. */
  readonly blind: { readonly sinceMs: number; readonly why: string } | null;
  /** The baseline is not what it was: an abort goes back to it as it is now. Asked while a roll back cannot go on. */
  readonly changedBaseline: Drift | null;
  readonly harmed: boolean;
  readonly reason: string;
  readonly waitingFor: string;
}

/** What a pause is for; a resume accepts that and no more. */
export type PauseCause = 'person' | 'noData' | 'untrusted' | 'blind' | Drift;

/** What a person was shown and let pass. */
export interface Accepted {
  /** An arm that was silent at this instant (ms since the epoch) may stay so until its next card. */
  readonly silenceAtMs: number | null;
  /** Distrust up to ten times this evidence. */
  readonly distrust: { readonly logEvidence: number } | null;
  /** Ids of other serving versions. */
  readonly rivals: readonly string[];
}

export interface Request {
  readonly kind: 'abort' | 'promote';
  readonly by: string;
  readonly reason: string;
}

export function initialState(): RolloutState {
  return {
    phase: 'validating',
    outcome: null,
    step: 0,
    left: [],
    paused: false,
    splitPercent: 0,
    report: null,
    request: null,
    asksApproval: false,
    approved: false,
    advanced: false,
    pausedFor: null,
    accepted: { silenceAtMs: null, distrust: null, rivals: [] },
    knownDrift: [],
    reassertions: 0,
    blind: null,
    changedBaseline: null,
    harmed: false,
    reason: '',
    waitingFor: 'preflight: the plan and the card are checked, nothing has been written',
  };
}
