/** Which cards carry a guardrail's metric, and which of them are bad. */
import { QUANTILES_OF, statisticOf } from '../judge/bets/quantity.ts';
import { worseSign } from '../judge/maths/margin.ts';
import { definitionOf, rateOf } from '../metrics/index.ts';
import { isTimed } from '../metrics/latency.ts';
import type { Guardrail } from '../plan/plan.ts';
import type { WatchedCard } from './types.ts';
import { ownOf } from '../shared/own.ts';

/** The quantiles that a guardrail is watched by, counted from the better end; null for a rate, which has none. */
export function quantilesOf(guardrail: Guardrail): readonly (number | null)[] {
  return rateOf(guardrail.metric) === null ? QUANTILES_OF[statisticOf(guardrail)] : [null];
}

/** A number of the card (ms, or in the metric's unit); null where it has none. */
export function quantityOf({ metric, name }: Guardrail, card: WatchedCard): number | null {
  if (metric === 'custom') return ownOf(card.custom ?? {}, name ?? '') ?? null;
  return isTimed(card) ? card.latencyMs : null;
}

/** `threshold`: of a quantity. null when the card does not carry the metric. */
export function isBad(guardrail: Guardrail, card: WatchedCard, threshold: number | null): boolean | null {
  const metric = definitionOf(guardrail.metric);
  if (metric.kind === 'rate') return metric.counts(card) === (guardrail.worseWhen === 'higher');
  const value = quantityOf(guardrail, card);
  return value === null || threshold === null ? null : worseSign(guardrail) * (value - threshold) > 0;
}

/** A share of bad cards as the rate that the guardrail is about, and back. */
export function rateOfBad({ worseWhen }: Guardrail, bad: number): number {
  return worseWhen === 'higher' ? bad : 1 - bad;
}
