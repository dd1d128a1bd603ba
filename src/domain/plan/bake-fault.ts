import { formatDuration } from './duration.ts';
import type { BakeStep } from './plan.ts';
import type { Fault } from './problem.ts';

/** A bake that would have to end before it may. */
export function bakeFault({ forMs, atMostMs }: Pick<BakeStep, 'forMs' | 'atMostMs'>): Fault | undefined {
  if (atMostMs >= forMs) return undefined;
  return {
    code: 'plan-bake',
    message:
      `The bake may take at most ${formatDuration(atMostMs)}, which is less than the ${formatDuration(forMs)} it ` +
      'is to last.',
    remedy: 'Make atMost at least as long as for, or leave it out.',
  };
}
