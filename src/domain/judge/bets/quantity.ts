/** A number per card whose arms are compared by rank: the delivery latency, or a custom metric. */
import type { Grid } from '../maths/grid.ts';
import { LATENCY_GRID } from '../maths/sketch.ts';
import { factorShift, LATENCY_TILTS } from './latency-tilts.ts';
import type { Tilt, Shift } from './latency-tilts.ts';
import { coordinateOf, asinhGrid } from '../maths/asinh-grid.ts';
import type { GridPlace } from '../maths/asinh-grid.ts';
import { CUSTOM_TILTS } from './custom-tilts.ts';
import { clamp } from '../maths/log-math.ts';
import { toleranceTimes, worsen, worseSign } from '../maths/margin.ts';
import type { JudgedStatistic } from '../../metrics/definition.ts';
import type { Guardrail } from '../../plan/plan.ts';

export interface Quantity {
  readonly grid: Grid;
  /** What is bet on. */
  readonly tilts: readonly Tilt[];
  /** +1 when the upper end of the grid is the worse one. */
  readonly sign: 1 | -1;
  /** How much of the margin is tolerated. */
  readonly tolerance: number;
  /** The value that is one margin worse. */
  readonly worsen: (value: number) => number;
  /**
   * What margins mean where the baseline's statistic is `value` (null: unknown) and the grid's scale has the standard
   * deviation `spread`.
   */
  readonly shiftBy: (value: number | null, spread: number) => Shift;
}

export function latencyQuantity(guardrail: Guardrail): Quantity {
  return {
    grid: LATENCY_GRID,
    tilts: LATENCY_TILTS,
    sign: worseSign(guardrail),
    tolerance: toleranceTimes(guardrail),
    worsen: (ms) => worsen(guardrail, ms),
    shiftBy: (ms, spread) => factorShift(marginRatio(guardrail, ms ?? 1), spread),
  };
}

/** The margin as a factor > 1 of the reference's value. */
function marginRatio(guardrail: Guardrail, ms: number): number {
  const ratio = worsen(guardrail, Math.max(1e-3, ms)) / Math.max(1e-3, ms);
  return clamp(ratio >= 1 ? ratio : 1 / Math.max(1e-6, ratio), 1.001, 1e6);
}

/**
 * A custom metric is kept turned round where lower is worse, so that the upper end of its grid is always the worse one.
 */
export function customQuantity(guardrail: Guardrail, place: GridPlace): Quantity {
  const turn = worseSign(guardrail);
  const worse = (value: number, times = 1): number => turn * worsen(guardrail, turn * value, times);
  return {
    grid: asinhGrid(place),
    tilts: CUSTOM_TILTS,
    sign: 1,
    tolerance: toleranceTimes(guardrail),
    worsen: worse,
    shiftBy: (value, spread) => {
      const from = value ?? place.centre;
      return (margins) => (coordinateOf(place, worse(from, margins)) - coordinateOf(place, from)) / spread;
    },
  };
}

/** The quantiles that a statistic is judged by, counted from the better end. */
export const QUANTILES_OF: Readonly<Record<JudgedStatistic, readonly number[]>> = {
  p50: [0.5],
  p95: [0.95],
  p99: [0.99],
  mean: [0.5, 0.9, 0.99],
};

/** From which share of the cards on a statistic guards: its quantile and what is worse. */
export const GUARDED_FROM: Readonly<Record<JudgedStatistic, number>> = { p50: 0.5, p95: 0.95, p99: 0.99, mean: 0 };

/** `p5` of a custom metric whose lower values are worse is its p95 once turned round. */
export function statisticOf({ statistic = 'p95' }: Guardrail): JudgedStatistic {
  if (statistic === 'p1') return 'p99';
  return statistic === 'p5' ? 'p95' : statistic;
}
