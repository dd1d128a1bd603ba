import { AssistError } from '../../configurator/errors.ts';
import { isCard } from '../../domain/plan/plan.ts';
import type { CardVersion, Plan } from '../../domain/plan/plan.ts';

/** The card of a plan, for verbs that look at cards alone. */
export function cardOf({ action, target }: Pick<Plan, 'action' | 'target'>): CardVersion {
  if (isCard(action)) return action;
  throw new AssistError(
    'usage',
    `${action.name} ${action.version} is no card: on target ${target.kind} a version has no html and no trigger.`,
    'Give a plan whose target shows cards: agentAssistActions or assistPanel.',
  );
}
