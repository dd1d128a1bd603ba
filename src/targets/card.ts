import { isCard } from '../domain/plan/plan.ts';
import type { ActionVersion, CardVersion } from '../domain/plan/plan.ts';
import { TargetError } from './target-error.ts';

/** The card of a version, on a target that shows cards: a plan without one was refused before. */
export function cardOf(action: ActionVersion): CardVersion {
  if (isCard(action)) return action;
  throw new TargetError(
    'NoCard',
    `${action.name} v${action.version} holds no card, and this target shows cards. Give html and trigger in the plan.`,
  );
}
