/**
 * Within which values the cards of each bin of a custom metric really lie. A grid is set by the first values and may be
 * too coarse for the rest, and a bin's edges are never a value itself: what is shown is read between the least and the
 * largest value that fell into the bin, so that of values that are all 0 every quantile is 0.
 */
import type { Grid } from './grid.ts';
import type { Sketch } from './sketch.ts';
import { sketchTotal, weightAt } from './sketch.ts';

/**
 * Least and largest value by bin; none where they reach through half of the bin and more, as in most, which keeps a
 * state small.
 */
export type BinSpans = Readonly<Record<string, readonly [low: number, high: number]>>;

export const noSpans: BinSpans = {};

/** What the bins of a sketch hold, for both to be added to. */
export interface Spanned {
  readonly sketch: Sketch;
  readonly spans: BinSpans;
}

/** The spans of two sketches together: each before the other is added. */
export function joinSpans(grid: Grid, a: Spanned, b: Spanned): BinSpans {
  const joined: Record<string, readonly [number, number]> = { ...a.spans };
  const { from, weights } = b.sketch;
  for (let bin = from; bin < from + weights.length; bin++) {
    if (weightAt(b.sketch, bin) === 0) continue;
    const added = b.spans[bin];
    const known = joined[bin];
    if (weightAt(a.sketch, bin) === 0) {
      if (added !== undefined) joined[bin] = added;
      continue;
    }
    const span = added === undefined || known === undefined ? null : widenSpan(known, added[0], added[1]);
    if (span === null || reachesThrough(grid, bin, span)) delete joined[bin];
    else joined[bin] = span;
  }
  return joined;
}

/** The spans after one more value, in place. */
export function addToSpans(
  grid: Grid,
  spans: Record<string, readonly [number, number]>,
  bin: number,
  value: number,
  isFirst: boolean,
): void {
  const known = spans[bin];
  if (isFirst) spans[bin] = [shortened(value), shortened(value)];
  if (isFirst || known === undefined) return;
  const span = widenSpan(known, shortened(value), shortened(value));
  if (reachesThrough(grid, bin, span)) delete spans[bin];
  else spans[bin] = span;
}

/** To ten digits, which nobody reads beyond. */
function shortened(value: number): number {
  return Number(value.toPrecision(10));
}

function widenSpan(
  [low, high]: readonly [number, number],
  otherLow: number,
  otherHigh: number,
): readonly [number, number] {
  return [Math.min(low, otherLow), Math.max(high, otherHigh)];
}

function reachesThrough(grid: Grid, bin: number, [low, high]: readonly [number, number]): boolean {
  return high - low > (grid.valueAt(bin, 1) - grid.valueAt(bin, 0)) / 2;
}

/** The grid with the bins as narrow as their values; of a bin that holds none, as wide as it is. */
export function spannedGrid(grid: Grid, spans: BinSpans): Grid {
  return {
    ...grid,
    valueAt: (bin, within) => {
      const span = spans[bin];
      return span === undefined ? grid.valueAt(bin, within) : span[0] + within * (span[1] - span[0]);
    },
    middleOf: (bin) => {
      const span = spans[bin];
      return span === undefined ? grid.middleOf(bin) : (span[0] + span[1]) / 2;
    },
  };
}

/** Share of the weight in the bins for which `holds`. */
export function shareWhere(sketch: Sketch, holds: (bin: number) => boolean): number {
  const total = sketchTotal(sketch);
  const held = sketch.weights.reduce((sum, weight, i) => (holds(sketch.from + i) ? sum + weight : sum), 0);
  return total === 0 ? 0 : held / total;
}

const MAX_VALUES = 12;

/** Does it hold so few bins that each stands for a value? */
export function isFewValued({ weights }: Sketch): boolean {
  return weights.filter((weight) => weight > 0).length <= MAX_VALUES;
}
