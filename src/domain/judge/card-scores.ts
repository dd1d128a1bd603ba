/** How a card's latency is scored for its agent's record; fixed by the blocks before it. */
import type { BaselineMemory } from './baseline-memory.ts';
import { rankBins } from './latency-reference.ts';
import { quantileBin } from './latency-sketch.ts';

export interface CardScores {
  /** Normal score in sixteenths (whole numbers add up to the same sum in any order). */
  locationOf(bin: number): number;
  /** Bins above it are the tail. */
  readonly tailBin: number;
  /** Bins up to it are on time; -1 while nothing is known. */
  readonly onTimeBin: number;
}

const TAIL = 0.95;
const LEAST_MEMORY = 50;
const MOST_SCORE = 3;

export function cardScores(memory: BaselineMemory): CardScores {
  const limit = memory.timed < LEAST_MEMORY ? null : quantileBin(memory.latencies, TAIL);
  if (limit === null) return { locationOf: () => 0, tailBin: Infinity, onTimeBin: -1 };
  const ranked = rankBins([memory.latencies]).bins;
  const lowest = ranked[0]?.bin ?? 0;
  const table: number[] = [];
  let z = -MOST_SCORE;
  let next = 0;
  for (let bin = lowest; bin <= (ranked.at(-1)?.bin ?? lowest); bin++) {
    if (ranked[next]?.bin === bin) z = ranked[next++]?.z ?? z;
    table.push(Math.round(16 * Math.min(MOST_SCORE, Math.max(-MOST_SCORE, z))));
  }
  return { locationOf: (bin) => table[bin - lowest] ?? (bin < lowest ? -16 : 16) * MOST_SCORE, tailBin: limit, onTimeBin: limit };
}
