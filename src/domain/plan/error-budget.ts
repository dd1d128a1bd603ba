/** How often a plan undoes a version that is tolerable, at most: what all that judges may spend, added up. */
import type { Plan } from './plan.ts';

export interface ErrorBudget {
  /** Of the enforced guardrails, over all looks of all steps and of the holdback. */
  readonly guardrails: number;
  readonly slices: number;
  /** Of all guardrails and limits together. */
  readonly longWatch: number;
}

export function errorBudgetOf({
  guardrails,
  slices,
  policies,
}: Pick<Plan, 'guardrails' | 'slices' | 'policies'>): ErrorBudget {
  const enforced = guardrails.filter(({ mode }) => mode === 'enforce');
  return {
    guardrails: enforced.reduce((sum, { alpha }) => sum + alpha, 0),
    slices: slices?.alpha ?? 0,
    longWatch: policies.longWatch?.alpha ?? 0,
  };
}

export function sumOf({ guardrails, slices, longWatch }: ErrorBudget): number {
  return Number((guardrails + slices + longWatch).toFixed(9));
}

/** One sentence for the whole rollout and what follows it. */
export function errorBudgetSentence(plan: Pick<Plan, 'guardrails' | 'slices' | 'policies'>): string {
  const budget = errorBudgetOf(plan);
  const parts = [
    `guardrails ${percent(budget.guardrails)} over all steps and the holdback`,
    ...(budget.slices > 0 ? [`slices ${percent(budget.slices)}`] : []),
    ...(budget.longWatch > 0 ? [`long watch ${percent(budget.longWatch)}`] : []),
  ];
  const distrust =
    plan.policies.onUntrusted === 'rollback' ? '; besides, 1 % for distrust of the data, which rolls back here' : '';
  return `A tolerable version is undone in at most ${percent(sumOf(budget))} of all cases: ${parts.join(', ')}${distrust}.`;
}

function percent(share: number): string {
  return `${Number((100 * share).toPrecision(3))} %`;
}
