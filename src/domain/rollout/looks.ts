/**
 * Cuts a run of settled cards into looks. Every look lies within one split and one short span of time, so that the
 * judge only ever compares like with like (base rates drift, splits rise). Where a look ends depends on counts and
 * times only, never on outcomes, which is what keeps the judge's error budget.
 */
import type { Card, Look } from '../judge/types.ts';
import type { SplitUnit } from '../plan/target-capabilities.ts';

/** A card with both its times, ms since the epoch. */
export interface TimedCard extends Card {
  readonly triggeredAtMs: number;
  /** By our own clock. */
  readonly arrivedAtMs: number;
}

export interface LookRules {
  /** ms since the epoch */
  readonly rolloutStartedAtMs: number;
  readonly splitPercent: number;
  /** Conversations if absent. */
  readonly unit?: SplitUnit | undefined;
  /** Cards that arrived from this instant on (ms since the epoch) count for the split; null: none does yet. */
  readonly countsFromMs: number | null;
  /** Longest span of time in one look. */
  readonly maxSpanMs: number;
  /** A look is worth taking once the smaller arm has this many cards ... */
  readonly minCardsPerArm: number;
}

export const DEFAULT_LOOK_RULES = { maxSpanMs: 60_000, minCardsPerArm: 8 } as const;

/**
 * Looks over a prefix of `cards` (in order of arrival) and how many cards they took. What is left over is too little to
 * compare yet and not older than the longest span: it waits for more. `nowMs` decides what is old.
 */
export function cutLooks(
  cards: readonly TimedCard[],
  rules: LookRules,
  nowMs: number,
): { looks: Look[]; taken: number } {
  const looks: Look[] = [];
  let start = 0;
  cards.forEach((card, index) => {
    const first = cards[start] ?? card;
    if (sameSpan(first, card, rules)) return;
    looks.push(toLook(cards.slice(start, index), rules));
    start = index;
  });
  const rest = cards.slice(start);
  if (!isDue(rest, rules, nowMs)) return { looks, taken: start };
  return { looks: [...looks, toLook(rest, rules)], taken: cards.length };
}

function sameSpan(first: TimedCard, card: TimedCard, rules: LookRules): boolean {
  return (
    countsForSplit(first, rules.countsFromMs) === countsForSplit(card, rules.countsFromMs) &&
    Math.abs(card.triggeredAtMs - first.triggeredAtMs) < rules.maxSpanMs
  );
}

function isDue(block: readonly TimedCard[], rules: LookRules, nowMs: number): boolean {
  const first = block[0];
  if (first === undefined) return false;
  const candidates = block.filter((card) => card.arm === 'candidate').length;
  return (
    Math.min(candidates, block.length - candidates) >= rules.minCardsPerArm ||
    nowMs - first.triggeredAtMs >= rules.maxSpanMs
  );
}

/** What was triggered so much earlier was chosen by the split before; no clock is believed to be so far behind. */
const MAX_CLOCK_BEHIND_MS = 60_000;

/**
 * Does the card tell whether the split is kept? Cards of before may be delivered late, after an outage, and then their
 * own time says so; but for that it is not asked, since the clocks of one arm may be behind.
 */
export function countsForSplit({ arrivedAtMs, triggeredAtMs }: TimedCard, countsFromMs: number | null): boolean {
  return countsFromMs !== null && arrivedAtMs >= countsFromMs && triggeredAtMs >= countsFromMs - MAX_CLOCK_BEHIND_MS;
}

function toLook(block: readonly TimedCard[], rules: LookRules): Look {
  const last = block.reduce((latest, card) => Math.max(latest, card.triggeredAtMs), 0);
  const first = block[0];
  const settled = first !== undefined && countsForSplit(first, rules.countsFromMs);
  return {
    atMs: Math.max(0, last - rules.rolloutStartedAtMs),
    splitPercent: settled ? rules.splitPercent : null,
    ...((rules.unit ?? 'conversation') !== 'conversation' && { dividesOthers: true }),
    cards: block,
  };
}
