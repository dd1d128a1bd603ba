/**
 * Where a latency stands among others: its normal score z = Phi^-1(mid-rank), which turns any shape into one on which
 * "all slower by a
 * factor" is nearly a shift. Taken from the remembered baseline and, where given, the pooled cards of the block at
 * hand: both are fixed
 * before one asks which arm a card belongs to, so they may choose bets. Ties (bins) share their middle rank.
 *
 * Reference: B. L. van der Waerden (1952), "Order tests for the two-sample problem and their power", Indagationes
 * Mathematicae 55.
 * Worked number: two bins of equal weight have mid-ranks 1/4 and 3/4, z = -0.674 and 0.674.
 */
import type { Sketch } from './sketch.ts';
import type { Grid } from './grid.ts';
import { LATENCY_GRID, sketchTotal, weightUpTo } from './sketch.ts';
import { normalQuantile, normalTail } from './normal.ts';

export interface Rank {
  /** Normal score, within 4 of the middle. */
  readonly z: number;
  /**
   * Shares of the reference above and below, half of the bin included; far out drawn to what a log-normal shape would
   * leave there.
   */
  readonly above: number;
  readonly below: number;
}

/** The log-normal shape counts as so many cards: it says how rare a latency is that was never seen. */
const SHAPE_CARDS = 500;
const MIN_SPREAD = 0.02;

export interface Reference {
  /** Standard deviation of ln latency (for a custom metric: of the grid's scale) in the middle of the reference. */
  readonly spread: number;
  /** Where a bin stands, whether the reference has cards there or not. */
  rankOf(bin: number): Rank;
}

const known = new WeakMap<Sketch, Reference>();

/** null without weight. */
export function referenceOf(sketch: Sketch, grid = LATENCY_GRID): Reference | null {
  const before = known.get(sketch);
  if (before !== undefined) return before;
  if (sketchTotal(sketch) === 0) return null;
  const reference = rankBins(sketch, grid);
  known.set(sketch, reference);
  return reference;
}

function rankBins(sketch: Sketch, grid: Grid): Reference {
  const total = sketchTotal(sketch);
  const shape = shapeOf(sketch, total, grid);
  const ranks: Rank[] = [];
  const drawn = (share: number, z: number): number =>
    (Math.max(0, share) * total + SHAPE_CARDS * normalTail(z)) / (total + SHAPE_CARDS);
  const measure = (bin: number): Rank => {
    const rank = (weightUpTo(sketch, bin - 1) + weightUpTo(sketch, bin)) / 2 / total;
    const shaped = (grid.shapeOf(bin) - shape.middle) / shape.spread;
    const [above, under] = [drawn(1 - rank, shaped), drawn(rank, -shaped)];
    return { z: above < 0.5 ? -scoreOf(above) : scoreOf(under), above, below: under };
  };
  return { spread: shape.spread, rankOf: (bin) => (ranks[bin] ??= measure(bin)) };
}

const MAX_Z = 4;

function scoreOf(share: number): number {
  return Math.max(-MAX_Z, normalQuantile(share));
}

interface Shape {
  /**
   * Mean of ln latency (ms), or of what the grid has in its place, and its standard deviation, from the middle of the
   * reference.
   */
  readonly middle: number;
  readonly spread: number;
}

function shapeOf({ from, weights }: Sketch, total: number, grid: Grid): Shape {
  const at = (rank: number): number => {
    let below = 0;
    let last = from;
    for (let i = 0; i < weights.length; i++) {
      const weight = weights[i] ?? 0;
      if (weight === 0) continue;
      last = from + i;
      if (below / total + weight / 2 / total >= rank) break;
      below += weight;
    }
    return grid.shapeOf(last);
  };
  return { middle: at(0.5), spread: Math.max(MIN_SPREAD, (at(0.8413) - at(0.1587)) / 2) };
}
