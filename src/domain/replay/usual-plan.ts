/** For traffic of which somebody asks what the judge makes of it, before there is a plan. */
import { DEFAULT_POLICIES } from '../plan/default-policies.ts';
import type { Guardrail, Plan } from '../plan/plan.ts';
import { DEFAULT_TARGET } from '../plan/target-schema.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Two splits, and the margins that docs/judge.md begins with. */
export function usualPlan(action: string): Plan {
  return {
    apiVersion: 'assist-rollouts/v1',
    action: {
      name: action,
      version: '0.0.0',
      html: '',
      trigger: { minConfidence: 0, keywords: [], conditions: [] },
      ui: { position: 'right', size: 'medium', requiredFeatures: [] },
    },
    target: DEFAULT_TARGET,
    steps: [
      { kind: 'setSplit', percent: 10 },
      { kind: 'bake', forMs: 30 * MINUTE, atMostMs: 6 * HOUR, minCards: 100, require: 'noHarm' },
      { kind: 'setSplit', percent: 50 },
      { kind: 'bake', forMs: 2 * HOUR, atMostMs: 24 * HOUR, minCards: 1000, require: 'safe' },
    ],
    guardrails: GUARDRAILS,
    policies: DEFAULT_POLICIES,
  };
}

const COMMON = { alpha: 0.01, mode: 'enforce' } as const;

const GUARDRAILS: readonly Guardrail[] = [
  { metric: 'acceptanceRate', worseWhen: 'lower', margin: { kind: 'relative', value: 0.1 }, ...COMMON },
  { metric: 'dismissalRate', worseWhen: 'higher', margin: { kind: 'relative', value: 0.2 }, ...COMMON },
  {
    metric: 'deliveryLatency',
    statistic: 'p95',
    worseWhen: 'higher',
    margin: { kind: 'relative', value: 0.25 },
    ...COMMON,
  },
  { metric: 'undeliveredRate', worseWhen: 'higher', margin: { kind: 'absolute', value: 0.01 }, ...COMMON },
];
