/**
 * Is the share of an arm's cards to which something happens beyond a limit L, since some moment?
 *
 * The unit is an agent in a block, with x the share of the agent's cards: one agent's burst is one unit. For a rate
 * q > L each unit pays 1 + (q - L)(x - L) / (L (1 - L)), which has mean at most 1 while the mean of x is at most L (for
 * x of 0 or 1 it is the likelihood ratio of q to L). A block pays at most e^4 whatever it shows, so no single look
 * breaks trust; less than was earned is always valid. Mixed over two q and over moments of onset.
 *
 * Reference: I. Waudby-Smith, A. Ramdas (2024), "Estimating means of bounded random variables by betting", JRSS B
 * 86(1), section 4; onsets as in onset-slots.ts.
 * Worked number: L = 7 %, q = 18.2 %: an agent with none of the cards pays 0.88, one with all 2.59, with half 1.74.
 */
import { logValueOf, noOnsets, stepOnsets } from '../maths/onset-slots.ts';
import type { OnsetSlots } from '../maths/onset-slots.ts';
import type { AcceptedBefore } from './accepted.ts';

export interface Jump {
  readonly process: OnsetSlots;
  /** ln e-value as it stands. */
  readonly now: number;
  /** The highest so far: once broken, the data stay broken until a person accepts it. */
  readonly peak: number;
  /** Lately, some hundred cards: now, and when the evidence was highest. */
  readonly recent: Hits;
  readonly atPeak: Hits;
  /** Absent while nobody had to. */
  readonly accepted?: AcceptedBefore;
}

/** So many cards, and those of them to which it happened. */
export interface Hits {
  readonly cards: number;
  readonly hits: number;
}

const none: Hits = { cards: 0, hits: 0 };
export const noJump: Jump = { process: noOnsets, now: 0, peak: 0, recent: none, atPeak: none };

const [LIMIT_TIMES, MAX_LIMIT] = [2, 0.9];
/** Places between the limit and 1. */
const PLACES = [0.12, 0.4] as const;
const EVEN = [0.5, 0.5] as const;
const MAX_PER_BLOCK = 4;
const RECENT_CARDS = 200;

/** What is no jump yet from a usual share, 0..1: twice that, and a little more. */
export function limitFrom(usual: number, more: number): number {
  return Math.min(MAX_LIMIT, LIMIT_TIMES * usual + more);
}

/** One block, agent by agent. */
export function stepJump(jump: Jump, agents: readonly Hits[], limit: number): Jump {
  const all = sumOf(agents);
  if (all.cards === 0) return jump;
  const process = stepOnsets(jump.process, blockLogs(agents, limit), agents.length);
  const now = logValueOf(process, EVEN);
  const keep = RECENT_CARDS / (RECENT_CARDS + all.cards);
  const recent = { cards: keep * jump.recent.cards + all.cards, hits: keep * jump.recent.hits + all.hits };
  const atPeak = now > jump.peak ? recent : jump.atPeak;
  const { accepted } = jump;
  return { process, now, peak: Math.max(jump.peak, now), recent, atPeak, ...(accepted && { accepted }) };
}

export function sumOf(agents: readonly Hits[]): Hits {
  let [cards, hits] = [0, 0];
  for (const agent of agents) {
    cards += agent.cards;
    hits += agent.hits;
  }
  return { cards, hits };
}

/** 0 without cards. */
export function shareOf({ cards, hits }: Hits): number {
  return cards === 0 ? 0 : hits / cards;
}

function blockLogs(agents: readonly Hits[], limit: number): readonly number[] {
  const logs = [0, 0];
  const [paysAll, paysNone] = [logPays(1, limit), logPays(0, limit)];
  for (const agent of agents) {
    const { cards, hits } = agent;
    const pays = hits === 0 ? paysNone : hits === cards ? paysAll : logPays(hits / cards, limit);
    for (let i = 0; i < logs.length; i++) logs[i] = (logs[i] ?? 0) + (pays[i] ?? 0);
  }
  return logs.map((log) => Math.min(MAX_PER_BLOCK, log));
}

function logPays(share: number, limit: number): readonly number[] {
  return PLACES.map((place) => Math.log1p((place * (share - limit)) / limit));
}
