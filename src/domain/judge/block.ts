/** What a block of cards amounts to: counts by arm, gathered until both arms have been seen. */
import type { TwoByTwo } from './fisher-noncentral.ts';
import { binOf, emptySketch } from './latency-sketch.ts';
import type { LatencySketch } from './latency-sketch.ts';
import type { Arm, Card, Look } from './types.ts';

export type RateOutcome = 'accepted' | 'dismissed' | 'undelivered';

export interface ArmTally {
  readonly cards: number;
  readonly accepted: number;
  readonly dismissed: number;
  /** Cards that were never rendered; they have no latency. */
  readonly undelivered: number;
  readonly latencies: LatencySketch;
}

export interface Block {
  readonly splitPercent: number | null;
  readonly sinceMs: number;
  readonly baseline: ArmTally;
  readonly candidate: ArmTally;
}

/** Longer apart, two cards are no longer of "the same span of time". */
const LONGEST_BLOCK_MS = 3_600_000;

export const emptyTally: ArmTally = { cards: 0, accepted: 0, dismissed: 0, undelivered: 0, latencies: emptySketch };

/**
 * A block takes whole looks until it holds cards of both arms, since a one-armed look compares nothing. When it closes depends
 * on arms, split and time alone, never on outcomes, so it costs no error budget. A change of split or an hour starts a new one.
 */
export function mayJoin(block: Block, look: Look): boolean {
  return block.splitPercent === look.splitPercent && look.atMs - block.sinceMs <= LONGEST_BLOCK_MS;
}

export function hasBothArms(block: Block): boolean {
  return block.baseline.cards > 0 && block.candidate.cards > 0;
}

export function startBlock(look: Look): Block {
  return { splitPercent: look.splitPercent, sinceMs: look.atMs, baseline: emptyTally, candidate: emptyTally };
}

/** The block with these cards counted; their order does not matter. */
export function fillBlock(block: Block, cards: readonly Card[]): Block {
  return { ...block, baseline: fillTally(block.baseline, cards, 'baseline'), candidate: fillTally(block.candidate, cards, 'candidate') };
}

export function rateTable(block: Block, outcome: RateOutcome): TwoByTwo {
  return {
    baselineHits: block.baseline[outcome],
    baselineCards: block.baseline.cards,
    candidateHits: block.candidate[outcome],
    candidateCards: block.candidate.cards,
  };
}

/** Cards in units of a balanced comparison: baseline x candidate / both. Zero when an arm is empty. */
export function effectiveCards(baseline: number, candidate: number): number {
  return baseline + candidate === 0 ? 0 : (baseline * candidate) / (baseline + candidate);
}

export function deliveredOf(tally: ArmTally): number {
  return tally.cards - tally.undelivered;
}

function fillTally(tally: ArmTally, cards: readonly Card[], arm: Arm): ArmTally {
  let { cards: count, accepted, dismissed, undelivered } = tally;
  const latencies: Record<string, number> = { ...tally.latencies };
  for (const card of cards) {
    if (card.arm !== arm) continue;
    count++;
    if (card.outcome === 'accepted') accepted++;
    if (card.outcome === 'dismissed') dismissed++;
    if (card.latencyMs === null || !Number.isFinite(card.latencyMs)) {
      undelivered++;
      continue;
    }
    const bin = binOf(card.latencyMs);
    latencies[bin] = (latencies[bin] ?? 0) + 1;
  }
  return { cards: count, accepted, dismissed, undelivered, latencies };
}
