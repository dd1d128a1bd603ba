/**
 * The planned end of a step is one moment fixed beforehand, so part of the budget for a wrong "safe" may be spent on it
 * alone: a bound
 * that is infinite before and a usual one-sided bound there holds at every look, and needs less than half of the cards
 * that an
 * e-process needs. A candidate that is beyond the margin in one metric is called safe there with a chance of at most
 * `alpha`, since
 * every guardrail must pass (R. Berger (1982), "Multiparameter hypothesis testing and acceptance sampling",
 * Technometrics 24(4), theorem 1).
 * K. Lan, D. DeMets (1983), Biometrika 70(3): spending functions; this one spends at the end.
 *
 * It is asked once. What was answered, and after which look, stays in the state, so that a restart does not ask again
 * and the decision
 * record can be taken again. The answer counts for its step: the next one begins with `planEnd`.
 */
import { enforcedAlpha, jointHarmPart } from '../bets/joint-harm.ts';
import { engagementOf } from '../bets/on-time.ts';
import { marginScore, withoutHabits } from './margin-score.ts';
import { normalQuantile } from '../maths/normal.ts';
import { sliceEvidence } from '../bets/slices.ts';
import { gatheredOf, openState } from '../state.ts';
import type { JudgeMemory } from '../state.ts';
import type { Guardrail } from '../../plan/plan.ts';
import { isDistrusted } from '../trust/trust.ts';
import type { JudgeState, Look, PlannedEnd, PlannedEndAnswer, StepEnd } from '../types.ts';

/** The rest is left to the e-processes, which may say safe before the end. */
const SPENT_AT_THE_END = 0.8;
/** With this much evidence of harm (of the 1 that proves it) nothing is called safe. */
const TOO_MUCH_HARM = 0.32;
const MAX_ALPHA = 0.5;

/**
 * A step begins; null: one without a planned end. The same step again (another worker goes on) changes nothing, and once
 * it was asked no other moment that it is said to end at: whoever could choose the next one would have the data in sight.
 */
export function planEnd(state: JudgeState, end: PlannedEnd | null): JudgeState {
  const { plannedEnd } = openState(state);
  if (end === null) return plannedEnd === null ? state : { ...state, plannedEnd: null };
  if (plannedEnd !== null && isSameEnd(plannedEnd, end)) return state;
  return { ...state, plannedEnd: { ...end, answer: null } };
}

function isSameEnd({ step, atMs, answer }: StepEnd, end: PlannedEnd): boolean {
  if (step === undefined || end.step === undefined) return atMs === end.atMs;
  return step === end.step && (answer !== null || atMs === end.atMs);
}

/** Asks, to be called at the planned end only. Asked before, or without a planned end, the state stays as it is. */
export function askPlannedEnd(state: JudgeState): JudgeState {
  const memory = openState(state);
  const { plannedEnd } = memory;
  if (plannedEnd === null || plannedEnd.answer !== null) return state;
  const needed = neededScore(totalAlpha(memory) * plannedEnd.share);
  const scores = memory.guardrails.map((guardrail) => scoreOf(memory, guardrail));
  const known = memory.guardrails.map((guardrail) => {
    const { comparison, design } = comparedFor(memory, guardrail);
    return withoutHabits(guardrail, comparison, design);
  });
  const answer: PlannedEndAnswer = {
    safe: isSafeAtPlannedEnd(state, totalAlpha(memory) * plannedEnd.share),
    look: memory.looks,
    n: memory.cards,
    needed,
    scores: scores.map((score) => (Number.isFinite(score) ? score : null)),
    ...(known.some((rate) => rate !== null) && { withoutHabits: known }),
    ...goalsAtEnd(memory, plannedEnd.share),
  };
  return { ...state, plannedEnd: { ...plannedEnd, answer } };
}

/** Each goal has its own guardrail's alpha to spend there, beside what its e-process spends. */
function goalsAtEnd(memory: JudgeMemory, share: number): Pick<PlannedEndAnswer, 'goals'> {
  const goals = memory.guardrails.map((guardrail) => {
    const { goal, margin, alpha } = guardrail;
    if (goal === undefined) return null;
    const edge: Guardrail = { ...guardrail, margin: { kind: margin.kind, value: -goal }, tolerance: 0 };
    return scoreOf(memory, edge) >= neededScore(alpha * share);
  });
  return goals.every((goal) => goal === null) ? {} : { goals };
}

/** Was the goal of that guardrail proven at the end of the step at hand, and has nothing spoken against it since? */
export function goalProvenAtPlannedEnd(memory: JudgeMemory, index: number): boolean {
  const proven = memory.plannedEnd?.answer?.goals?.[index] === true;
  return proven && !isDistrusted(memory) && jointEvidence(memory) < TOO_MUCH_HARM;
}

/** Has the end of the step at hand been asked? */
export function isAsked(state: JudgeState): boolean {
  return plannedEndAnswer(state) !== null;
}

/** What was answered at the end of the step at hand; null before it is asked. */
export function plannedEndAnswer(state: JudgeState): PlannedEndAnswer | null {
  return openState(state).plannedEnd?.answer ?? null;
}

/** The state before a look is taken: what lies beyond the planned end comes too late for its question. */
export function askBefore(state: JudgeState, look: Look): JudgeState {
  const { plannedEnd } = openState(state);
  return plannedEnd !== null && look.atMs > plannedEnd.atMs ? askPlannedEnd(state) : state;
}

/** The answer of the step at hand if it was yes and nothing has spoken against it since. */
export function provenAtPlannedEnd(memory: JudgeMemory): PlannedEndAnswer | null {
  const answer = memory.plannedEnd?.answer ?? null;
  return answer?.safe === true && !isDistrusted(memory) && jointEvidence(memory) < TOO_MUCH_HARM ? answer : null;
}

/**
 * Is every enforced guardrail within its margin at the planned end? To be asked there only; `alpha` is the budget of a
 * wrong yes.
 */
export function isSafeAtPlannedEnd(state: JudgeState, alpha: number): boolean {
  const memory = openState(state);
  if (isDistrusted(memory) || jointEvidence(state) >= TOO_MUCH_HARM) return false;
  const enforced = gatheredOf(memory).filter(({ guardrail }) => guardrail.mode === 'enforce');
  const needed = neededScore(alpha);
  return enforced.length > 0 && enforced.every(({ guardrail }) => scoreOf(memory, guardrail) >= needed);
}

function scoreOf(memory: JudgeMemory, guardrail: Guardrail): number {
  const { comparison, design } = comparedFor(memory, guardrail);
  return marginScore(guardrail, comparison, design);
}

/** Engagement is proven by the cards of agents who know the candidate, where the plan says so. */
function comparedFor(memory: JudgeMemory, guardrail: Guardrail): Pick<JudgeMemory, 'comparison' | 'design'> {
  const { learning, learned } = memory;
  return learned !== null && learning?.do === 'leaveOut' && engagementOf(guardrail) !== null ? learned.judge : memory;
}

/** Highest evidence of harm so far, of all guardrails jointly or of a slice; 1 says harm. */
export function jointEvidence(state: JudgeState): number {
  const memory = openState(state);
  return Math.max(jointHarmPart(memory.joint, memory.guardrails), sliceEvidence(memory.slicing, memory.slices));
}

function neededScore(alpha: number): number {
  return normalQuantile(1 - SPENT_AT_THE_END * alpha);
}

function totalAlpha({ guardrails }: JudgeMemory): number {
  return Math.min(MAX_ALPHA, enforcedAlpha(guardrails));
}
