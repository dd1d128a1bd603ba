/** Where the judge stood, carried on: from a state of its own, or from everything it was ever shown. */
import type { Learning } from '../plan/learning.ts';
import type { Guardrail, Slices } from '../plan/plan.ts';
import { startJudge, takeLook } from './judge.ts';
import { askBefore, askPlannedEnd, planEnd } from './decision/planned-end.ts';
import { openState } from './state.ts';
import type { JudgeState, Look, StepEnd } from './types.ts';

/** The state after these looks. Throws JudgeStateError for a state that this judge does not understand. */
export function resumeJudge(state: JudgeState, looks: readonly Look[]): JudgeState {
  const opened: JudgeState = openState(state);
  return looks.reduce((now, look) => takeLook(askBefore(now, look), look), opened);
}

export interface Judged {
  readonly guardrails: readonly Guardrail[];
  readonly slices?: Slices | null | undefined;
  readonly learning?: Learning | null | undefined;
}

/**
 * A judge that has taken all the looks, and was asked at the planned end (of a record, or of a state of whatever
 * release) after the look it
 * was asked after then. `each` hears the state after every look.
 */
export function judgeAgain(
  { guardrails, slices, learning }: Judged,
  looks: readonly Look[],
  foreign?: unknown,
  each?: (state: JudgeState, index: number) => void,
): JudgeState {
  const end = plannedEndIn(foreign);
  const askedAfter = end?.answer?.look ?? null;
  let state = planEnd(startJudge(guardrails, slices, learning), end);
  if (askedAfter === 0) state = askPlannedEnd(state);
  looks.forEach((look, index) => {
    state = takeLook(state, look);
    if (askedAfter === index + 1) state = askPlannedEnd(state);
    each?.(state, index);
  });
  return state;
}

/** The one thing of a foreign state that the looks do not tell: when the judge was asked. */
function plannedEndIn(foreign: unknown): StepEnd | null {
  const end = typeof foreign === 'object' && foreign !== null && 'plannedEnd' in foreign ? foreign.plannedEnd : null;
  const readable =
    typeof end === 'object' &&
    end !== null &&
    'atMs' in end &&
    typeof end.atMs === 'number' &&
    'share' in end &&
    typeof end.share === 'number';
  return readable ? (end as StepEnd) : null;
}
