/**
 * A histogram of latencies on a fixed logarithmic grid: small whatever the number of cards, and adding two of them
 * loses nothing.
 *
 * Bin 0 holds latencies under 1 ms (0 included), bin i >= 1 holds [1.04^(i-1), 1.04^i) ms: every value is known to 4 %.
 * Counts above the edge of a bin are exact, so thresholds are taken on edges.
 * Reference: C. Masson, J. Rim, H. Lee (2019), "DDSketch", PVLDB 12(12), section 2.
 * Worked number: 220 ms -> ln 220 / ln 1.04 = 137.5 -> bin 138 = [215.6, 224.2) ms.
 */
import type { Grid } from './grid.ts';

export type Sketch = Readonly<Record<string, number>>;

const GROWTH = Math.log(1.04);

/** Cards that carry a quantity, and its sketch. */
export interface SketchedCards {
  readonly cards: number;
  readonly sketch: Sketch;
}

export const LATENCY_GRID: Grid = {
  binOf,
  upperEdgeOf: upperEdgeMs,
  valueAt: (bin, within) => (bin === 0 ? within : Math.exp((bin - 1 + within) * GROWTH)),
  withinOf: (ms, bin) => (bin === 0 ? Math.max(0, ms) : Math.log(ms) / GROWTH - (bin - 1)),
  middleOf: (bin) => (bin === 0 ? 0 : Math.exp((bin - 0.5) * GROWTH)),
  shapeOf: (bin) => Math.log(upperEdgeMs(bin)),
};

export const emptySketch: Sketch = {};

/** The bin of a latency in ms; below zero (clocks that disagree) counts as 0. */
export function binOf(latencyMs: number): number {
  return latencyMs < 1 ? 0 : 1 + Math.floor(Math.log(latencyMs) / GROWTH);
}

/** Upper edge of a bin in ms. */
export function upperEdgeMs(bin: number): number {
  return Math.exp(Math.max(0, bin) * GROWTH);
}

/** `sketch` plus `factor` times `added`. Six decimals keep the state small. */
export function addSketch(sketch: Sketch, added: Sketch, factor = 1): Sketch {
  const sum: Record<string, number> = { ...sketch };
  for (const bin in added) sum[bin] = Math.round(((sum[bin] ?? 0) + factor * (added[bin] ?? 0)) * 1e6) / 1e6;
  return sum;
}

export function scaleSketch(sketch: Sketch, factor: number): Sketch {
  const scaled: Record<string, number> = {};
  for (const bin in sketch) {
    const left = Math.round((sketch[bin] ?? 0) * factor * 1e6) / 1e6;
    if (left >= 1e-3) scaled[bin] = left;
  }
  return scaled;
}

export function sketchTotal(sketch: Sketch): number {
  return cumulate(sketch).upTo.at(-1) ?? 0;
}

/** Weight in bins above `bin`. */
export function countAbove(sketch: Sketch, bin: number): number {
  const { bins, upTo } = cumulate(sketch);
  return (upTo.at(-1) ?? 0) - (upTo[firstAbove(bins, bin) - 1] ?? 0);
}

/** The bin in which the share `quantile` (0..1) of the weight is reached; null when empty. */
export function quantileBin(sketch: Sketch, quantile: number): number | null {
  return locate(sketch, quantile)?.bin ?? null;
}

/** The quantile, interpolated inside its bin; null when empty. */
export function quantileOn(grid: Grid, sketch: Sketch, quantile: number): number | null {
  const found = locate(sketch, quantile);
  return found === null ? null : grid.valueAt(found.bin, found.within);
}

/** The quantile in ms; null when empty. */
export function quantileMs(sketch: Sketch, quantile: number): number | null {
  return quantileOn(LATENCY_GRID, sketch, quantile);
}

/** The mean, from the bins' middles, so for latencies within 2 %; null when empty. */
export function meanOn(grid: Grid, sketch: Sketch): number | null {
  const total = sketchTotal(sketch);
  if (total === 0) return null;
  const sum = Object.entries(sketch).reduce((acc, [key, count]) => acc + count * grid.middleOf(Number(key)), 0);
  return sum / total;
}

/** Share of the weight above a value, interpolated inside its bin; 0 when empty. */
export function shareAboveOn(grid: Grid, sketch: Sketch, value: number): number {
  const total = sketchTotal(sketch);
  if (total === 0) return 0;
  const bin = grid.binOf(value);
  return Math.min(
    1,
    Math.max(0, (countAbove(sketch, bin) + (sketch[bin] ?? 0) * (1 - grid.withinOf(value, bin))) / total),
  );
}

/** Share of the weight above `ms`; 0 when empty. */
export function shareAboveMs(sketch: Sketch, ms: number): number {
  return shareAboveOn(LATENCY_GRID, sketch, ms);
}

function locate(sketch: Sketch, quantile: number): { readonly bin: number; readonly within: number } | null {
  const { bins, upTo } = cumulate(sketch);
  const wanted = quantile * (upTo.at(-1) ?? 0);
  for (let i = 0; i < bins.length; i++) {
    const before = upTo[i - 1] ?? 0;
    const count = (upTo[i] ?? 0) - before;
    if (count > 0 && before + count >= wanted) return { bin: bins[i] ?? 0, within: (wanted - before) / count };
  }
  const last = bins.at(-1);
  return last === undefined ? null : { bin: last, within: 1 };
}

export interface Cumulated {
  /** In rising order. */
  readonly bins: readonly number[];
  /** Weight up to and including each bin. */
  readonly upTo: readonly number[];
}

/** Sketches are never changed once made, so what was added up for one can be kept as long as it lives. */
const known = new WeakMap<Sketch, Cumulated>();

/** The sketch as running sums. Keys that are whole numbers come in rising order (ECMA-262, OrdinaryOwnPropertyKeys). */
export function cumulate(sketch: Sketch): Cumulated {
  const before = known.get(sketch);
  if (before !== undefined) return before;
  const bins: number[] = [];
  const upTo: number[] = [];
  let sum = 0;
  for (const key in sketch) {
    sum += sketch[key] ?? 0;
    bins.push(Number(key));
    upTo.push(sum);
  }
  known.set(sketch, { bins, upTo });
  return { bins, upTo };
}

/** Index of the first bin above `bin`. */
export function firstAbove(bins: readonly number[], bin: number): number {
  let [low, high] = [0, bins.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((bins[middle] ?? 0) > bin) high = middle;
    else low = middle + 1;
  }
  return low;
}
