import type { Fault } from './problem.ts';
import { show } from './problem.ts';

/** More than half of the conversations held back would be no promotion. */
export const MAX_HOLDBACK = 50;

/** The share held back after promotion: 0 to 50, as fine as a split. */
export function parseHoldback(value: unknown): number | Fault {
  if (typeof value === 'number' && value >= 0 && value <= MAX_HOLDBACK && Number(value.toFixed(2)) === value)
    return value;
  return {
    code: 'plan-holdback',
    message: `${show(value)} is not a percentage from 0 to ${MAX_HOLDBACK} with at most two decimals.`,
    remedy: 'Write for example holdback: 5, or 0 to hold nobody back.',
  };
}
