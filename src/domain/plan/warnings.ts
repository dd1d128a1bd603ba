import type { Plan } from './plan.ts';
import type { Problem } from './problem.ts';
import { problemAt } from './problem.ts';

/** What may be meant as it stands, but hardly ever is. Paths are those of a plan that people write. */
export function planWarnings({
  steps,
  guardrails,
  policies,
}: Pick<Plan, 'steps' | 'guardrails' | 'policies'>): Problem[] {
  return [
    ...steps.flatMap((step, index) =>
      step.kind === 'setSplit' && isShare(step.percent)
        ? [looksLikeShare('plan-split', `steps.${index}.setSplit`, 'setSplit', step.percent)]
        : [],
    ),
    ...(isShare(policies.holdbackPercent)
      ? [looksLikeShare('plan-holdback', 'policies.holdback', 'holdback', policies.holdbackPercent)]
      : []),
    ...(policies.holdbackPercent === 0 && policies.afterPromotionMs > 0 ? [NOBODY_HELD_BACK] : []),
    ...(policies.longWatch === null
      ? guardrails.flatMap(({ limit }, index) => (limit === undefined ? [] : [unwatched(index)]))
      : []),
  ];
}

const NOBODY_HELD_BACK = problemAt(
  'policies.holdback',
  {
    code: 'plan-holdback',
    message:
      'Nobody is held back after promotion, so that the last stage has no baseline to compare with and judges nothing.',
    remedy: 'Write for example holdback: 5, or afterPromotion: 0s.',
  },
  { severity: 'warning' },
);

function unwatched(index: number): Problem {
  return problemAt(
    `guardrails.${index}.limit`,
    {
      code: 'plan-limit',
      message: 'Only longWatch asks for a limit, and this plan has none.',
      remedy: 'Add policies.longWatch, such as { for: 3d, alpha: 0.01 }.',
    },
    { severity: 'warning' },
  );
}

function isShare(percent: number): boolean {
  return percent > 0 && percent < 1;
}

function looksLikeShare(code: 'plan-split' | 'plan-holdback', path: string, field: string, percent: number): Problem {
  const meant = Number((percent * 100).toPrecision(6));
  return problemAt(
    path,
    {
      code,
      message: `${percent} is less than one percent: some ${Math.round(percent * 100)} of 10,000 conversations.`,
      remedy: `Write ${field}: ${meant} if ${meant} % is meant.`,
    },
    { severity: 'warning' },
  );
}
