/**
 * What whoever acts was shown: the pause and the step that they mean. An act that crosses another one is refused, for
 * it would accept what nobody has seen. Pure.
 */
import { show } from '../plan/problem.ts';
import type { GivenAct } from './messages.ts';
import type { RolloutState } from './state.ts';

/** These let a paused rollout go on, and accept what it was paused for. */
const ENDS_PAUSE: readonly string[] = ['resume', 'advance', 'promote'];
/** These are for the step at hand. */
const OF_STEP: readonly string[] = ['approve', 'withdraw', 'advance'];

/** Which of both the act can name. */
export function canName(act: string): { readonly pause: boolean; readonly step: boolean } {
  return { pause: ENDS_PAUSE.includes(act), step: OF_STEP.includes(act) };
}

/** What is wrong with its form, with the way out; or null. */
export function shownProblem({ pause, step }: GivenAct): string | null {
  if (pause !== undefined && pause !== 'person' && !isCount(pause, 0))
    return `"pause" is ${show(pause)}; expected the number of the pause that it is about, as the status shows it (0: none).`;
  return step === undefined || isCount(step, 1)
    ? null
    : `"step" is ${show(step)}; expected the number of the step that it is about, counted from 1.`;
}

function isCount(value: unknown, least: number): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= least;
}

/** Why what was shown is not what is at hand, or null. What names nothing means what is at hand. */
export function crossed(state: RolloutState, act: string, { pause, step }: GivenAct): string | null {
  const names = canName(act);
  if (names.step && step !== undefined && step !== state.step + 1)
    return `step ${state.step + 1} is at hand, and it is about step ${show(step)}; look at the status and act anew.`;
  if (!names.pause || pause === undefined || !state.paused) return null;
  const why = state.pausedWhy.replace(/[.!?]?$/, '.');
  if (pause === 'person')
    return state.pausedFor === 'person'
      ? null
      : `it is paused for a reason of its own: ${why} Look at it, and ${act} it by itself.`;
  return pause === state.pauses
    ? null
    : `it is paused since for another reason (pause ${state.pauses}): ${why} Look at the status, and ${act} ` +
        'anew if you mean that one.';
}

interface Shown {
  readonly paused: boolean;
  readonly pauses?: number;
  readonly steps: readonly { readonly state: string }[];
}

/** The pause and the step that are shown, as far as the act can name them. */
export function shownNumbers(act: string, { pauses = 0, steps }: Shown): { pause?: number; step?: number } {
  const { pause, step } = canName(act);
  const at = steps.findIndex(({ state }) => state === 'running');
  return { ...(pause && { pause: pauses }), ...(step && at >= 0 && { step: at + 1 }) };
}

/** As options of the command line: ` --pause 2`. */
export function shownOptions(act: string, shown: Shown): string {
  const { pause, step } = shownNumbers(act, shown);
  return `${step === undefined ? '' : ` --step ${step}`}${pause !== undefined && shown.paused ? ` --pause ${pause}` : ''}`;
}
