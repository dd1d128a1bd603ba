/** How many candidate cards were shown since a harm budget began: each counts as soon as it is known of. */
import type { ShownBudget } from '../domain/rollout/card-budget.ts';
import type { Database } from '../store/database.ts';
import { countShown } from '../store/exposures.ts';
import type { WatchInput } from './types.ts';

export interface ShownCards {
  /** Of the budget, ms since the epoch. */
  readonly sinceMs: number;
  /** Every card up to this one is counted. */
  readonly seq: number;
  readonly cards: number;
}

/** Goes on where the count stood; of a budget that is new it begins with the rollout's first card. */
export async function countOn(
  db: Database,
  { budgets = [], deployment, startSeq }: WatchInput,
  before: readonly ShownCards[],
): Promise<readonly ShownCards[]> {
  const actionId = deployment.candidate?.id;
  if (actionId === undefined) return [];
  return Promise.all(
    budgets.map(async ({ sinceMs }) => {
      const known = before.find((one) => one.sinceMs === sinceMs) ?? { sinceMs, seq: startSeq, cards: 0 };
      const { cards, seq } = await countShown(db, { actionId, afterSeq: known.seq, since: new Date(sinceMs) });
      return { sinceMs, seq, cards: known.cards + cards };
    }),
  );
}

export function shownBudgets({ budgets = [] }: WatchInput, shown: readonly ShownCards[]): readonly ShownBudget[] {
  return budgets.map((budget) => ({
    ...budget,
    shown: shown.find(({ sinceMs }) => sinceMs === budget.sinceMs)?.cards ?? 0,
  }));
}
