/** Rules of how a plan is judged that span steps, guardrails and policies: its harm budget, goals, and what agents learn. */
import type { Guardrail } from './plan.ts';
import type { Problem } from './problem.ts';
import { problemAt } from './problem.ts';
import type { Step, WrittenStep } from './steps/steps.ts';

/** What is looked at, as far as it could be read. */
interface Given {
  readonly maxCards: unknown;
  readonly learning: unknown;
  readonly steps: readonly { readonly index: number; readonly value: Step | WrittenStep }[];
  /** null: not all of them can be read. */
  readonly guardrails: readonly { readonly value: Guardrail }[] | null;
}

export function judgingProblems(given: Given): Problem[] {
  return [...maxCardsProblems(given), ...learningProblems(given), ...goalProblems(given)];
}

/** It is about what agents do with a card, which only these tell. */
function learningProblems({ learning, guardrails }: Given): Problem[] {
  if (learning == null || guardrails === null) return [];
  if (guardrails.some(({ value: { metric } }) => metric === 'acceptanceRate' || metric === 'dismissalRate')) return [];
  return [
    problemAt('policies.learning', {
      code: 'plan-learning',
      message: 'No guardrail is about acceptance or dismissal, and nothing else is judged without what agents learn.',
      remedy: 'Leave learning out, or guard one of the two.',
    }),
  ];
}

/** A bake that requires what the plan does not set. */
function goalProblems({ steps, guardrails }: Given): Problem[] {
  if (guardrails === null || guardrails.some(({ value }) => value.goal !== undefined)) return [];
  return steps
    .filter(({ value }) => value.kind === 'bake' && value.require === 'goal')
    .map(({ index }) =>
      problemAt(`steps.${index}.bake.require`, {
        code: 'plan-goal',
        message: 'This bake requires a goal, and no guardrail has one.',
        remedy: 'Write require: safe, or give a guardrail a goal, such as goal: 2%.',
      }),
    );
}

/** A budget of the whole rollout that one of its bakes alone must spend. */
function maxCardsProblems({ maxCards, steps }: Given): Problem[] {
  const most = cardsIn(maxCards);
  if (most === null) return [];
  const least = steps.reduce((sum, { value }) => sum + (value.kind === 'bake' ? value.minCards : 0), 0);
  return most > least
    ? []
    : [
        problemAt('policies.maxCards', {
          code: 'plan-max-cards',
          message:
            `With maxCards ${most} this plan can hardly end: its bakes wait for ${least} settled candidate cards in all ` +
            '(minCards).',
          remedy: `Write more than ${least}, or lower minCards.`,
        }),
      ];
}

/** As people write it, or as the engine is handed it; null: none, or it cannot be read. */
function cardsIn(maxCards: unknown): number | null {
  const cards = typeof maxCards === 'object' && maxCards !== null && 'cards' in maxCards ? maxCards.cards : maxCards;
  return typeof cards === 'number' ? cards : null;
}
