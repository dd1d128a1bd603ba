import type { QuantityDefinition } from './definition.ts';

/**
 * A number per card that somebody outside measures or knows, such as the handle time after it. The guardrail gives its
 * name, by which its source tells it, and its unit; nothing of it is known beforehand, so no forecast assumes one.
 */
export const custom = {
  kind: 'quantity',
  name: 'custom',
  unit: 'own',
  worseWhen: null,
  whenWorse: null,
  source: 'outside',
  statistics: { higher: ['p95', 'p99', 'p50', 'mean'], lower: ['p5', 'p1', 'p50', 'mean'] },
  usualStatistic: 'p50',
} as const satisfies QuantityDefinition;
