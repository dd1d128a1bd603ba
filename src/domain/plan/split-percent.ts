import { MAX_HOLDBACK } from './default-policies.ts';
import type { Fault } from './problem.ts';
import { show } from './problem.ts';

/** A split as people write it: 0 up to, but not including, 100, in steps of 0.01 (the resolution of a bucket). */
export function parseSplit(value: unknown): number | Fault {
  if (typeof value !== 'number' || !(value >= 0 && value <= 100)) {
    return refuse(
      `${show(value)} is not a percentage from 0 to 100.`,
      'Write the percentage as a plain number, such as 25.',
    );
  }
  if (value === 100) {
    return refuse(
      '100 is the promotion itself, which follows the last step.',
      'Leave this step out, or end at a lower split.',
    );
  }
  if (Number(value.toFixed(2)) !== value) {
    return refuse(`${value} is finer than a split can be; the smallest step is 0.01.`, 'Write at most two decimals.');
  }
  return value;
}

function refuse(message: string, remedy: string): Fault {
  return { code: 'plan-split', message, remedy };
}

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
