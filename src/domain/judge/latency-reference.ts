/**
 * Where a latency stands among others: its normal score z = Phi^-1(mid-rank), which turns any shape into one on which "all slower by a
 * factor" is nearly a shift. Taken from the remembered baseline and, where given, the pooled cards of the block at hand: both are fixed
 * before one asks which arm a card belongs to, so they may choose bets. Ties (bins) share their middle rank.
 *
 * Reference: B. L. van der Waerden (1952), "Order tests for the two-sample problem and their power", Indagationes Mathematicae 55.
 * Worked number: two bins of equal weight have mid-ranks 1/4 and 3/4, z = -0.674 and 0.674.
 */
import type { LatencySketch } from './latency-sketch.ts';
import { normalQuantile } from './normal.ts';

export interface RankedBin {
  readonly bin: number;
  readonly z: number;
  /** Share of the reference that is above, the upper half of the bin included. */
  readonly above: number;
}

/** Every bin of the sketches in rising order; empty without weight. */
export function rankBins(sketches: readonly LatencySketch[]): readonly RankedBin[] {
  const weights = new Map<number, number>();
  for (const sketch of sketches) {
    for (const key in sketch) weights.set(Number(key), (weights.get(Number(key)) ?? 0) + (sketch[key] ?? 0));
  }
  const bins = [...weights].filter(([, weight]) => weight > 0).sort((a, b) => a[0] - b[0]);
  const total = bins.reduce((sum, [, weight]) => sum + weight, 0);
  let below = 0;
  return bins.map(([bin, weight]) => {
    const rank = (below + weight / 2) / total;
    below += weight;
    return { bin, z: normalQuantile(rank), above: 1 - rank };
  });
}
