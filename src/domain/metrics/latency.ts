import type { CountedCard, QuantityDefinition } from './definition.ts';

/** From triggered to rendered. */
export const deliveryLatency = {
  kind: 'quantity',
  name: 'deliveryLatency',
  unit: 'ms',
  worseWhen: 'higher',
  whenWorse: 'cards come late',
  source: 'cards',
  statistics: { higher: ['p50', 'p95', 'p99', 'mean'], lower: [] },
  usualStatistic: 'p95',
} as const satisfies QuantityDefinition;

/** Delivered with a latency that is known. */
export function isTimed<Of extends Pick<CountedCard, 'skewed' | 'latencyMs'>>(
  card: Of,
): card is Of & { readonly latencyMs: number } {
  return card.skewed !== true && card.latencyMs !== null && Number.isFinite(card.latencyMs);
}

/** Assumed by a forecast where nothing is known. */
export const TYPICAL_LATENCY = { p50Ms: 220, p95Ms: 500 } as const;

/** What the sandbox's network is like: the median, and the standard deviation of the logarithm. */
export const SANDBOX_LATENCY = { medianMs: 220, sigma: 0.5 } as const;
