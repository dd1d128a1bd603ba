/** Is a harm budget enough for a verdict? What harmless versions needed where nothing bounded them. */
import type { MaxCards } from '../plan/max-cards.ts';
import type { Plan } from '../plan/plan.ts';
import type { Rehearsal } from '../rollout/rehearse.ts';
import { quantileOf } from '../shared/share.ts';

export interface BudgetForecast {
  /** Index of the step; null: of the whole rollout. */
  readonly step: number | null;
  readonly cards: number;
  /** So many do in four rollouts of five; null: no number does within the plan's times. */
  readonly enough: number | null;
}

/** The plan without them. */
export function unbounded(plan: Plan): Plan {
  return {
    ...plan,
    steps: plan.steps.map((step) => (step.kind === 'bake' ? { ...step, maxCards: undefined } : step)),
    policies: { ...plan.policies, maxCards: null },
  };
}

export function hasBudget({ steps, policies }: Plan): boolean {
  return policies.maxCards !== null || steps.some((step) => step.kind === 'bake' && step.maxCards !== undefined);
}

/** `harmless`: runs of the unbounded plan. */
export function budgetForecasts({ steps, policies }: Plan, harmless: readonly Rehearsal[]): BudgetForecast[] {
  const of = ({ cards }: MaxCards, step: number | null, needed: (run: Rehearsal) => number | null): BudgetForecast => ({
    step,
    cards,
    enough: enoughOf(harmless.map(needed)),
  });
  return [
    ...steps.flatMap((step, index) =>
      step.kind === 'bake' && step.maxCards !== undefined
        ? [of(step.maxCards, index, (run) => run.cardsOfStep[index] ?? null)]
        : [],
    ),
    ...(policies.maxCards === null
      ? []
      : [of(policies.maxCards, null, (run) => (run.end === 'promoted' ? run.shown : null))]),
  ];
}

const FOUR_OF_FIVE = 0.8;

/** More than what was needed, since a budget is spent by its last card. */
function enoughOf(needed: readonly (number | null)[]): number | null {
  const most = quantileOf(
    needed.map((cards) => cards ?? Infinity),
    FOUR_OF_FIVE,
  );
  return most === null || !Number.isFinite(most) ? null : Math.ceil(most) + 1;
}

/** Empty where each is enough. */
export function budgetsSentence(budgets: readonly BudgetForecast[]): string {
  return budgets
    .filter(({ cards, enough }) => enough === null || enough > cards)
    .map(({ step, cards, enough }) => {
      const what = `maxCards ${cards} ${step === null ? 'of the whole rollout' : `of step ${step + 1}`}`;
      return enough === null
        ? ` ${what} is spent before a verdict, and no larger one would do within this plan.`
        : ` ${what} is spent before a verdict more often than once in five; ${enough} would do.`;
    })
    .join('');
}
