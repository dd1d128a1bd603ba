import { scaledBy } from './definition.ts';
import type { RateDefinition } from './definition.ts';

export const dismissalRate = {
  kind: 'rate',
  name: 'dismissalRate',
  unit: 'share',
  worseWhen: 'higher',
  whenWorse: 'agents dismiss more cards',
  counts: ({ outcomes }) => outcomes.includes('dismissed'),
  outcome: { name: 'dismissed', isAnswer: true },
  isEngagement: true,
  forecast: { word: 'dismissal', typical: 0.2, harmed: scaledBy(1) },
  sandbox: { word: 'dismiss', share: 0.2 },
} as const satisfies RateDefinition;
