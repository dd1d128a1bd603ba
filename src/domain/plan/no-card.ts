/**
 * Plans in which one arm shows no card: the first version of an action (`control: none`), or its last one, retired.
 * What is told of cards exists in one arm only, so such a plan compares by what is measured outside.
 */
import type { Arm } from '../judge/types.ts';
import { guardrailLabel } from './guardrail-label.ts';
import type { Guardrail, Plan } from './plan.ts';
import type { Problem } from './problem.ts';
import { problemAt } from './problem.ts';

/** The arm in which no card is shown; null: both are versions. */
export function noCardIn({ control, retire }: Pick<Plan, 'control' | 'retire'>): Arm | null {
  return control === 'none' ? 'baseline' : retire === true ? 'candidate' : null;
}

/** What is looked at, as far as it could be read. */
interface Given {
  readonly control: unknown;
  readonly retire: unknown;
  readonly hasSlices: boolean;
  readonly hasLongWatch: boolean;
  /** Places of harm budgets. */
  readonly maxCardsAt: readonly string[];
  readonly guardrails: readonly { readonly index: number; readonly value: Guardrail }[];
}

/** All that such a plan cannot have; nothing for any other. */
export function noCardProblems({ control, retire, hasSlices, hasLongWatch, maxCardsAt, guardrails }: Given): Problem[] {
  const first = control === 'none';
  const last = retire === true;
  if (!first && !last) return [];
  const word = first ? 'control: none' : 'retire: true';
  const problem = (path: string, message: string, remedy: string): Problem =>
    problemAt(path, { code: 'plan-no-card', message: `With ${word} ${message}`, remedy });
  const ofCards = guardrails.filter(({ value }) => value.metric !== 'custom');
  const [at] = ofCards;
  return [
    ...(first && last ? [problem('retire', 'a version cannot be retired.', 'Write one of the two.')] : []),
    ...(at === undefined
      ? []
      : [
          problem(
            `guardrails.${at.index}.metric`,
            'one arm shows no card, so there is nothing to compare by ' +
              `${ofCards.map(({ value }) => guardrailLabel(value)).join(', ')}.`,
            'Guard what is measured of conversations in both arms: handleTime or transfers, which the engine reads minutes ' +
              'after their end (with policies: { settle: 20m } and bakes of hours), or a number that you send, such as ' +
              'satisfaction. A whole plan: examples/returns-assist-1.0.0.yaml. In `dev` values come within seconds by ' +
              '`--models`.',
          ),
        ]),
    ...(hasSlices
      ? [problem('slices', 'there are no slices: they look at rates and latency of cards.', 'Leave slices out.')]
      : []),
    ...(last && hasLongWatch
      ? [problem('policies.longWatch', 'no version is left to watch.', 'Leave longWatch out.')]
      : []),
    ...(last
      ? maxCardsAt.map((path) =>
          problem(path, 'nobody is shown a new card that could be counted.', 'Leave maxCards out.'),
        )
      : []),
  ];
}
