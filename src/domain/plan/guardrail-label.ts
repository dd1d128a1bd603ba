import type { Guardrail } from './plan.ts';

/**
 * What people call what a guardrail watches: `acceptanceRate`, `deliveryLatency p95`; a custom metric by its
 * own name, `handleTime p50`.
 */
export function guardrailLabel({ metric, name, statistic }: Named): string {
  return statistic === undefined ? metric : `${name ?? metric} ${statistic}`;
}

interface Named {
  readonly metric: Guardrail['metric'];
  readonly name?: string | undefined;
  readonly statistic?: Guardrail['statistic'];
}
