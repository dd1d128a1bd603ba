/** What a block of cards amounts to: counts by arm, gathered until both arms have been seen. */
import { drawerOf } from './agent-key.ts';
import type { TwoByTwo } from '../maths/fisher-noncentral.ts';
import { binOf, emptySketch } from '../maths/latency-sketch.ts';
import type { LatencySketch } from '../maths/latency-sketch.ts';
import { byRate, RATES } from '../../metrics/index.ts';
import type { RateName } from '../../metrics/index.ts';
import { isTimed } from '../../metrics/latency.ts';
import type { Arm, Card, Look } from '../types.ts';

/** Cards that count towards each rate. */
export type RateCounts = Readonly<Record<RateName, number>>;
export const noHits: RateCounts = byRate(() => 0);

/** Of one agent within a block. */
export interface AgentTally {
  readonly cards: number;
  readonly hits: RateCounts;
  /** Sum of the location scores (sixteenths), and cards in the tail. */
  readonly location: number;
  readonly tail: number;
}

export interface ArmTally extends AgentTally {
  /** Cards whose latency is known: neither undelivered nor skewed. */
  readonly timed: number;
  /** Cards no later than most of the remembered baseline's, and what became of them. */
  readonly onTime: { readonly cards: number; readonly hits: RateCounts };
  readonly latencies: LatencySketch;
  /** Of the location scores (256ths). */
  readonly locationSquares: number;
  readonly agents: Readonly<Record<string, AgentTally>>;
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

export const emptyTally: ArmTally = {
  cards: 0,
  hits: noHits,
  timed: 0,
  onTime: { cards: 0, hits: noHits },
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

export function rateTable(block: Block, rate: RateName): TwoByTwo {
  return {
    baselineHits: block.baseline.hits[rate],
    baselineCards: block.baseline.cards,
    candidateHits: block.candidate.hits[rate],
    candidateCards: block.candidate.cards,
  };
}

/** Cards in units of a balanced comparison: baseline x candidate / both. Zero when an arm is empty. */
export function effectiveCards(baseline: number, candidate: number): number {
  return baseline + candidate === 0 ? 0 : (baseline * candidate) / (baseline + candidate);
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };
interface AgentSums extends Mutable<Omit<AgentTally, 'hits'>> {
  readonly hits: Mutable<RateCounts>;
}

function fillTally(tally: ArmTally, cards: readonly Card[], arm: Arm, scores: CardScores): ArmTally {
  let { cards: count, timed, location, locationSquares, tail } = tally;
  const hits = { ...tally.hits };
  const onTime = { cards: tally.onTime.cards, hits: { ...tally.onTime.hits } };
  const latencies: Record<string, number> = { ...tally.latencies };
  const agents = new Map(
    Object.entries(tally.agents).map(([key, sums]) => [Number(key), { ...sums, hits: { ...sums.hits } }]),
  );
  for (const card of cards) {
    if (card.arm !== arm) continue;
    const own = agentSums(agents, drawerOf(card.agent));
    const bin = isTimed(card) ? binOf(card.latencyMs) : null;
    const isOnTime = bin !== null && bin <= scores.onTimeBin;
    count++;
    own.cards++;
    if (isOnTime) onTime.cards++;
    for (const { name, counts } of RATES) {
      if (!counts(card)) continue;
      hits[name]++;
      own.hits[name]++;
      if (isOnTime) onTime.hits[name]++;
    }
    if (bin === null) continue;
    timed++;
    latencies[bin] = (latencies[bin] ?? 0) + 1;
    const score = scores.locationOf(bin);
    location += score;
    locationSquares += score * score;
    own.location += score;
    if (bin <= scores.tailBin) continue;
    tail++;
    own.tail++;
  }
  return {
    cards: count,
    hits,
    timed,
    onTime,
    latencies,
    location,
    locationSquares,
    tail,
    agents: Object.fromEntries(agents),
  };
}

function agentSums(agents: Map<number, AgentSums>, drawer: number): AgentSums {
  const known = agents.get(drawer);
  if (known !== undefined) return known;
  const sums = { cards: 0, hits: { ...noHits }, location: 0, tail: 0 };
  agents.set(drawer, sums);
  return sums;
}
