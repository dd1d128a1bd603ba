/**
 * Cuts a run of settled cards into looks. Every look lies within one split and one short span of time, so that the
 * judge only ever compares like with like (base rates drift, splits rise). Where a look ends depends on counts and
 * times only, never on outcomes, which is what keeps the judge's error budget.
 */
import type { Card, Look } from '../judge/types.ts';
import type { SplitUnit } from '../plan/target-capabilities.ts';
import type { Draw } from '../split/turn.ts';

/** A card with both its times, ms since the epoch. */
export interface TimedCard extends Card {
  readonly triggeredAtMs: number;
  /** By our own clock. */
  readonly arrivedAtMs: number;
  /** How its conversation came to its arm, where that is known: then no time is asked. */
  readonly draw?: Draw;
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
    looks.push(...toLooks(cards.slice(start, index), rules));
    start = index;
  });
  const rest = cards.slice(start);
  if (!isDue(rest, rules, nowMs)) return { looks, taken: start };
  return { looks: [...looks, ...toLooks(rest, rules)], taken: cards.length };
}

function sameSpan(first: TimedCard, card: TimedCard, rules: LookRules): boolean {
  return (
    (first.draw !== undefined ||
      card.draw !== undefined ||
      countsForSplit(first, rules.countsFromMs) === countsForSplit(card, rules.countsFromMs)) &&
    Math.abs(card.triggeredAtMs - first.triggeredAtMs) < rules.maxSpanMs
  );
}

function isDue(block: readonly TimedCard[], rules: LookRules, nowMs: number): boolean {
  const first = block[0];
  if (first === undefined) return false;
  const counted = block.filter((card) => drawnPercent(card, rules) === rules.splitPercent);
  const candidates = counted.filter((card) => card.arm === 'candidate').length;
  return (
    Math.min(candidates, counted.length - candidates) >= rules.minCardsPerArm ||
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

/**
 * Where conversations keep the arm that they were given, those that were given it at one split are compared with each
 * other alone: after a rise the long conversations are still the baseline's, and conversations are no longer alike. What
 * was drawn outside of the audience is held against nothing; what was drawn at an earlier split counts where both arms
 * have some of it, and says nothing of the ratio.
 */
function toLooks(block: readonly TimedCard[], rules: LookRules): Look[] {
  const earlier = [...new Set(block.map((card) => drawnPercent(card, rules)))].flatMap((percent) => {
    const drawn = block.filter((card) => drawnPercent(card, rules) === percent);
    const isComparable = drawn.some(({ arm }) => arm === 'candidate') && drawn.some(({ arm }) => arm === 'baseline');
    if (percent === null || percent === rules.splitPercent || !isComparable) return [];
    const cards = drawn.map((card) => ({ ...card, firstOfConversation: false }));
    return [{ ...toLook(cards, rules, block), splitPercent: percent }];
  });
  const now = block.filter((card) => drawnPercent(card, rules) === rules.splitPercent);
  return now.length === 0 ? earlier : [...earlier, toLook(now, rules, block)];
}

/** Null: it was outside of the audience. */
function drawnPercent({ draw }: TimedCard, { splitPercent }: LookRules): number | null {
  return draw === undefined ? splitPercent : draw.percent;
}

function toLook(cards: readonly TimedCard[], rules: LookRules, block: readonly TimedCard[]): Look {
  const last = block.reduce((latest, card) => Math.max(latest, card.triggeredAtMs), 0);
  const first = cards[0];
  const isDrawn = first?.draw !== undefined;
  const settled = first !== undefined && (isDrawn || countsForSplit(first, rules.countsFromMs));
  return {
    atMs: Math.max(0, last - rules.rolloutStartedAtMs),
    splitPercent: settled ? rules.splitPercent : null,
    ...(!isDrawn && (rules.unit ?? 'conversation') !== 'conversation' && { dividesOthers: true }),
    cards,
  };
}
