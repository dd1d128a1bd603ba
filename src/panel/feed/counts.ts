/** What became of utterances that a card could follow, since this process started; by action, never by arm. */

export interface FeedCounts {
  /** Utterances that were heard live. */
  utterances: number;
  cards: number;
  /** The trigger fired, and nobody serves the conversation. */
  withheld: number;
  /** The utterance had its card already: it was heard twice, or by two processes. */
  duplicates: number;
  /** Nobody was in the conversation who could see a card. */
  noAgent: number;
  /** It was the turn of a version whose trigger did not fire. */
  otherTurn: number;
  /** It was the turn of a version that this process may not show while it has no lease. */
  fenced: number;
  /** The store was away for too long, or too many waited. */
  tooLate: number;
  /** Utterances that were only found in a transcript afterwards, and would have surfaced a card; by action. */
  readonly missed: Record<string, number>;
  /** Conversations of which something may have been missed and nobody knows what: their transcript was not read. */
  unread: number;
}

export function createFeedCounts(): FeedCounts {
  return {
    utterances: 0,
    cards: 0,
    withheld: 0,
    duplicates: 0,
    noAgent: 0,
    otherTurn: 0,
    fenced: 0,
    tooLate: 0,
    missed: {},
    unread: 0,
  };
}
