/** The rollout's own memory: a plain value, changed only by `apply` (transition.ts). */
import type { JudgeReport } from '../judge/types.ts';
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
  readonly approved: boolean;
  readonly advanced: boolean;
  /** A person has resumed after a pause for these: they no longer stop the watch. */
  readonly accepted: { readonly noData: boolean; readonly untrusted: boolean };
  readonly harmed: boolean;
  readonly reason: string;
  readonly waitingFor: string;
}

export interface Request {
  readonly kind: 'abort' | 'promote';
  readonly by: string;
  readonly reason: string;
}

export function initialState(): RolloutState {
  return {
    phase: 'validating', outcome: null, step: 0, left: [], paused: false, splitPercent: 0, report: null, request: null,
    approved: false, advanced: false, accepted: { noData: false, untrusted: false }, harmed: false, reason: '',
    waitingFor: 'preflight: the plan and the card are checked, nothing has been written',
  };
}
