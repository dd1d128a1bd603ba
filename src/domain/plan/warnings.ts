import type { Guardrail, Plan, UiDirectives } from './plan.ts';
import type { Problem } from './problem.ts';
import { problemAt } from './problem.ts';
import { writtenMargin } from '../metrics/format.ts';
import type { TargetOf } from './target-schema.ts';
import { handlingWarnings } from './handling-warnings.ts';
import { toleranceOf } from './tolerance.ts';

/** What may be meant as it stands, but hardly ever is. Paths are those of a plan that people write. */
export function planWarnings({
  target,
  action,
  steps,
  guardrails,
  policies,
}: Pick<Plan, 'target' | 'steps' | 'guardrails' | 'policies'> & { readonly action: object }): Problem[] {
  return [
    ...(target.kind === 'assistPanel' ? positionOfPanel(action) : []),
    ...(target.kind === 'copilotQueues' ? fewQueues(target) : []),
    ...steps.flatMap((step, index) =>
      step.kind === 'setSplit' && isShare(step.percent)
        ? [looksLikeShare('plan-split', `steps.${index}.setSplit`, 'setSplit', step.percent)]
        : [],
    ),
    ...(isShare(policies.holdbackPercent)
      ? [looksLikeShare('plan-holdback', 'policies.holdback', 'holdback', policies.holdbackPercent)]
      : []),
    ...(policies.holdbackPercent === 0 && policies.afterPromotionMs > 0 ? [NOBODY_HELD_BACK] : []),
    ...guardrails.flatMap((guardrail, index) => (isNarrow(guardrail) ? [narrow(guardrail, index)] : [])),
    ...handlingWarnings({ steps, guardrails, policies }),
    ...(policies.longWatch === null
      ? guardrails.flatMap(({ limit }, index) => (limit === undefined ? [] : [unwatched(index)]))
      : []),
  ];
}

/** On each side: the judge holds back with fewer clusters, whose own differences may be as large as any effect. */
const MIN_QUEUES = 5;

function fewQueues({ unit = 'queue', pairs }: TargetOf<'copilotQueues'>): Problem[] {
  if (unit !== 'queue' || pairs.length >= 2 * MIN_QUEUES) return [];
  const message =
    `Verdicts count queues where whole queues are divided, and ${pairs.length} of them cannot be told apart from their ` +
    `versions: it takes ${MIN_QUEUES} on either side, so ${2 * MIN_QUEUES} pairs, before anything is proven.`;
  const remedy = 'Name more queues, or divide agents with unit: agent; else a person has to decide in the end.';
  return [problemAt('target.pairs', { code: 'plan-target', message, remedy }, { severity: 'warning' })];
}

/** Left and right belong to whoever arranges the desktop. */
function positionOfPanel(action: object): Problem[] {
  const position = 'ui' in action ? (action.ui as Partial<UiDirectives>).position : undefined;
  return position !== 'left'
    ? []
    : [
        problemAt(
          'action.ui.position',
          {
            code: 'plan-target',
            message: 'On which side the panel stands is arranged in the desktop: left has no effect on assistPanel.',
            remedy: 'Write top or bottom for the place within the panel, or leave position out.',
          },
          { severity: 'warning' },
        ),
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

/** Of the margin. Harm as large as the margin is told by how far it is from the tolerance. */
const WIDE_TOLERANCE = 0.8;

function isNarrow(guardrail: Guardrail): boolean {
  return toleranceOf(guardrail) > WIDE_TOLERANCE * guardrail.margin.value;
}

function narrow({ metric, margin, tolerance = 0 }: Guardrail, index: number): Problem {
  const written = (value: number): string => writtenMargin(metric, { ...margin, value: Number(value.toPrecision(6)) });
  return problemAt(
    `guardrails.${index}.tolerance`,
    {
      code: 'plan-tolerance',
      message:
        `A tolerance of ${written(tolerance)} is close to the margin of ${written(margin.value)}: what is as bad as ` +
        'the margin can hardly be told from what is tolerated, and stays undecided.',
      remedy: `Write at most ${written(WIDE_TOLERANCE * margin.value)}, or leave it out: half of the margin.`,
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
