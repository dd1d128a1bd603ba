import { DEFAULT_POLICIES } from '../../src/domain/plan/default-policies.ts';
import type { Plan } from '../../src/domain/plan/plan.ts';

/** A plan that has nothing wrong with it but, perhaps, its card. */
export function planOf(html: string): Plan {
  return {
    apiVersion: 'assist-rollouts/v1',
    action: {
      name: 'Bench',
      version: '1.0.0',
      html,
      trigger: { minConfidence: 0.75, keywords: ['refund'], conditions: [] },
      ui: { position: 'right', size: 'medium', requiredFeatures: [] },
    },
    target: { kind: 'agentAssistActions' },
    steps: [
      { kind: 'setSplit', percent: 5 },
      { kind: 'bake', forMs: 60_000, atMostMs: 600_000, minCards: 0, require: 'safe' },
    ],
    guardrails: [
      {
        metric: 'acceptanceRate',
        worseWhen: 'lower',
        margin: { kind: 'relative', value: 0.1 },
        alpha: 0.01,
        mode: 'enforce',
      },
    ],
    policies: DEFAULT_POLICIES,
  };
}
