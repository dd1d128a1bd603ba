/** How often a plan undoes a version that is tolerable, at most: what all that judges may spend, added up. */
import type { Guardrail, Plan } from './plan.ts';

export interface ErrorBudget {
  /** Of the enforced guardrails, over all looks of all steps and of the holdback. */
  readonly guardrails: number;
  /** Of those that only pause: each stops a rollout for a person. */
  readonly pausing: number;
  readonly slices: number;
  /** Of all guardrails and limits together. */
  readonly longWatch: number;
}

export function errorBudgetOf({
  guardrails,
  slices,
  policies,
}: Pick<Plan, 'guardrails' | 'slices' | 'policies'>): ErrorBudget {
  const sum = (of: Guardrail['mode']): number =>
    guardrails.reduce((all, { mode, alpha }) => all + (mode === of ? alpha : 0), 0);
  return {
    guardrails: sum('enforce'),
    pausing: sum('pause'),
    slices: slices?.alpha ?? 0,
    longWatch: policies.longWatch?.alpha ?? 0,
  };
}

/** Of all that undoes or stops a rollout. */
export function sumOf({ guardrails, pausing, slices, longWatch }: ErrorBudget): number {
  return Number((guardrails + pausing + slices + longWatch).toFixed(9));
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
  const pauses = budget.pausing > 0 ? `; besides, paused for a person in at most ${percent(budget.pausing)}` : '';
  const undone = percent(sumOf({ ...budget, pausing: 0 }));
  return `A tolerable version is undone in at most ${undone} of all cases: ${parts.join(', ')}${pauses}${distrust}.`;
}

function percent(share: number): string {
  return `${Number((100 * share).toPrecision(3))} %`;
}
