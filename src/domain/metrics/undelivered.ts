import { plusMargins } from './definition.ts';
import type { RateDefinition } from './definition.ts';
import { isTimed } from './latency.ts';

/** Cards that were never rendered. One that was, though its latency is unknown, was delivered. */
export const undeliveredRate = {
  kind: 'rate',
  name: 'undeliveredRate',
  unit: 'share',
  worseWhen: 'higher',
  whenWorse: 'more cards never arrive',
  counts: (card) => card.withheld !== true && card.skewed !== true && !isTimed(card),
  outcome: null,
  isEngagement: false,
  forecast: { word: 'undelivered', typical: 0.01, harmed: plusMargins },
  sandbox: { word: 'undelivered', share: 0.01 },
} as const satisfies RateDefinition;
