/**
 * The delivery latency, or a level from outside, as both arms had it so far: for the values shown, their interval and
 * the score at the planned end.
 */
import type { AgentScore } from '../gathering/agent-ledger.ts';
import { noSpans, spannedGrid } from '../maths/bin-spans.ts';
import type { ComparedArm } from '../gathering/compared-level.ts';
import type { Comparison } from '../gathering/comparison.ts';
import type { Grid } from '../maths/grid.ts';
import { latencyFigure, LEVELS_OF, levelFigure, statisticOf } from '../bets/figure.ts';
import type { Figure } from '../bets/figure.ts';
import { LATENCY_GRID, meanOn, quantileOn } from '../maths/latency-sketch.ts';
import { worseSign } from '../maths/margin.ts';
import type { Guardrail } from '../../plan/plan.ts';
import type { Arm } from '../types.ts';

export interface ComparedFigure {
  readonly figure: Figure;
  /** Sum of the blocks' weights, in effective cards that carry it. */
  readonly weight: number;
  readonly baseline: ComparedArm;
  readonly candidate: ComparedArm;
  /** For what is shown of an arm. */
  readonly shown: (arm: Arm) => Grid;
  /** -1 where the grid holds the values turned round. */
  readonly turn: 1 | -1;
  /** In which score agents may differ at a quantile of that level. */
  readonly scoreAt: (level: number) => AgentScore;
}

/** null for a level that has not been compared yet. */
export function comparedFigure(guardrail: Guardrail, comparison: Comparison): ComparedFigure | null {
  if (guardrail.metric !== 'level') return comparedLatency(guardrail, comparison);
  const level = comparison.levels.find(({ name }) => name === guardrail.name);
  if (level === undefined) return null;
  const { place, score, weight, baseline, candidate } = level;
  const figure = levelFigure(guardrail, place);
  return {
    figure,
    shown: (arm) => spannedGrid(figure.grid, level[arm].spans ?? noSpans),
    weight,
    baseline,
    candidate,
    turn: worseSign(guardrail),
    scoreAt: () => score,
  };
}

/** What lies below a millisecond is 0: a latency of 0 is one, and nothing is known of the rest. */
const SHOWN_LATENCY: Grid = {
  ...LATENCY_GRID,
  valueAt: (bin, within) => (bin === 0 ? 0 : LATENCY_GRID.valueAt(bin, within)),
};

function comparedLatency(guardrail: Guardrail, { timedWeight, baseline, candidate }: Comparison): ComparedFigure {
  return {
    figure: latencyFigure(guardrail),
    shown: () => SHOWN_LATENCY,
    weight: timedWeight,
    turn: 1,
    baseline: { noise: baseline.timedNoise, sketch: baseline.latencies },
    candidate: { noise: candidate.timedNoise, sketch: candidate.latencies },
    scoreAt: (level) => (level > 0.8 ? 'tail' : 'location'),
  };
}

/** Milliseconds, or the level's unit; null before cards of both arms that carry it were seen together. */
export function shownFigure(guardrail: Guardrail, comparison: Comparison, arm: Arm): number | null {
  const compared = comparedFigure(guardrail, comparison);
  if (compared === null) return null;
  const { turn } = compared;
  const grid = compared.shown(arm);
  const statistic = statisticOf(guardrail);
  const value =
    statistic === 'mean'
      ? meanOn(grid, compared[arm].sketch)
      : quantileOn(grid, compared[arm].sketch, LEVELS_OF[statistic][0] ?? 0.5);
  return value === null ? null : turn * value + 0;
}
