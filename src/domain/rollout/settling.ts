/**
 * From when does a new split count? An organisation may serve it later than it shows it, and cards of the old split
 * that are held
 * against the new one would look like a broken sample ratio. So it counts from the card at which the candidate's share
 * is seen to have
 * moved: the likelihood ratio of the asked share to the one before, by cards in order, never below 1 (Page's CUSUM,
 * Biometrika 41, 1954),
 * has reached 20. Not longer than two minutes: what has not moved by then is news.
 *
 * Which cards come after that one has no part in the choice, so the sample-ratio test on them keeps its error.
 */
export interface Settling {
  /** ln of the likelihood ratio, at least 0. */
  readonly logEvidence: number;
  /** Cards from this instant on count for the split, ms since the epoch; null: not seen yet. */
  readonly sinceMs: number | null;
}

export interface SplitChange {
  /** 0..100 */
  readonly fromPercent: number;
  readonly toPercent: number;
  /** When the organisation showed the new split, ms since the epoch. */
  readonly shownMs: number;
}

export interface SettlingCard {
  readonly arm: 'baseline' | 'candidate';
  readonly firstOfConversation: boolean;
  readonly triggeredAtMs: number;
}

/** Cards triggered this long after a change may have been chosen before it. */
export const MIN_SETTLING_MS = 2000;
export const MAX_SETTLING_MS = 120_000;
const ENOUGH = Math.log(20);

/** Nothing seen yet; a split that did not move has settled as soon as requests in flight have. */
export function startSettling({ fromPercent, toPercent, shownMs }: SplitChange): Settling {
  return { logEvidence: 0, sinceMs: fromPercent === toPercent ? shownMs + MIN_SETTLING_MS : null };
}

export function addToSettling(settling: Settling, cards: readonly SettlingCard[], change: SplitChange): Settling {
  let { logEvidence, sinceMs } = settling;
  const earliestMs = change.shownMs + MIN_SETTLING_MS;
  const latestMs = change.shownMs + MAX_SETTLING_MS;
  for (const card of cards) {
    if (sinceMs !== null) break;
    if (card.triggeredAtMs >= latestMs) sinceMs = latestMs;
    else if (card.firstOfConversation && card.triggeredAtMs >= earliestMs) {
      logEvidence = Math.max(0, logEvidence + logRatio(card.arm, change));
      if (logEvidence >= ENOUGH) sinceMs = card.triggeredAtMs;
    }
  }
  return { logEvidence, sinceMs };
}

function logRatio(arm: SettlingCard['arm'], { fromPercent, toPercent }: SplitChange): number {
  const [from, to] = [shareOf(fromPercent), shareOf(toPercent)];
  return arm === 'candidate' ? Math.log(to / from) : Math.log((1 - to) / (1 - from));
}

/** A card of the other arm is always possible: one that was on its way, say. */
function shareOf(percent: number): number {
  return Math.min(0.999, Math.max(0.001, percent / 100));
}
