/** Which cards carry a guardrail's metric, and which of them are bad. */
import { outcomeOf } from '../judge/bets/bets.ts';
import { isTimed } from '../judge/gathering/block.ts';
import { QUANTILES_OF, statisticOf } from '../judge/bets/quantity.ts';
import { worseSign } from '../judge/maths/margin.ts';
import type { Guardrail } from '../plan/plan.ts';
import type { WatchedCard } from './types.ts';

/** The quantiles that a guardrail is watched by, counted from the better end; null for a rate, which has none. */
export function quantilesOf(guardrail: Guardrail): readonly (number | null)[] {
  return outcomeOf(guardrail.metric) === null ? QUANTILES_OF[statisticOf(guardrail)] : [null];
}

/** A figure of the card (ms, or in the metric's unit); null where it has none. */
export function quantityOf({ metric, name }: Guardrail, card: WatchedCard): number | null {
  if (metric === 'custom') return card.custom?.[name ?? ''] ?? null;
  return isTimed(card) ? card.latencyMs : null;
}

/** `threshold`: of a figure. null when the card does not carry the metric. */
export function isBad(guardrail: Guardrail, card: WatchedCard, threshold: number | null): boolean | null {
  const outcome = outcomeOf(guardrail.metric);
  if (outcome !== null) return isHit(outcome, card) === (guardrail.worseWhen === 'higher');
  const figure = quantityOf(guardrail, card);
  return figure === null || threshold === null ? null : worseSign(guardrail) * (figure - threshold) > 0;
}

/** Does the card count towards the rate? */
function isHit(outcome: 'accepted' | 'dismissed' | 'undelivered', card: WatchedCard): boolean {
  return outcome === 'undelivered' ? card.skewed !== true && !isTimed(card) : card.outcome === outcome;
}

/** A share of bad cards as the rate that the guardrail is about, and back. */
export function rateOfBad({ worseWhen }: Guardrail, bad: number): number {
  return worseWhen === 'higher' ? bad : 1 - bad;
}
