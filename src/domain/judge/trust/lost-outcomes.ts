/**
 * Does an arm all at once show many more cards that nothing is heard of after they were triggered? Then events are
 * being lost, and no
 * comparison of what is left can be trusted.
 *
 * Hypothesis: the share of such cards is at most L = 2 r + 5 percentage points, r what the baseline was remembered to
 * show before
 * (frozen while suspicion stands, so that a loss does not become what is usual). The unit is an agent in a block, with
 * x the share of the
 * agent's cards that are lost: one agent's burst is one unit. For a rate q > L each unit pays 1 + (q - L)(x - L) / (L
 * (1 - L)), which has
 * mean at most 1 while the mean of x is at most L (for x of 0 or 1 it is the likelihood ratio of q to L). A block pays
 * at most e^4 whatever
 * it shows, so no single look breaks trust; less than was earned is always valid. Mixed over two q and over moments of
 * onset.
 *
 * Reference: I. Waudby-Smith, A. Ramdas (2024), "Estimating means of bounded random variables by betting", JRSS B
 * 86(1), section 4;
 * onsets as in onset-slots.ts.
 * Worked number: r = 1 %, L = 7 %, q = 18.2 %: an agent with nothing lost pays 0.88, one with everything lost 2.59,
 * with half of it 1.74.
 */
import type { BaselineMemory } from '../gathering/baseline-memory.ts';
import { TALLIED } from '../gathering/block.ts';
import type { ArmTally, Block } from '../gathering/block.ts';
import { thresholdOf } from '../maths/calibration.ts';
import { logValueOf, noOnsets, stepOnsets } from '../maths/onset-slots.ts';
import type { OnsetSlots } from '../maths/onset-slots.ts';

export interface LostOutcomes {
  /** What the baseline showed, share 0..1, as of when suspicion began; null while too little is known. */
  readonly usual: number | null;
  readonly baseline: ArmLoss;
  readonly candidate: ArmLoss;
}

export interface ArmLoss {
  readonly process: OnsetSlots;
  /** ln e-value as it stands. */
  readonly now: number;
  /** The highest so far: once broken, the data stay broken. */
  readonly peak: number;
  /** Lately, some hundred cards: now, and when the evidence was highest. */
  readonly recent: Recent;
  readonly atPeak: Recent;
}

interface Recent {
  readonly cards: number;
  readonly lost: number;
}

/** Of both arms together; with the sample ratio's 0.008 it makes 0.01. */
export const LOST_OUTCOMES_ALPHA = 0.002;

const [LIMIT_TIMES, LIMIT_PLUS, MAX_LIMIT] = [2, 0.05, 0.9];
/** Places between the limit and 1. */
const PLACES = [0.12, 0.4] as const;
const EVEN = [0.5, 0.5] as const;
const MAX_PER_BLOCK = 4;
const MIN_MEMORY = 200;
const RECENT_CARDS = 200;

const none: Recent = { cards: 0, lost: 0 };
const noLoss: ArmLoss = { process: noOnsets, now: 0, peak: 0, recent: none, atPeak: none };
export const noLostOutcomes: LostOutcomes = { usual: null, baseline: noLoss, candidate: noLoss };

/** `memory` is of the blocks before. */
export function addLostOutcomes(lost: LostOutcomes, block: Block, memory: BaselineMemory): LostOutcomes {
  if (memory.cards < MIN_MEMORY) return lost;
  // A candidate that is known to lose says nothing of the baseline any more.
  const suspected = lost.baseline.now > 0 || (lost.candidate.now > 0 && !hasLost(lost.candidate));
  const usual = suspected && lost.usual !== null ? lost.usual : memory.hits.undeliveredRate / memory.cards;
  const limit = Math.min(MAX_LIMIT, LIMIT_TIMES * usual + LIMIT_PLUS);
  return {
    usual,
    baseline: addArm(lost.baseline, block.baseline, limit),
    candidate: addArm(lost.candidate, block.candidate, limit),
  };
}

export function hasLost(arm: ArmLoss): boolean {
  return arm.peak >= thresholdOf(LOST_OUTCOMES_ALPHA / 2);
}

function addArm(arm: ArmLoss, tally: ArmTally, limit: number): ArmLoss {
  if (tally.cards === 0) return arm;
  const { logs, agents } = blockLogs(tally, limit);
  const process = stepOnsets(arm.process, logs, agents);
  const now = logValueOf(process, EVEN);
  const keep = RECENT_CARDS / (RECENT_CARDS + tally.cards);
  const recent = {
    cards: keep * arm.recent.cards + tally.cards,
    lost: keep * arm.recent.lost + tally.hits.undeliveredRate,
  };
  return { process, now, peak: Math.max(arm.peak, now), recent, atPeak: now > arm.peak ? recent : arm.atPeak };
}

function blockLogs({ agents }: ArmTally, limit: number): { readonly logs: readonly number[]; readonly agents: number } {
  const logs = [0, 0];
  let units = 0;
  const [all, none] = [logPays(1, limit), logPays(0, limit)];
  for (let first = 0; first < agents.length; first += TALLIED.length) {
    const cards = agents[first] ?? 0;
    if (cards === 0) continue;
    const lost = agents[first + LOST] ?? 0;
    const pays = lost === 0 ? none : lost === cards ? all : logPays(lost / cards, limit);
    for (let i = 0; i < logs.length; i++) logs[i] = (logs[i] ?? 0) + (pays[i] ?? 0);
    units++;
  }
  return { logs: logs.map((log) => Math.min(MAX_PER_BLOCK, log)), agents: units };
}

const LOST = TALLIED.indexOf('undeliveredRate');

function logPays(share: number, limit: number): readonly number[] {
  return PLACES.map((place) => Math.log1p((place * (share - limit)) / limit));
}
