/** Plans that guard what the engine reads of conversations that are over, and leave no time for it. */
import { writeDuration } from '../shared/duration.ts';
import type { Guardrail, Plan } from './plan.ts';
import type { Problem } from './problem.ts';
import { problemAt } from './problem.ts';

/** The engine reads them itself; all other custom metrics are sent, whenever that is. */
export const READ_BY_ENGINE: readonly string[] = ['handleTime', 'transfers'];
/** After the end of a conversation, at the earliest: two reads a minute apart, the first a minute after it. */
const READ_AFTER_MS = 2 * 60_000;
/** Of most conversations, with the reads after it. */
const USUAL_SETTLE = '20m';

/** Only where there is no chance at all; how long conversations take, a plan does not know. */
export function handlingWarnings({
  steps,
  guardrails,
  policies,
}: Pick<Plan, 'steps' | 'guardrails'> & { readonly policies: Pick<Plan['policies'], 'settleMs'> }): Problem[] {
  const read = guardrails.flatMap((guardrail) => (isRead(guardrail) ? [guardrail.name] : []));
  if (read.length === 0) return [];
  const names = read.join(' and ');
  const bakedMs = steps.reduce((sum, step) => sum + (step.kind === 'bake' ? step.atMostMs : 0), 0);
  return [
    ...(policies.settleMs < READ_AFTER_MS
      ? [
          warning(
            'policies.settle',
            `Cards count without ${names}: settle is ${writeDuration(policies.settleMs)}, and the engine has a figure ` +
              'two minutes after the end of a conversation at the earliest.',
            `Write settle: ${USUAL_SETTLE}, the longest usual conversation and a few minutes, unless you send it sooner yourself.`,
          ),
        ]
      : []),
    ...(bakedMs < READ_AFTER_MS
      ? [
          warning(
            `steps.${steps.findLastIndex(({ kind }) => kind === 'bake')}.bake`,
            `All bakes together last ${writeDuration(bakedMs)} at most, and the engine has ${names} of a conversation two ` +
              'minutes after its end at the earliest.',
            `Bake for longer than settle (${USUAL_SETTLE} for most conversations), such as bake: { for: 2h, atMost: 1d }.`,
          ),
        ]
      : []),
  ];
}

function isRead(guardrail: Guardrail): guardrail is Guardrail & { readonly name: string } {
  return guardrail.metric === 'custom' && READ_BY_ENGINE.includes(guardrail.name ?? '');
}

function warning(path: string, message: string, remedy: string): Problem {
  return problemAt(path, { code: 'plan-settle', message, remedy }, { severity: 'warning' });
}
