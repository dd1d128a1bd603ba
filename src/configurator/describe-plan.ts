/** A plan in words, for the fixed part of a rollout's page in the Temporal Web UI. */
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
  ].join('\n');
}

function guardrailText({ metric, statistic, worseWhen, margin, alpha, mode }: Guardrail): string {
  const name = statistic === undefined ? metric : `${metric} ${statistic}`;
  return `${name}: worse when ${worseWhen}, margin ${marginText(margin, metric)}, alpha ${alpha}${mode === 'observe' ? ' (observed only)' : ''}`;
}

function marginText(margin: Guardrail['margin'], metric: Guardrail['metric']): string {
  if (metric === 'deliveryLatency' && margin.kind === 'absolute') return `${margin.value} ms`;
  const percent = Number((margin.value * 100).toFixed(2));
  return margin.kind === 'relative' ? `${percent} %` : `${percent} pp`;
}
