/**
 * The delivery latency, or a level from outside, as both arms had it so far: for the values shown, their interval and
 * the score at the planned end.
 */
import type { AgentScore } from './agent-ledger.ts';
import { joinSpans, noSpans, spannedGrid } from './bin-spans.ts';
import type { BinSpans } from './bin-spans.ts';
import { effectiveCards } from './block.ts';
import type { Comparison } from './comparison.ts';
import type { Grid } from './grid.ts';
import { latencyFigure, LEVELS_OF, levelFigure, statisticOf } from './figure.ts';
import type { Figure } from './figure.ts';
import { addSketch, emptySketch, LATENCY_GRID, meanOn, quantileOn } from './latency-sketch.ts';
import type { LatencySketch } from './latency-sketch.ts';
import { levelGrid } from './level-grid.ts';
import type { GridPlace } from './level-grid.ts';
import { levelScore } from './level-track.ts';
import type { LevelBlock, LevelTrack } from './level-track.ts';
import { worseSign } from './margin.ts';
import type { Guardrail } from '../plan/plan.ts';
import type { Arm } from './types.ts';

interface ComparedArm {
  /** As in comparison.ts, of the cards that carry the figure. */
  readonly noise: number;
  readonly sketch: LatencySketch;
  /** Of a level. */
  readonly spans?: BinSpans;
}

/** What a comparison keeps of a level. */
export interface ComparedLevel {
  readonly name: string;
  readonly place: GridPlace;
  readonly score: AgentScore;
  readonly weight: number;
  readonly baseline: ComparedArm;
  readonly candidate: ComparedArm;
}

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

/** The levels of a comparison after one more block of level number `at`. */
export function addComparedLevel(
  levels: readonly ComparedLevel[],
  track: LevelTrack,
  at: number,
  block: LevelBlock,
): readonly ComparedLevel[] {
  const known = levels.find(({ name }) => name === track.name);
  if (known !== undefined) return levels.map((level) => (level === known ? added(known, block) : level));
  return track.place === null
    ? levels
    : [
        ...levels,
        added(
          {
            name: track.name,
            place: track.place,
            score: levelScore(at),
            weight: 0,
            baseline: nothing,
            candidate: nothing,
          },
          block,
        ),
      ];
}

const nothing: ComparedArm = { noise: 0, sketch: emptySketch, spans: noSpans };

function added(level: ComparedLevel, { baseline, candidate }: LevelBlock): ComparedLevel {
  const weight = effectiveCards(baseline.cards, candidate.cards);
  const grid = levelGrid(level.place);
  const arm = (sum: ComparedArm, tally: LevelBlock['baseline']): ComparedArm => {
    const perCard = weight / tally.cards;
    return {
      noise: sum.noise + weight * perCard,
      sketch: addSketch(sum.sketch, tally.sketch, perCard),
      spans: joinSpans(grid, { ...sum, spans: sum.spans ?? noSpans }, tally),
    };
  };
  return {
    ...level,
    weight: level.weight + weight,
    baseline: arm(level.baseline, baseline),
    candidate: arm(level.candidate, candidate),
  };
}
