import type { Step } from '../plan/plan.ts';
import type { StepStatus } from './status.ts';

/** The step in one short line, as status, details and the timeline show it. */
export function stepLabel(step: Step): string {
  switch (step.kind) {
    case 'setSplit':
      return `setSplit ${step.percent} %`;
    case 'bake':
      return `bake ${duration(step.forMs)}, at most ${duration(step.atMostMs)} (require ${step.require})`;
    case 'approve':
      return `approve: ${step.reason}`;
  }
}

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

const UNITS: readonly (readonly [string, number])[] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
];

/** Largest unit that divides the duration with at most one decimal: 90_000 -> `1.5m`, 250 -> `250ms`. */
export function duration(ms: number): string {
  for (const [unit, size] of UNITS) {
    const value = ms / size;
    if (value >= 1) return `${Number(value.toFixed(1))}${unit}`;
  }
  return '0s';
}
