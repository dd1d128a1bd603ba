/**
 * From when does a new split count? An organisation may serve it later than it shows it, on one server after the other,
 * and cards of the old split that are held against the new one would look like a broken sample ratio. So it counts from
 * the card at which the candidate's share is seen to have come: more than half of the way is proven at 1:1000. Not
 * longer than two minutes; than ten, while the cards say that the share is still the old one.
 *
 * With a card's likelihood ratio of the share asked for to that halfway, r_n, and 1 / (n (n + 1)) as the weight of the
 * n-th card being the first of the new split, S_n = (S_{n-1} + w_n) r_n. As long as the share is anything up to halfway
 * r_n has mean at most 1, so that S ever reaches 1000 in at most one of 1000 changes (Ville), however many cards come
 * before the split does. Which cards come after that one has no part in the choice, so the sample-ratio test on them
 * keeps its error.
 *
 * All by the time at which cards arrived: agents' clocks differ, and those of one arm may.
 */
export interface Settling {
  /** First cards of conversations since the change. */
  readonly cards: number;
  /** ln S. */
  readonly logReached: number;
  /** ln of the likelihood ratio of the old share to that halfway, of all these cards. */
  readonly logUnmoved: number;
  /** Cards that arrived from this instant on count for the split, ms since the epoch; null: not seen yet. */
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
  /** ms since the epoch, by our own clock */
  readonly arrivedAtMs: number;
}

/** Cards that arrive this soon after a change may have been chosen before it. */
export const MIN_SETTLING_MS = 2000;
export const MAX_SETTLING_MS = 120_000;
/** While the cards say that nothing has moved. */
export const MAX_UNSERVED_MS = 600_000;
const REACHED = Math.log(1000);
const UNMOVED = Math.log(5);

/** Nothing seen yet; a split that did not move has settled as soon as requests in flight have. */
export function startSettling({ fromPercent, toPercent, shownMs }: SplitChange): Settling {
  const sinceMs = fromPercent === toPercent ? shownMs + MIN_SETTLING_MS : null;
  return { cards: 0, logReached: 0, logUnmoved: 0, sinceMs };
}

export function addToSettling(settling: Settling, cards: readonly SettlingCard[], change: SplitChange): Settling {
  let now = settling;
  for (const card of cards) {
    if (now.sinceMs !== null) break;
    if (card.arrivedAtMs < change.shownMs + MIN_SETTLING_MS) continue;
    if (card.firstOfConversation) now = addCard(now, card.arm, change);
    const boundMs = isUnmoved(now) ? MAX_UNSERVED_MS : MAX_SETTLING_MS;
    if (now.logReached >= REACHED || card.arrivedAtMs >= change.shownMs + boundMs)
      now = { ...now, sinceMs: card.arrivedAtMs };
  }
  return now;
}

/** Do the cards since the change say that the candidate still has its old share? */
export function isUnmoved({ logUnmoved, logReached }: Settling): boolean {
  return logUnmoved >= UNMOVED && logReached < REACHED;
}

function addCard(settling: Settling, arm: SettlingCard['arm'], { fromPercent, toPercent }: SplitChange): Settling {
  const cards = settling.cards + 1;
  const chance = (percent: number): number => (arm === 'candidate' ? shareOf(percent) : 1 - shareOf(percent));
  const halfway = chance((fromPercent + toPercent) / 2);
  const before = settling.cards === 0 ? 0 : Math.exp(settling.logReached);
  return {
    ...settling,
    cards,
    logReached: Math.log(before + 1 / (cards * (cards + 1))) + Math.log(chance(toPercent) / halfway),
    logUnmoved: settling.logUnmoved + Math.log(chance(fromPercent) / halfway),
  };
}

/** A card of the other arm is always possible: one that was on its way, say. */
function shareOf(percent: number): number {
  return Math.min(0.999, Math.max(0.001, percent / 100));
}
