/** What a rollout is doing and how it ended. */
import type { StepPhase } from '../plan/steps/steps.ts';

export type Phase =
  | 'validating'
  | 'scheduled'
  | 'deploying'
  | StepPhase
  | 'held'
  | 'promoting'
  | 'longWatch'
  | 'rollingBack'
  | 'needsAttention'
  | 'promoted'
  | 'retired'
  | 'rolledBack'
  | 'undone'
  | 'rejected';

/**
 * `rejected`: nothing that serves was ever changed. The others only after a read-back proved them: `retired`, where no
 * card took the place of the last version; `undone`, where a person went back to a version that was proven before.
 */
export const OUTCOMES = ['promoted', 'retired', 'rolledBack', 'undone', 'rejected'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** By such an end what serves is what the rollout brought, or went back to. */
export function isServedBy(outcome: string | null): outcome is 'promoted' | 'retired' | 'undone' {
  return outcome === 'promoted' || outcome === 'retired' || outcome === 'undone';
}

/** In place of a phase: what a rollout said last is not what is so. `frozen`: a workflow task fails, or it is paused. */
export const LOST_PHASES = ['terminated', 'failed', 'timedOut', 'cancelled', 'frozen'] as const;
export type LostPhase = (typeof LOST_PHASES)[number];

export function isLostPhase(phase: string | null): phase is LostPhase {
  return LOST_PHASES.some((one) => one === phase);
}

export interface StepStatus {
  readonly index: number;
  /** `setSplit 5 %`, `bake 30m (require noHarm)`, `approve: Team leads agree`. */
  readonly label: string;
  /** `stopped`: the rollout ended, or was lost, in it. */
  readonly state: 'pending' | 'running' | 'done' | 'stopped' | 'skipped';
}

/** How and when a terminal state was proven by reading the organisation back. */
export interface SafetyProof {
  readonly provenByReadBack: boolean;
  readonly provenAt: string;
  /** First candidate card of this rollout, if any was seen. */
  readonly firstCandidateCardAt: string | null;
  /** provenAt - firstCandidateCardAt for a roll back. */
  readonly timeToSafetyMs: number | null;
  /** From the judge's harm verdict (or the abort) to the proof. */
  readonly reactionMs: number | null;
}

/** When a wait ends by itself, and how. */
export interface Deadline {
  /** ISO instant */
  readonly at: string;
  /** What is waited for. */
  readonly what: string;
  /** What happens then. */
  readonly action: string;
}

const TERMINAL: readonly Phase[] = OUTCOMES;

export function isTerminal(phase: Phase): boolean {
  return TERMINAL.includes(phase);
}

/** Nothing but the end comes after this. */
export function isEnding(phase: Phase): boolean {
  return isTerminal(phase) || phase === 'rollingBack' || phase === 'needsAttention';
}
