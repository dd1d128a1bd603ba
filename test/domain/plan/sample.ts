import { parsePlan, resolvePlan } from '../../../src/domain/plan/parse.ts';
/** The plan of the README, as a YAML file would give it; each call a fresh copy, free to be spoilt. */
export function samplePlan(): Record<string, unknown> & {
  action: Record<string, unknown>;
  steps: unknown[];
  guardrails: unknown[];
} {
  return {
    apiVersion: 'assist-rollouts/v1',
    action: {
      name: 'RefundAssist',
      version: '1.5.0',
      html: { file: 'refund-assist.html' },
      trigger: {
        minConfidence: 0.8,
        keywords: ['pricing', 'refund', 'escalation'],
        conditions: [
          { type: 'queue', id: 'q1' },
          { type: 'skill', id: 's1' },
        ],
      },
      ui: { position: 'left', size: 'large', requiredFeatures: ['flexbox'] },
    },
    target: { kind: 'agentAssistActions' },
    steps: [
      { setSplit: 5 },
      { bake: { for: '30m', atMost: '6h' } },
      { setSplit: 25 },
      { approve: { reason: 'Team leads agree', timeout: '24h', onTimeout: 'rollback' } },
      { setSplit: 50 },
      { bake: { for: '2h', minCards: 7 } },
    ],
    guardrails: [
      { metric: 'acceptanceRate', worseWhen: 'lower', margin: '10%', alpha: 0.01 },
      { metric: 'deliveryLatency', worseWhen: 'higher', margin: '200ms', alpha: 0.02, mode: 'observe', limit: '800ms' },
      { metric: 'deliveryLatency', statistic: 'p99', worseWhen: 'higher', margin: '25%', alpha: 0.02 },
      { metric: 'undeliveredRate', worseWhen: 'higher', margin: '1pp', alpha: 0.01, limit: '20%' },
    ],
    policies: {
      onUndecided: 'rollback',
      onNoData: { after: '10m', do: 'rollback' },
      onUntrusted: 'rollback',
      settle: '90s',
      afterPromotion: '1h',
      onDrift: {
        candidateContent: 'pause',
        baselineContent: 'rollback',
        split: 'pause',
        rival: 'rollback',
        export: 'pause',
      },
      onBlind: { after: '2m', do: 'pause' },
      limits: { prepare: '10m', split: '5m', pause: '1d' },
      holdback: 2.5,
      longWatch: { for: '3d', alpha: 0.01 },
    },
  };
}

/** Sets the value at a dotted path, or removes it where the value is undefined. */
export function spoil(plan: Record<string, unknown>, path: string, value: unknown): Record<string, unknown> {
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  const parent = keys.reduce<Record<string, unknown>>((node, key) => node[key] as Record<string, unknown>, plan);
  if (value === undefined) delete parent[last];
  else parent[last] = value;
  return plan;
}

/** The sample plan in the engine's words, free to be spoilt. */
export function enginePlan(): Record<string, unknown> {
  const result = parsePlan(samplePlan());
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return structuredClone(resolvePlan(result.plan, '<p>card</p>')) as unknown as Record<string, unknown>;
}
