/**
 * The harm budget: so many candidate cards may be shown before there is a verdict. It is counted by when cards became
 * known to us, so it holds up to what is still on its way to us, and to what is shown until the organisation shows the
 * lowered split.
 */
import type { JudgeReport } from '../judge/types.ts';
import type { MaxCards } from '../plan/max-cards.ts';
import type { Plan } from '../plan/plan.ts';
import type { RolloutState } from './state.ts';

export interface CardBudget extends MaxCards {
  readonly of: 'step' | 'rollout';
  /** Cards that became known from here on count, ms since the epoch. */
  readonly sinceMs: number;
}

export interface ShownBudget extends CardBudget {
  /** Candidate cards, settled or not. */
  readonly shown: number;
}

type Spending = Pick<RolloutState, 'step' | 'stepSinceMs' | 'opened' | 'accepted' | 'decision'>;

/** Those in force: of the bake at hand, and of the whole rollout until its promotion is decided on. */
export function budgetsOf({ steps, policies }: Pick<Plan, 'steps' | 'policies'>, state: Spending): CardBudget[] {
  if (state.decision !== null) return [];
  const { stepCardsAtMs, rolloutCardsAtMs } = state.accepted;
  const step = steps[state.step];
  const ofStep = step?.kind === 'bake' ? step.maxCards : undefined;
  return [
    ...(ofStep === undefined
      ? []
      : [{ ...ofStep, of: 'step' as const, sinceMs: Math.max(state.stepSinceMs, stepCardsAtMs ?? 0) }]),
    ...(policies.maxCards === null
      ? []
      : [
          {
            ...policies.maxCards,
            of: 'rollout' as const,
            sinceMs: Math.max(state.opened?.startedAtMs ?? 0, rolloutCardsAtMs ?? 0),
          },
        ]),
  ];
}

/** The first that is spent; null: none, or there is a verdict. What rolls back comes before what asks a person. */
export function spentOf(budgets: readonly ShownBudget[], { verdict }: JudgeReport): ShownBudget | null {
  if (verdict === 'safe') return null;
  const spent = budgets.filter(({ shown, cards }) => shown >= cards);
  return spent.find((one) => one.do === 'rollback') ?? spent[0] ?? null;
}

/** `134 of 200 cards before a verdict`. */
export function budgetText({ shown, cards, of }: ShownBudget): string {
  return `${shown} of ${cards} cards before a verdict${of === 'rollout' ? ' in the whole rollout' : ''}`;
}

export function spentSentence(budget: ShownBudget, { verdict, reason }: JudgeReport): string {
  return `The harm budget is spent: ${budgetText(budget)}, and the judge says ${verdict}. ${reason}`;
}
