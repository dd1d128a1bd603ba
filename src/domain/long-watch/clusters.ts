/**
 * How alike the cards of one agent, and of one hour, are in the record: the factor by which they exceed the variance of
 * independent ones.
 *
 * Two-way clusters: V = V(agents) + V(hours) - V(cards), each V the sum over its clusters of the squared sums of
 * residuals. What agents and
 * hours add is rounded up where clusters are few, and agents are never taken to correlate less than 0.005.
 * Reference: A. C. Cameron, J. B. Gelbach, D. L. Miller (2011), "Robust inference with multiway clustering", JBES
 * 29(2), equation 2.5.
 * Worked number: 20 agents of 50 cards each with a correlation of 0.03: 1 + 49 x 0.03 x (1 + sqrt(2 / 20)) = 2.9.
 */
const MIN_CORRELATION = 0.005;

export interface Clustered {
  readonly agent: string;
  readonly hour: number;
  readonly bad: boolean;
}

/** `expected`: the share of bad cards that the card's hour is known to have; residuals are counted from there. */
export function estimateDesignEffect<Card extends Clustered>(
  cards: readonly Card[],
  expected: (card: Card) => number,
): number {
  const agents = excessOf(cards, ({ agent }) => agent, expected);
  const hours = excessOf(cards, ({ hour }) => hour, expected);
  const least = MIN_CORRELATION * (agents.size - 1);
  return 1 + Math.max(least, agents.excess) + Math.max(0, hours.excess);
}

/** `size`: of the cluster of a card, on average over the cards. */
function excessOf<Card extends Clustered>(
  cards: readonly Card[],
  keyOf: (card: Card) => string | number,
  expected: (card: Card) => number,
): { readonly excess: number; readonly size: number } {
  const clusters = new Map<string | number, { cards: number; residual: number }>();
  let independent = 0;
  for (const card of cards) {
    const cluster = clusters.get(keyOf(card)) ?? { cards: 0, residual: 0 };
    const residual = (card.bad ? 1 : 0) - expected(card);
    cluster.cards++;
    cluster.residual += residual;
    independent += residual * residual;
    clusters.set(keyOf(card), cluster);
  }
  let [squares, sizes] = [0, 0];
  for (const cluster of clusters.values()) {
    squares += cluster.residual * cluster.residual;
    sizes += cluster.cards * cluster.cards;
  }
  const found = independent === 0 ? 0 : squares / independent - 1;
  return { excess: found * (1 + Math.sqrt(2 / clusters.size)), size: sizes / cards.length };
}
