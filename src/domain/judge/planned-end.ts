/**
 * The planned end of a step is one moment fixed beforehand, so part of the budget for a wrong "safe" may be spent on it alone: a bound
 * that is infinite before and a usual one-sided bound there holds at every look, and needs less than half of the cards that an
 * e-process needs. A candidate that is beyond the margin in one metric is called safe there with a chance of at most `alpha`, since
 * every guardrail must pass (R. Berger (1982), "Multiparameter hypothesis testing and acceptance sampling", Technometrics 24(4), theorem 1).
 * K. Lan, D. DeMets (1983), Biometrika 70(3): spending functions; this one spends at the end.
 */
import { marginScore } from './margin-score.ts';
import { normalQuantile } from './normal.ts';
import { gatheredOf, memoryOf } from './state.ts';
import { distrustOf } from './trust.ts';
import type { JudgeState } from './types.ts';

/** The rest is left to the e-processes, which may say safe before the end. */
const SPENT_AT_THE_END = 0.8;
/** With this much evidence of harm (of the 1 that proves it) nothing is called safe. */
const TOO_MUCH_HARM = 0.2;

/** Is every enforced guardrail within its margin at the planned end? To be asked there only; `alpha` is the budget of a wrong yes. */
export function isSafeAtPlannedEnd(state: JudgeState, alpha: number): boolean {
  const memory = memoryOf(state);
  if (distrustOf(memory) !== null || jointEvidence(state) >= TOO_MUCH_HARM) return false;
  const enforced = gatheredOf(memory).filter(({ guardrail }) => guardrail.mode === 'enforce');
  const needed = normalQuantile(1 - SPENT_AT_THE_END * alpha);
  return enforced.length > 0 && enforced.every(({ guardrail }) => marginScore(guardrail, memory.comparison, memory.design) >= needed);
}

/** Highest joint evidence of harm so far; 1 says harm. */
export function jointEvidence(state: JudgeState): number {
  return Math.exp(memoryOf(state).joint.peak);
}
