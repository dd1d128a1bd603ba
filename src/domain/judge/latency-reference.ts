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
  /** Normal score, within 4 of the middle. */
  readonly z: number;
  /** Shares of the reference above and below, half of the bin included; far out drawn to what a log-normal shape would leave there. */
  readonly above: number;
  readonly below: number;
}

/** The log-normal shape counts as so many cards: it says how rare a latency is that was never seen. */
const SHAPE_CARDS = 500;
const LEAST_SPREAD = 0.02;

export interface Reference {
  /** In rising order; empty without weight. */
  readonly bins: readonly RankedBin[];
  /** Standard deviation of ln latency in the middle of the reference. */
  readonly spread: number;
}

/** Every bin of the reference, and those of `shown`. */
export function rankBins(reference: readonly LatencySketch[], shown: readonly LatencySketch[] = []): Reference {
  const weights = new Map<number, number>();
  for (const sketch of shown) for (const key in sketch) weights.set(Number(key), 0);
  let total = 0;
  for (const sketch of reference) {
    for (const key in sketch) {
      const weight = sketch[key] ?? 0;
      weights.set(Number(key), (weights.get(Number(key)) ?? 0) + weight);
      total += weight;
    }
  }
  if (total === 0) return { bins: [], spread: LEAST_SPREAD };
  let below = 0;
  const ranked = [...weights.keys()].sort((a, b) => a - b).map((bin) => {
    const weight = weights.get(bin) ?? 0;
    const rank = (below + weight / 2) / total;
    below += weight;
    return { bin, rank, weight };
  });
  const shape = logShape(ranked.filter(({ weight }) => weight > 0));
  const drawn = (share: number, z: number) => (Math.max(0, share) * total + SHAPE_CARDS * normalTail(z)) / (total + SHAPE_CARDS);
  const bins = ranked.map(({ bin, rank }) => {
    const shaped = (Math.log(upperEdgeMs(bin)) - shape.middle) / shape.spread;
    const [above, under] = [drawn(1 - rank, shaped), drawn(rank, -shaped)];
    return { bin, z: above < 0.5 ? -scoreOf(above) : scoreOf(under), above, below: under };
  });
  return { bins, spread: shape.spread };
}

const FURTHEST = 4;

function scoreOf(share: number): number {
  return Math.max(-FURTHEST, normalQuantile(share));
}

interface LogShape {
  /** Mean of ln latency (ms) and its standard deviation, from the middle of the reference. */
  readonly middle: number;
  readonly spread: number;
}

function logShape(ranked: readonly { readonly bin: number; readonly rank: number }[]): LogShape {
  const at = (rank: number) => Math.log(upperEdgeMs((ranked.find((one) => one.rank >= rank) ?? ranked.at(-1))?.bin ?? 0));
  return { middle: at(0.5), spread: Math.max(LEAST_SPREAD, (at(0.8413) - at(0.1587)) / 2) };
}
