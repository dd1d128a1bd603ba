/** What an organisation says of the queues and skills that a trigger names, as problems of its plan. */
import type { Trigger, TriggerCondition } from '../plan/plan.ts';
import type { Fault, Problem } from '../plan/problem.ts';
import { problemAt } from '../plan/problem.ts';

export interface ConditionIds {
  /** There is no such queue or skill. */
  readonly unknown: readonly TriggerCondition[];
  /** The organisation does not let us see whether there is one. */
  readonly hidden: readonly TriggerCondition[];
  /** Permissions or scopes that our client lacks for the hidden ones. */
  readonly missing: readonly string[];
}

export function conditionProblems(trigger: Trigger, ids: ConditionIds): Problem[] {
  return [...unknownConditions(trigger, ids).map(({ problem }) => problem), ...uncheckedProblems(ids)];
}

/**
 * An error also where others of its kind are left: the organisation refuses the whole action when its candidate is
 * deployed.
 */
export function unknownConditions(
  { conditions }: Trigger,
  { unknown }: ConditionIds,
): { readonly condition: TriggerCondition; readonly problem: Problem }[] {
  return conditions.flatMap((condition, index) => {
    if (!isAmong(unknown, condition)) return [];
    const hasOthers = conditions.some((other) => other.type === condition.type && !isAmong(unknown, other));
    return [
      { condition, problem: problemAt(`action.trigger.conditions.${index}.id`, unknownId(condition, hasOthers)) },
    ];
  });
}

function unknownId({ type, id }: TriggerCondition, hasOthers: boolean): Fault {
  const so = hasOthers
    ? 'it will refuse an action that names it'
    : `and the trigger names no ${type} that it has: the card would never be shown`;
  return {
    code: 'trigger-id-unknown',
    message: `The organisation has no ${type} ${id}; ${so}.`,
    remedy:
      `Write the id of a ${type} of this organisation (${listedBy(type)} lists them), or remove the ` +
      `condition. If it is there, give the OAuth client its role in the ${type}'s division, too.`,
  };
}

function listedBy(type: TriggerCondition['type']): string {
  return type === 'queue' ? '`assist-rollouts organisation queues`' : 'GET /api/v2/routing/skills';
}

/** One warning for all ids that the organisation does not let us see. */
export function uncheckedProblems({ hidden, missing }: ConditionIds): Problem[] {
  if (hidden.length === 0) return [];
  const ids = hidden.map(({ type, id }) => `${type} ${id}`).join(', ');
  const lacks = missing.length === 0 ? 'may not look them up' : `lacks ${missing.join(', ')}`;
  return [
    problemAt(
      'action.trigger.conditions',
      {
        code: 'trigger-id-unchecked',
        message: `It is not known whether the organisation has ${ids}: the OAuth client ${lacks}.`,
        remedy:
          'Give the OAuth client ' +
          `${missing.length === 0 ? 'the right to see queues and skills' : missing.join(', ')} in their ` +
          'divisions, or check the ids by hand.',
      },
      { severity: 'warning' },
    ),
  ];
}

function isAmong(some: readonly TriggerCondition[], { type, id }: TriggerCondition): boolean {
  return some.some((other) => other.type === type && other.id === id);
}
