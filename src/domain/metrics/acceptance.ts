import { scaledBy } from './definition.ts';
import type { RateDefinition } from './definition.ts';

export const acceptanceRate = {
  kind: 'rate',
  name: 'acceptanceRate',
  unit: 'share',
  worseWhen: 'lower',
  whenWorse: 'agents accept fewer cards',
  counts: ({ outcomes }) => outcomes.includes('accepted'),
  outcome: { name: 'accepted', isAnswer: true },
  isEngagement: true,
  forecast: { word: 'acceptance', typical: 0.4, harmed: scaledBy(-1) },
  sandbox: { word: 'accept', share: 0.4 },
} as const satisfies RateDefinition;
