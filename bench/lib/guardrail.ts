/** What rollouts of seconds are judged by: few cards leave no doubt of it. */
import type { Guardrail } from '../../src/domain/plan/plan.ts';

export const ACCEPTANCE: Guardrail = {
  metric: 'acceptanceRate',
  worseWhen: 'lower',
  margin: { kind: 'relative', value: 0.2 },
  alpha: 0.001,
  mode: 'enforce',
};
