/**
 * What the baseline was like lately: it chooses what to bet on in the next block, never what counts as evidence, so a
 * memory
 * that is wrong (or that drifts) costs speed and no error budget.
 */
import { byRate } from '../../metrics/index.ts';
import type { RateName } from '../../metrics/index.ts';
import { noHits } from './block.ts';
import type { ArmTally, RateCounts } from './block.ts';
import { addSketch, emptySketch, scaleSketch } from '../maths/sketch.ts';
import type { Sketch } from '../maths/sketch.ts';

export interface BaselineMemory {
  readonly cards: number;
  readonly hits: RateCounts;
  /** Cards behind `latencies`. */
  readonly timed: number;
  readonly latencies: Sketch;
}

/** Older cards fade so that the memory follows the day: it never weighs more than this. */
const MAX_CARDS = 5000;

export const emptyMemory: BaselineMemory = {
  cards: 0,
  hits: noHits,
  timed: 0,
  latencies: emptySketch,
};

export function remember(memory: BaselineMemory, tally: ArmTally): BaselineMemory {
  const sum = {
    cards: memory.cards + tally.cards,
    hits: byRate((rate) => memory.hits[rate] + tally.hits[rate]),
    timed: memory.timed + tally.timed,
    latencies: addSketch(memory.latencies, tally.latencies),
  };
  const keep = MAX_CARDS / sum.cards;
  return sum.cards <= MAX_CARDS ? sum : fade(sum, keep);
}

/** The remembered rate, drawn a little to one half so that it is never 0 or 1. */
export function rememberedRate(memory: BaselineMemory, rate: RateName): number {
  return (memory.hits[rate] + 0.5) / (memory.cards + 1);
}

function fade(memory: BaselineMemory, keep: number): BaselineMemory {
  return {
    cards: memory.cards * keep,
    hits: byRate((rate) => memory.hits[rate] * keep),
    timed: memory.timed * keep,
    latencies: scaleSketch(memory.latencies, keep),
  };
}
