/** A plan in words, for the fixed part of a rollout's page in the Temporal Web UI. */
import { aboutLines } from '../domain/plan/about.ts';
import { modeText } from '../domain/plan/mode-text.ts';
import { toleranceText } from '../domain/judge/report/difference.ts';
import { marginText } from '../domain/metrics/format.ts';
import { guardrailLabel } from '../domain/plan/guardrail-label.ts';
import type { Guardrail, Plan } from '../domain/plan/plan.ts';
import { splitAfter, splitOfAfter, stepLabel } from '../domain/plan/steps/steps.ts';
import { markdownText } from '../domain/text/markdown.ts';
import { excerpt } from '../domain/text/printable.ts';
import type { RolloutInput } from '../workflows/messages.ts';

export function planSummary(plan: Plan): string {
  const splits = plan.steps.flatMap((step) => {
    const percent = splitAfter(step);
    return percent === null ? [] : [`${percent} %${splitOfAfter(step) === null ? '' : ' (pilot)'}`];
  });
  return `${shown(`${plan.action.name} ${plan.action.version}`)}: ${splits.join(' → ')}`;
}

export function planDetails(input: RolloutInput): string {
  const { plan, startedBy, reason } = input;
  const version = shown(`${plan.action.name} ${plan.action.version}`);
  return [
    `Rollout of **${version}**, started by ${shown(startedBy)}${reason === undefined ? '' : `: ${shown(reason)}`}`,
    '',
    ...aboutLines(plan).map((line) => `- ${shown(line)}`),
    '',
    '**Steps**',
    '',
    ...plan.steps.map((step, index) => `${index + 1}. ${shown(stepLabel(step))}`),
    '',
    '**Guardrails**',
    '',
    ...plan.guardrails.map((guardrail) => `- ${guardrailText(guardrail)}`),
    ...(plan.slices === undefined
      ? []
      : [`- no ${plan.slices.by.join(', ')} worse by ${plan.slices.times} margins: alpha ${plan.slices.alpha}`]),
    '',
    ...ON_CALL,
  ].join('\n');
}

const ON_CALL: readonly string[] = [
  '**On call**',
  '',
  '- To act from here: *Send an Update* (`pause`, `approve`, `abort`, …); each says what it does and what to type.',
  '- *Request Cancellation* is an abort: it rolls back safely, and proves it.',
  '- *Terminate* is not: agents go on seeing the version until the guardian brings the baseline back, a minute and a half at most.',
  '- What to do when it needs a person stands in `docs/runbook.md`.',
];

/** Written by people: no heading, link or table of theirs shall stand beside what the engine says. */
function shown(text: string): string {
  return markdownText(excerpt(text, 500));
}

function guardrailText(guardrail: Guardrail): string {
  const { worseWhen, alpha, mode } = guardrail;
  return (
    `${shown(guardrailLabel(guardrail))}: worse when ${worseWhen}, margin ${shown(marginText(guardrail))}, ` +
    `tolerance ${shown(toleranceText(guardrail))}, alpha ` +
    `${alpha}${goalText(guardrail)}${modeText(mode)}`
  );
}

function goalText({ goal, margin, ...measured }: Guardrail): string {
  return goal === undefined
    ? ''
    : `, goal ${shown(marginText({ ...measured, margin: { kind: margin.kind, value: goal } }))} better`;
}
