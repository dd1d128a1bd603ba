import { byRate, definitionOf, RATES } from '../metrics/index.ts';
import type { RateName } from '../metrics/index.ts';
import { TYPICAL_LATENCY } from '../metrics/latency.ts';

/** What a forecast assumes of the traffic. Shares 0..1, latencies in ms. */
export interface Assumptions {
  /** Cards of both arms together. */
  readonly cardsPerHour: number;
  readonly rates: Readonly<Record<RateName, number>>;
  readonly latencyP50Ms: number;
  readonly latencyP95Ms: number;
  readonly agents: number;
}

/** What the candidate's cards are like. */
export interface AssumedEffect {
  readonly rates: Readonly<Record<RateName, number>>;
  /** Of the baseline's latency, and what is added to it. */
  readonly latencyFactor: number;
  readonly latencyPlusMs: number;
}

/** The candidate differs in nothing. */
export function harmlessOf({ rates }: Pick<Assumptions, 'rates'>): AssumedEffect {
  return { rates, latencyFactor: 1, latencyPlusMs: 0 };
}

/** Standard deviation of the log latency from the two quantiles (z of 95 % is 1.6449). */
export function latencySpread({ latencyP50Ms, latencyP95Ms }: Assumptions): number {
  return Math.max(0, Math.log(latencyP95Ms / latencyP50Ms) / 1.6449);
}

/** As people are told of it: each rate by its word. */
export function inWords({ rates, ...rest }: Assumptions): Readonly<Record<string, number>> {
  return { ...Object.fromEntries(RATES.map(({ name, forecast }) => [forecast.word, rates[name]])), ...rest };
}

/** What a card is like where nobody says. */
export const TYPICAL_TRAFFIC: Omit<Assumptions, 'cardsPerHour'> = {
  rates: byRate((rate) => definitionOf(rate).forecast.typical),
  latencyP50Ms: TYPICAL_LATENCY.p50Ms,
  latencyP95Ms: TYPICAL_LATENCY.p95Ms,
  agents: 200,
};
