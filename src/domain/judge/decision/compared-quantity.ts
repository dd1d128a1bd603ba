/**
 * The delivery latency, or a custom metric, as both arms had it so far: for the values shown, their interval and
 * the score at the planned end.
 */
import type { AgentScore } from '../gathering/agent-ledger.ts';
import { isFewValued, noSpans, spannedGrid } from '../maths/bin-spans.ts';
import type { ComparedArm } from '../gathering/compared-custom.ts';
import { shownRate } from '../gathering/comparison.ts';
import type { Comparison } from '../gathering/comparison.ts';
import type { Grid } from '../maths/grid.ts';
import { latencyQuantity, QUANTILES_OF, customQuantity, statisticOf } from '../bets/quantity.ts';
import type { Quantity } from '../bets/quantity.ts';
import { LATENCY_GRID, meanOn, momentsOf, quantileOn, valuesOn } from '../maths/sketch.ts';
import type { Moments, WeighedValue } from '../maths/sketch.ts';
import { customScore } from '../gathering/custom-ledger.ts';
import { worseSign } from '../maths/margin.ts';
import { rateOf } from '../../metrics/index.ts';
import type { Guardrail } from '../../plan/plan.ts';
import type { Arm } from '../types.ts';

export interface ComparedQuantity {
  readonly quantity: Quantity;
  /** Sum of the blocks' weights, in effective cards that carry it. */
  readonly weight: number;
  readonly baseline: ComparedArm;
  readonly candidate: ComparedArm;
  /** For what is shown of an arm. */
  readonly shown: (arm: Arm) => Grid;
  /** -1 where the grid holds the values turned round. */
  readonly turn: 1 | -1;
  /** In which score agents may differ at that quantile. */
  readonly scoreAt: (quantile: number) => AgentScore;
}

/** null for a custom metric that has not been compared yet. */
export function comparedQuantity(guardrail: Guardrail, comparison: Comparison): ComparedQuantity | null {
  if (guardrail.metric !== 'custom') return comparedLatency(guardrail, comparison);
  const compared = comparison.custom.find(({ name }) => name === guardrail.name);
  if (compared === undefined) return null;
  const { name, place, weight, baseline, candidate } = compared;
  const quantity = customQuantity(guardrail, place);
  return {
    quantity,
    shown: (arm) => spannedGrid(quantity.grid, compared[arm].spans ?? noSpans),
    weight,
    baseline,
    candidate,
    turn: worseSign(guardrail),
    scoreAt: () => customScore(name),
  };
}

/** What lies below a millisecond is 0: a latency of 0 is one, and nothing is known of the rest. */
const SHOWN_LATENCY: Grid = {
  ...LATENCY_GRID,
  valueAt: (bin, within) => (bin === 0 ? 0 : LATENCY_GRID.valueAt(bin, within)),
};

function comparedLatency(guardrail: Guardrail, { timedWeight, baseline, candidate }: Comparison): ComparedQuantity {
  return {
    quantity: latencyQuantity(guardrail),
    shown: () => SHOWN_LATENCY,
    weight: timedWeight,
    turn: 1,
    baseline: { noise: baseline.timedNoise, sketch: baseline.latencies },
    candidate: { noise: candidate.timedNoise, sketch: candidate.latencies },
    scoreAt: (quantile) => (quantile > 0.8 ? 'tail' : 'location'),
  };
}

/** Milliseconds, or the metric's unit; null before cards of both arms that carry it were seen together. */
export function shownQuantity(guardrail: Guardrail, comparison: Comparison, arm: Arm): number | null {
  const compared = comparedQuantity(guardrail, comparison);
  if (compared === null) return null;
  const { turn } = compared;
  const grid = compared.shown(arm);
  const statistic = statisticOf(guardrail);
  const value =
    statistic === 'mean'
      ? meanOn(grid, compared[arm].sketch)
      : quantileOn(grid, compared[arm].sketch, QUANTILES_OF[statistic][0] ?? 0.5);
  return value === null ? null : turn * value + 0;
}

/** Of an arm: share 0..1, ms, or in the metric's unit; null without data. */
export function shownFigure(guardrail: Guardrail, comparison: Comparison, arm: Arm): number | null {
  const rate = rateOf(guardrail.metric);
  return rate === null ? shownQuantity(guardrail, comparison, arm) : shownRate(comparison, arm, rate);
}

/** Of a custom metric that takes few values: mean and variance of each arm, turned as its grid is, and their range. */
export interface FewValues {
  readonly least: number;
  readonly most: number;
  readonly baseline: Moments;
  readonly candidate: Moments;
}

/** null for any other. */
export function fewValuesOf(guardrail: Guardrail, compared: ComparedQuantity): FewValues | null {
  if (guardrail.metric !== 'custom') return null;
  if (!isFewValued(compared.baseline.sketch) || !isFewValued(compared.candidate.sketch)) return null;
  const [baseline, candidate] = [valuesIn(compared, 'baseline'), valuesIn(compared, 'candidate')];
  const all = [...baseline, ...candidate].map(({ value }) => value);
  if (new Set(all).size < 2) return null;
  return {
    least: Math.min(...all),
    most: Math.max(...all),
    baseline: momentsOf(baseline),
    candidate: momentsOf(candidate),
  };
}

function valuesIn({ shown, ...compared }: ComparedQuantity, arm: Arm): readonly WeighedValue[] {
  return valuesOn(shown(arm), compared[arm].sketch);
}
