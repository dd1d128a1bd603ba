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
import { round, roundDown } from './rounding.ts';

export interface Sketch {
  /** The first bin that is kept; 0 when empty. */
  readonly from: number;
  /** Weight of that bin and the following ones. */
  readonly weights: readonly number[];
}

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

export const emptySketch: Sketch = { from: 0, weights: [] };

/** The bin of a latency in ms; below zero (clocks that disagree) counts as 0. */
export function binOf(latencyMs: number): number {
  return latencyMs < 1 ? 0 : 1 + Math.floor(Math.log(latencyMs) / GROWTH);
}

/** Upper edge of a bin in ms. */
export function upperEdgeMs(bin: number): number {
  return Math.exp(Math.max(0, bin) * GROWTH);
}

/** Weight in a bin. */
export function weightAt({ from, weights }: Sketch, bin: number): number {
  return weights[bin - from] ?? 0;
}

/** A sketch to be filled in place. */
export interface MutableSketch {
  from: number;
  readonly weights: number[];
}

export function copySketch({ from, weights }: Sketch): MutableSketch {
  return { from, weights: [...weights] };
}

/** Counts one more in a bin, in place. */
export function countIn(sketch: MutableSketch, bin: number): void {
  reach(sketch, bin);
  const at = bin - sketch.from;
  sketch.weights[at] = (sketch.weights[at] ?? 0) + 1;
}

/** Makes room for a bin, in place. */
function reach(sketch: MutableSketch, bin: number): void {
  const { weights } = sketch;
  if (weights.length === 0) sketch.from = bin;
  for (; sketch.from > bin; sketch.from--) weights.unshift(0);
  while (weights.length <= bin - sketch.from) weights.push(0);
}

/** `sketch` plus `factor` times `added`, to a thousandth of a card. */
export function addSketch(sketch: Sketch, added: Sketch, factor = 1): Sketch {
  const sum = copySketch(sketch);
  const { from, weights } = added;
  if (weights.length === 0) return sum;
  reach(sum, from);
  reach(sum, from + weights.length - 1);
  for (let i = 0; i < weights.length; i++) {
    const weight = weights[i] ?? 0;
    const at = from + i - sum.from;
    if (weight > 0) sum.weights[at] = round((sum.weights[at] ?? 0) + factor * weight, 3);
  }
  return sum;
}

/** Rounded down to thousandths, so that what fades is gone in the end. */
export function scaleSketch({ from, weights }: Sketch, factor: number): Sketch {
  const scaled = weights.map((weight) => roundDown(weight * factor, 3));
  const first = scaled.findIndex((weight) => weight > 0);
  if (first < 0) return emptySketch;
  return { from: from + first, weights: scaled.slice(first, scaled.findLastIndex((weight) => weight > 0) + 1) };
}

export function sketchTotal(sketch: Sketch): number {
  return cumulate(sketch).at(-1) ?? 0;
}

/** Weight in bins above `bin`. */
export function countAbove(sketch: Sketch, bin: number): number {
  return sketchTotal(sketch) - weightUpTo(sketch, bin);
}

/** Weight in bins up to and including `bin`. */
export function weightUpTo(sketch: Sketch, bin: number): number {
  const upTo = cumulate(sketch);
  return upTo[Math.min(bin - sketch.from, upTo.length - 1)] ?? 0;
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
  const sum = sketch.weights.reduce(
    (before, weight, i) => (weight === 0 ? before : before + weight * grid.middleOf(sketch.from + i)),
    0,
  );
  return sum / total;
}

export interface WeighedValue {
  readonly value: number;
  readonly weight: number;
}

/** Each bin that holds weight, as its middle, in rising order. */
export function valuesOn(grid: Grid, { from, weights }: Sketch): readonly WeighedValue[] {
  return weights.flatMap((weight, i) => (weight > 0 ? [{ value: grid.middleOf(from + i), weight }] : []));
}

export interface Moments {
  readonly mean: number;
  readonly variance: number;
}

/** Of values of some weight. */
export function momentsOf(values: readonly WeighedValue[]): Moments {
  const total = weightOf(values);
  const mean = values.reduce((sum, { value, weight }) => sum + weight * value, 0) / total;
  return { mean, variance: values.reduce((sum, { value, weight }) => sum + weight * (value - mean) ** 2, 0) / total };
}

export function weightOf(values: readonly WeighedValue[]): number {
  return values.reduce((sum, { weight }) => sum + weight, 0);
}

/** Share of the weight above a value, interpolated inside its bin; 0 when empty. */
export function shareAboveOn(grid: Grid, sketch: Sketch, value: number): number {
  const total = sketchTotal(sketch);
  if (total === 0) return 0;
  const bin = grid.binOf(value);
  return Math.min(
    1,
    Math.max(0, (countAbove(sketch, bin) + weightAt(sketch, bin) * (1 - grid.withinOf(value, bin))) / total),
  );
}

/** Share of the weight above `ms`; 0 when empty. */
export function shareAboveMs(sketch: Sketch, ms: number): number {
  return shareAboveOn(LATENCY_GRID, sketch, ms);
}

function locate(sketch: Sketch, quantile: number): { readonly bin: number; readonly within: number } | null {
  const upTo = cumulate(sketch);
  if (upTo.length === 0) return null;
  const wanted = quantile * (upTo.at(-1) ?? 0);
  let [low, high] = [0, upTo.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((upTo[middle] ?? 0) < wanted) low = middle + 1;
    else high = middle;
  }
  while (low < upTo.length && (sketch.weights[low] ?? 0) === 0) low++;
  if (low === upTo.length) return { bin: sketch.from + upTo.length - 1, within: 1 };
  return { bin: sketch.from + low, within: (wanted - (upTo[low - 1] ?? 0)) / (sketch.weights[low] ?? 1) };
}

/** Sketches are never changed once made, so what was added up for one can be kept as long as it lives. */
const known = new WeakMap<Sketch, readonly number[]>();

/** Weight up to and including each of the sketch's bins. */
function cumulate(sketch: Sketch): readonly number[] {
  const before = known.get(sketch);
  if (before !== undefined) return before;
  let sum = 0;
  const upTo = sketch.weights.map((weight) => (sum += weight));
  known.set(sketch, upTo);
  return upTo;
}
