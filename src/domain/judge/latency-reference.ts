/**
 * Where a latency stands among others: its normal score z = Phi^-1(mid-rank), which turns any shape into one on which "all slower by a
 * factor" is nearly a shift. Taken from the remembered baseline and, where given, the pooled cards of the block at hand: both are fixed
 * before one asks which arm a card belongs to, so they may choose bets. Ties (bins) share their middle rank.
 *
 * Reference: B. L. van der Waerden (1952), "Order tests for the two-sample problem and their power", Indagationes Mathematicae 55.
 * Worked number: two bins of equal weight have mid-ranks 1/4 and 3/4, z = -0.674 and 0.674.
 */
import type { LatencySketch } from './latency-sketch.ts';
import { upperEdgeMs } from './latency-sketch.ts';
import { normalQuantile, normalTail } from './normal.ts';

export interface RankedBin {
  readonly bin: number;
  readonly z: number;
  /** Shares of the reference above and below, half of the bin included; far out drawn to what a log-normal shape would leave there. */
  readonly above: number;
  readonly below: number;
}

/** The log-normal shape counts as so many cards: it says how rare a latency is that was never seen. */
const SHAPE_CARDS = 500;

/** Every bin of the sketches in rising order; empty without weight. */
export function rankBins(sketches: readonly LatencySketch[]): readonly RankedBin[] {
  const weights = new Map<number, number>();
  for (const sketch of sketches) {
    for (const key in sketch) weights.set(Number(key), (weights.get(Number(key)) ?? 0) + (sketch[key] ?? 0));
  }
  const bins = [...weights].filter(([, weight]) => weight > 0).sort((a, b) => a[0] - b[0]);
  const total = bins.reduce((sum, [, weight]) => sum + weight, 0);
  let below = 0;
  const ranked = bins.map(([bin, weight]) => {
    const rank = (below + weight / 2) / total;
    below += weight;
    return { bin, rank, z: normalQuantile(rank) };
  });
  const shape = logShape(ranked);
  const drawn = (share: number, z: number) => (share * total + SHAPE_CARDS * normalTail(z)) / (total + SHAPE_CARDS);
  return ranked.map(({ bin, rank, z }) => {
    const shaped = (Math.log(upperEdgeMs(bin)) - shape.middle) / shape.spread;
    return { bin, z, above: drawn(1 - rank, shaped), below: drawn(rank, -shaped) };
  });
}

export interface LogShape {
  /** Mean of ln latency (ms) and its standard deviation, from the middle of the reference. */
  readonly middle: number;
  readonly spread: number;
}

const LEAST_SPREAD = 0.02;

export function logShape(ranked: readonly { readonly bin: number; readonly z: number }[]): LogShape {
  const middle = ranked.find(({ z }) => z >= 0) ?? ranked.at(-1);
  const low = ranked.find(({ z }) => z >= -1);
  const high = ranked.find(({ z }) => z >= 1) ?? ranked.at(-1);
  const at = Math.log(upperEdgeMs(middle?.bin ?? 0));
  if (low === undefined || high === undefined || high.z - low.z < 0.5) return { middle: at, spread: LEAST_SPREAD };
  return { middle: at, spread: Math.max(LEAST_SPREAD, Math.log(upperEdgeMs(high.bin) / upperEdgeMs(low.bin)) / (high.z - low.z)) };
}
