import { RATES } from '../metrics/index.ts';
import type { RateName } from '../metrics/index.ts';

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
  /** Of the baseline's latency. */
  readonly latencyFactor: number;
}

/** The candidate differs in nothing. */
export function harmlessOf({ rates }: Pick<Assumptions, 'rates'>): AssumedEffect {
  return { rates, latencyFactor: 1 };
}

/** As people are told of it: each rate by its word. */
export function inWords({ rates, ...rest }: Assumptions): Readonly<Record<string, number>> {
  return { ...Object.fromEntries(RATES.map(({ name, forecast }) => [forecast.word, rates[name]])), ...rest };
}
