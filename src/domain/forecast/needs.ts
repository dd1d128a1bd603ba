/** What a harmless version would have needed that the planned end of its bake left undecided. */
import { guardrailLabel } from '../plan/guardrail-label.ts';
import type { Guardrail } from '../plan/plan.ts';
import type { Rehearsal } from '../rollout/rehearse.ts';

/** Standard deviations that a proof must be expected to exceed, to be had in four of five. */
const FOUR_OF_FIVE = 0.84;
/** A guardrail that fails more seldom than in one of five needs nothing. */
const SELDOM = 0.2;
const MAX_TIMES = 100;

/**
 * So many times the cards that had come by the planned end, for a proof in four rollouts of five; null where the
 * guardrail is proven, or fails seldom.
 */
export function cardsTimesOf(index: number, harmless: readonly Rehearsal[]): number | null {
  const asked = harmless.flatMap(({ plannedEnd }) => (plannedEnd === null ? [] : [plannedEnd]));
  const failed = asked.filter(({ scores, needed }) => (scores[index] ?? -Infinity) < needed);
  if (failed.length <= SELDOM * harmless.length) return null;
  const expected = asked.reduce((sum, { scores }) => sum + (scores[index] ?? 0), 0) / asked.length;
  const needed = Math.max(...asked.map((answer) => answer.needed)) + FOUR_OF_FIVE;
  return expected <= needed / Math.sqrt(MAX_TIMES) ? MAX_TIMES : (needed / expected) ** 2;
}

interface Needing {
  readonly guardrail: Guardrail;
  readonly cardsTimes: number | null;
}

/** Empty where nothing is needed. A margin may be smaller by the root of what there are more of cards. */
export function needsSentence(needing: readonly Needing[]): string {
  const clauses = needing.flatMap(({ guardrail, cardsTimes }) => {
    if (cardsTimes === null || cardsTimes <= 1 || guardrail.mode !== 'enforce') return [];
    const more = cardsTimes >= MAX_TIMES ? 'a hundred times the cards or more' : `${shown(cardsTimes)} times the cards`;
    return [`${guardrailLabel(guardrail)} takes ${more} (or a margin ${shown(Math.sqrt(cardsTimes))} times as large)`];
  });
  return clauses.length === 0 ? '' : ` To be proven in four rollouts of five, ${clauses.join(', ')}.`;
}

function shown(times: number): string {
  return String(Number(times.toPrecision(2)));
}
