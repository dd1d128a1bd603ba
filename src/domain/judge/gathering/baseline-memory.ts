/**
 * What the baseline was like lately: it chooses what to bet on in the next block, never what counts as evidence, so a
 * memory
 * that is wrong (or that drifts) costs speed and no error budget.
 */
import type { ArmTally, RateOutcome } from './block.ts';
import { addSketch, emptySketch, scaleSketch } from '../maths/latency-sketch.ts';
import type { LatencySketch } from '../maths/latency-sketch.ts';

export interface BaselineMemory {
  readonly cards: number;
  readonly accepted: number;
  readonly dismissed: number;
  readonly undelivered: number;
  /** Cards behind `latencies`. */
  readonly timed: number;
  readonly latencies: LatencySketch;
}

/** Older cards fade so that the memory follows the day: it never weighs more than this. */
const MOST_CARDS = 5000;

export const emptyMemory: BaselineMemory = {
  cards: 0,
  accepted: 0,
  dismissed: 0,
  undelivered: 0,
  timed: 0,
  latencies: emptySketch,
};

export function remember(memory: BaselineMemory, tally: ArmTally): BaselineMemory {
  const sum = {
    cards: memory.cards + tally.cards,
    accepted: memory.accepted + tally.accepted,
    dismissed: memory.dismissed + tally.dismissed,
    undelivered: memory.undelivered + tally.undelivered,
    timed: memory.timed + tally.timed,
    latencies: addSketch(memory.latencies, tally.latencies),
  };
  const keep = MOST_CARDS / sum.cards;
  return sum.cards <= MOST_CARDS ? sum : fade(sum, keep);
}

/** The remembered rate, drawn a little to one half so that it is never 0 or 1. */
export function rememberedRate(memory: BaselineMemory, outcome: RateOutcome): number {
  return (memory[outcome] + 0.5) / (memory.cards + 1);
}

function fade(memory: BaselineMemory, keep: number): BaselineMemory {
  return {
    cards: memory.cards * keep,
    accepted: memory.accepted * keep,
    dismissed: memory.dismissed * keep,
    undelivered: memory.undelivered * keep,
    timed: memory.timed * keep,
    latencies: scaleSketch(memory.latencies, keep),
  };
}
