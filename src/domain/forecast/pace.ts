/** How often a simulated bake takes its cards, and which of those times are looks of the judge. */
import type { Plan } from '../plan/plan.ts';
import type { Bake } from '../plan/steps/definition.ts';
import { forecastAs } from '../plan/steps/steps.ts';

export interface Pace {
  readonly everyMs: number;
  /** Of cards that were looked at last then. */
  readonly isLook: (nowMs: number, lookedMs: number) => boolean;
}

/**
 * A plan says how long a bake may last and how long it must, and one can be a million times the other; a look costs a
 * millisecond and more. So each time is a look at first, later as much of the bake as has come is divided evenly: looks
 * grow with the logarithm. A bake that may advance, or is at its end, is always looked at.
 */
export function paceOf(bake: Bake, sinceMs: number, fineLooks: number): Pace {
  return {
    everyMs: Math.max(spanMs(bake), bake.atMostMs / MAX_TIMES),
    isLook: (nowMs, lookedMs) => {
      const lastsMs = nowMs - sinceMs;
      const lasted = lookedMs - sinceMs;
      return (
        lastsMs - lasted >= lastsMs / fineLooks ||
        (lasted < bake.forMs && lastsMs >= bake.forMs) ||
        lastsMs >= bake.atMostMs
      );
    },
  };
}

/** Times that a bake takes cards, at most. */
const MAX_TIMES = 20_000;

/** Fine enough to time what happens in a bake, and never so fine that a look of a quiet queue holds nothing. */
function spanMs({ forMs }: Bake): number {
  return Math.min(10 * 60_000, Math.max(1000, forMs / 30));
}

/** So many of a bake's times are looks without exception; a bake of twelve times its `for` has 360. */
const FINE_LOOKS = 500;
const FINE_LOOKS_OF_PLAN = 3000;

export function fineLooksOf({ steps }: Pick<Plan, 'steps'>): number {
  const bakes = steps.filter((step) => forecastAs(step) !== null).length;
  return Math.min(FINE_LOOKS, FINE_LOOKS_OF_PLAN / Math.max(1, bakes));
}
