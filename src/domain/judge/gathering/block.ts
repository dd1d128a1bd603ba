/** What a block of cards amounts to: counts by arm, gathered until both arms have been seen. */
import { drawerOf } from './agent-key.ts';
import type { TwoByTwo } from '../maths/fisher-noncentral.ts';
import { binOf, emptySketch } from '../maths/latency-sketch.ts';
import type { LatencySketch } from '../maths/latency-sketch.ts';
import type { Arm, Card, Look } from '../types.ts';

export type RateOutcome = 'accepted' | 'dismissed' | 'undelivered';

/**
 * Of one agent within a block: cards, accepted, dismissed, undelivered, location score (sixteenths), cards in the tail.
 */
export type AgentTally = readonly number[];

export interface ArmTally {
  readonly cards: number;
  readonly accepted: number;
  readonly dismissed: number;
  /** Cards that were never rendered; they have no latency. */
  readonly undelivered: number;
  /** Cards whose latency is known: neither undelivered nor skewed. */
  readonly timed: number;
  /** Cards no later than most of the remembered baseline's, and what became of them. */
  readonly onTime: OnTime;
  readonly latencies: LatencySketch;
  /** Sum of the location scores (sixteenths), of their squares (256ths), and cards in the tail. */
  readonly location: number;
  readonly locationSquares: number;
  readonly tail: number;
  readonly agents: Readonly<Record<string, AgentTally>>;
}

export interface OnTime {
  readonly cards: number;
  readonly accepted: number;
  readonly dismissed: number;
}

export interface Block {
  readonly splitPercent: number | null;
  readonly sinceMs: number;
  readonly baseline: ArmTally;
  readonly candidate: ArmTally;
}

/** How a card's latency is scored for its agent's record (card-scores.ts). */
export interface CardScores {
  /** Normal score in sixteenths (whole numbers add up to the same sum in any order). */
  locationOf(bin: number): number;
  /** Bins above it are the tail. */
  readonly tailBin: number;
  /** Bins up to it are on time; -1 while nothing is known. */
  readonly onTimeBin: number;
}

/** Longer apart, two cards are no longer of "the same span of time". */
const LONGEST_BLOCK_MS = 3_600_000;

const noneOnTime: OnTime = { cards: 0, accepted: 0, dismissed: 0 };
export const emptyTally: ArmTally = {
  cards: 0,
  accepted: 0,
  dismissed: 0,
  undelivered: 0,
  timed: 0,
  onTime: noneOnTime,
  latencies: emptySketch,
  location: 0,
  locationSquares: 0,
  tail: 0,
  agents: {},
};

/**
 * A block takes whole looks until it holds cards of both arms, since a one-armed look compares nothing. When it closes
 * depends
 * on arms, split and time alone, never on outcomes, so it costs no error budget. A change of split or an hour starts a
 * new one.
 */
export function mayJoin(block: Pick<Block, 'splitPercent' | 'sinceMs'>, look: Look): boolean {
  return block.splitPercent === look.splitPercent && look.atMs - block.sinceMs <= LONGEST_BLOCK_MS;
}

export function hasBothArms(block: Block): boolean {
  return block.baseline.cards > 0 && block.candidate.cards > 0;
}

export function startBlock(look: Look): Block {
  return { splitPercent: look.splitPercent, sinceMs: look.atMs, baseline: emptyTally, candidate: emptyTally };
}

/** The block with these cards counted; their order does not matter. */
export function fillBlock(block: Block, cards: readonly Card[], scores: CardScores): Block {
  return {
    ...block,
    baseline: fillTally(block.baseline, cards, 'baseline', scores),
    candidate: fillTally(block.candidate, cards, 'candidate', scores),
  };
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

function fillTally(tally: ArmTally, cards: readonly Card[], arm: Arm, scores: CardScores): ArmTally {
  let { cards: count, accepted, dismissed, undelivered, timed, location, locationSquares, tail } = tally;
  const onTime = { ...tally.onTime };
  const latencies: Record<string, number> = { ...tally.latencies };
  const agents = new Map(Object.entries(tally.agents).map(([key, sums]) => [Number(key), [...sums]]));
  for (const card of cards) {
    if (card.arm !== arm) continue;
    const sums = agentSums(agents, drawerOf(card.agent));
    const yes = card.outcome === 'accepted' ? 1 : 0;
    const no = card.outcome === 'dismissed' ? 1 : 0;
    count++;
    accepted += yes;
    dismissed += no;
    // Rendered, though its latency may be unknown: clocks that disagree do not make a card undelivered.
    const lost = card.skewed !== true && !isTimed(card);
    if (lost) undelivered++;
    sums[0] = (sums[0] ?? 0) + 1;
    sums[1] = (sums[1] ?? 0) + yes;
    sums[2] = (sums[2] ?? 0) + no;
    sums[3] = (sums[3] ?? 0) + (lost ? 1 : 0);
    if (!isTimed(card)) continue;
    timed++;
    const bin = binOf(card.latencyMs);
    latencies[bin] = (latencies[bin] ?? 0) + 1;
    const score = scores.locationOf(bin);
    location += score;
    locationSquares += score * score;
    sums[4] = (sums[4] ?? 0) + score;
    if (bin > scores.tailBin) {
      tail++;
      sums[5] = (sums[5] ?? 0) + 1;
    }
    if (bin > scores.onTimeBin) continue;
    onTime.cards++;
    onTime.accepted += yes;
    onTime.dismissed += no;
  }
  return {
    cards: count,
    accepted,
    dismissed,
    undelivered,
    timed,
    onTime,
    latencies,
    location,
    locationSquares,
    tail,
    agents: Object.fromEntries(agents),
  };
}

/** Delivered with a latency that is known. */
export function isTimed<Of extends Pick<Card, 'skewed' | 'latencyMs'>>(
  card: Of,
): card is Of & { readonly latencyMs: number } {
  return card.skewed !== true && card.latencyMs !== null && Number.isFinite(card.latencyMs);
}

function agentSums(agents: Map<number, number[]>, drawer: number): number[] {
  const known = agents.get(drawer);
  if (known !== undefined) return known;
  const sums = [0, 0, 0, 0, 0, 0];
  agents.set(drawer, sums);
  return sums;
}
