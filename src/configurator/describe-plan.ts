/** A plan in words, for the fixed part of a rollout's page in the Temporal Web UI. */
import { levelText } from '../domain/judge/figures.ts';
import { guardrailLabel } from '../domain/plan/guardrail-label.ts';
import type { Guardrail, Plan } from '../domain/plan/plan.ts';
import { stepLabel } from '../domain/rollout/labels.ts';
import type { RolloutInput } from '../workflows/messages.ts';

export function planSummary(plan: Plan): string {
  const splits = plan.steps.flatMap((step) => (step.kind === 'setSplit' ? [`${step.percent} %`] : []));
  return `${plan.action.name} ${plan.action.version}: ${splits.join(' → ')}`;
}

export function planDetails(input: RolloutInput): string {
  const { plan, startedBy, reason } = input;
  return [
    `Rollout of **${plan.action.name} ${plan.action.version}**, started by ${startedBy}${reason === undefined ? '' : `: ${reason}`}`,
    '', '**Steps**', '',
    ...plan.steps.map((step, index) => `${index + 1}. ${stepLabel(step)}`),
    '', '**Guardrails**', '',
    ...plan.guardrails.map((guardrail) => `- ${guardrailText(guardrail)}`),
    ...(plan.slices === undefined ? [] : [`- no ${plan.slices.by.join(', ')} worse by ${plan.slices.times} margins: alpha ${plan.slices.alpha}`]),
  ].join('\n');
}

function guardrailText(guardrail: Guardrail): string {
  const { worseWhen, alpha, mode } = guardrail;
  return `${guardrailLabel(guardrail)}: worse when ${worseWhen}, margin ${marginText(guardrail)}, alpha ${alpha}${mode === 'observe' ? ' (observed only)' : ''}`;
}

function marginText({ margin, metric, unit }: Guardrail): string {
  if (metric === 'level' && margin.kind === 'absolute') return levelText(margin.value, unit);
  if (metric === 'deliveryLatency' && margin.kind === 'absolute') return `${margin.value} ms`;
  const percent = Number((margin.value * 100).toFixed(2));
  return margin.kind === 'relative' ? `${percent} %` : `${percent} pp`;
}
