/**
 * Does an arm all at once show many more cards that nothing is heard of after they were triggered? Then events are
 * being lost, and no comparison of what is left can be trusted.
 *
 * Hypothesis: the share of such cards is at most 2 r + 5 percentage points (jump.ts), r what the baseline was remembered
 * to show before (frozen while suspicion stands, so that a loss does not become what is usual).
 */
import type { BaselineMemory } from '../gathering/baseline-memory.ts';
import { TALLIED } from '../gathering/block.ts';
import type { ArmTally, Block } from '../gathering/block.ts';
import { thresholdOf } from '../maths/calibration.ts';
import { moreNeeded } from './accepted.ts';
import { limitFrom, noJump, stepJump } from './jump.ts';
import type { Hits, Jump } from './jump.ts';

export interface LostOutcomes {
  /** What the baseline showed, share 0..1, as of when suspicion began; null while too little is known. */
  readonly usual: number | null;
  readonly baseline: Jump;
  readonly candidate: Jump;
}

/** Of both arms together; with the sample ratio's 0.007 and 0.001 of late outcomes it makes 0.01. */
export const LOST_OUTCOMES_ALPHA = 0.002;

const MIN_MEMORY = 200;
const LIMIT_PLUS = 0.05;

export const noLostOutcomes: LostOutcomes = { usual: null, baseline: noJump, candidate: noJump };

/** `memory` is of the blocks before. */
export function addLostOutcomes(lost: LostOutcomes, block: Block, memory: BaselineMemory): LostOutcomes {
  if (memory.cards < MIN_MEMORY) return lost;
  // A candidate that is known to lose says nothing of the baseline any more.
  const suspected = lost.baseline.now > 0 || (lost.candidate.now > 0 && !hasLost(lost.candidate));
  const usual = suspected && lost.usual !== null ? lost.usual : memory.hits.undeliveredRate / memory.cards;
  const limit = limitFrom(usual, LIMIT_PLUS);
  // Where hardly any card is ever heard of, as where nobody tells what is on a screen, more cannot be lost.
  if (usual >= limit) return { ...lost, usual };
  return {
    usual,
    baseline: stepJump(lost.baseline, lostByAgent(block.baseline), limit),
    candidate: stepJump(lost.candidate, lostByAgent(block.candidate), limit),
  };
}

export function hasLost(arm: Jump): boolean {
  return arm.peak >= thresholdOf(LOST_OUTCOMES_ALPHA / 2) + moreNeeded(arm.accepted);
}

const LOST = TALLIED.indexOf('undeliveredRate');

function lostByAgent({ agents }: ArmTally): readonly Hits[] {
  const units: Hits[] = [];
  for (let first = 0; first < agents.length; first += TALLIED.length) {
    const cards = agents[first] ?? 0;
    if (cards > 0) units.push({ cards, hits: agents[first + LOST] ?? 0 });
  }
  return units;
}
