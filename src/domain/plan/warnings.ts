import type { Plan, Problem } from './plan.ts';
import { problemAt } from './problem.ts';

/** What may be meant as it stands, but hardly ever is. Paths are those of a plan that people write. */
export function planWarnings({ steps, policies }: Pick<Plan, 'steps' | 'policies'>): Problem[] {
  return [
    ...steps.flatMap((step, index) => (step.kind === 'setSplit' && isShare(step.percent) ? [looksLikeShare('plan-split', `steps.${index}.setSplit`, 'setSplit', step.percent)] : [])),
    ...(isShare(policies.holdbackPercent) ? [looksLikeShare('plan-holdback', 'policies.holdback', 'holdback', policies.holdbackPercent)] : []),
  ];
}

function isShare(percent: number): boolean {
  return percent > 0 && percent < 1;
}

function looksLikeShare(code: 'plan-split' | 'plan-holdback', path: string, field: string, percent: number): Problem {
  const meant = Number((percent * 100).toPrecision(6));
  return problemAt(path, {
    code,
    message: `${percent} is less than one percent: some ${Math.round(percent * 100)} of 10,000 conversations.`,
    remedy: `Write ${field}: ${meant} if ${meant} % is meant.`,
  }, { severity: 'warning' });
}
