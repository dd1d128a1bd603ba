/**
 * Do answers, renders or metrics come too late for one arm, and not for the other? A card that has settled counts as
 * without them, so the arms are no longer measured alike. Late in both alike is no distrust, only a waste.
 *
 * Each card is followed for a fixed time after it settled. Hypothesis, for each arm: the share of its cards to which
 * something came late is at most twice the other arm's plus 3 percentage points (jump.ts); the other arm's is that of
 * the same block or of its recent cards, whichever is more. Blocks are gathered until both arms have 20 cards, so that
 * lateness that begins in both at once is seen in both.
 */
import { agentKeyOf } from '../gathering/agent-key.ts';
import { thresholdOf } from '../maths/calibration.ts';
import type { Arm, FollowedCards } from '../types.ts';
import { moreNeeded } from './accepted.ts';
import { limitFrom, noJump, shareOf, stepJump, sumOf } from './jump.ts';
import type { Hits, Jump } from './jump.ts';

export interface LateOutcomes {
  /** Not yet compared, by agent (agent-key.ts). */
  readonly pending: Readonly<Record<Arm, AgentHits>>;
  readonly baseline: Jump;
  readonly candidate: Jump;
}

type AgentHits = Readonly<Record<string, Hits>>;

/** Of both arms together. */
export const LATE_OUTCOMES_ALPHA = 0.001;
const MIN_CARDS = 20;
const LIMIT_PLUS = 0.03;
/** From here on late outcomes of both arms are worth a word. */
const MUCH = 0.1;
const MIN_RECENT = 100;

const nothing: Readonly<Record<Arm, AgentHits>> = { baseline: {}, candidate: {} };
export const noLateOutcomes: LateOutcomes = { pending: nothing, baseline: noJump, candidate: noJump };

export function addLateOutcomes(late: LateOutcomes, followed: FollowedCards | undefined): LateOutcomes {
  if (followed === undefined) return late;
  const pending = {
    baseline: join(late.pending.baseline, followed, 'baseline'),
    candidate: join(late.pending.candidate, followed, 'candidate'),
  };
  const [baseline, candidate] = [Object.values(pending.baseline), Object.values(pending.candidate)];
  if (Math.min(sumOf(baseline).cards, sumOf(candidate).cards) < MIN_CARDS) return { ...late, pending };
  return {
    pending: nothing,
    baseline: stepJump(late.baseline, baseline, limitFrom(usualOf(late.candidate, candidate), LIMIT_PLUS)),
    candidate: stepJump(late.candidate, candidate, limitFrom(usualOf(late.baseline, baseline), LIMIT_PLUS)),
  };
}

export function isLate(arm: Jump): boolean {
  return arm.peak >= thresholdOf(LATE_OUTCOMES_ALPHA / 2) + moreNeeded(arm.accepted);
}

/** Do many come late in both arms? */
export function areBothLate({ baseline, candidate }: LateOutcomes): boolean {
  return [baseline, candidate].every(({ recent }) => recent.cards >= MIN_RECENT && shareOf(recent) >= MUCH);
}

function usualOf({ recent }: Jump, block: readonly Hits[]): number {
  return Math.max(shareOf(recent), shareOf(sumOf(block)));
}

function join(before: AgentHits, { agents }: FollowedCards, arm: Arm): AgentHits {
  const joined: Record<string, Hits> = { ...before };
  for (const one of agents) {
    if (one.arm !== arm) continue;
    const key = agentKeyOf(one.agent);
    const known = joined[key] ?? { cards: 0, hits: 0 };
    joined[key] = { cards: known.cards + one.cards, hits: known.hits + one.late };
  }
  return joined;
}
