import type { Step } from '../plan/steps/steps.ts';
import { stepLabel } from '../plan/steps/steps.ts';
import type { StepStatus } from './status.ts';

/** `left`: steps that a person left early; they count as skipped. */
export function stepStatuses(
  steps: readonly Step[],
  current: number,
  over: boolean,
  left: readonly number[] = [],
): StepStatus[] {
  return steps.map((step, index) => ({
    index,
    label: stepLabel(step),
    state: left.includes(index) ? 'skipped' : stateAt(index, current, over),
  }));
}

function stateAt(index: number, current: number, over: boolean): StepStatus['state'] {
  if (index < current) return 'done';
  if (over) return 'skipped';
  return index === current ? 'running' : 'pending';
}
