/** What the organisation says of a trigger's queues and skills. */
import type { Trigger, TriggerCondition } from '../domain/plan/plan.ts';
import type { ConditionIds } from '../domain/trigger/condition-ids.ts';
import type { Routing } from '../genesys/routing.ts';

/** Which of them there are; those that our client may not look up are said to be hidden. Reads only. */
export async function conditionIds(routing: Routing, { conditions }: Trigger): Promise<ConditionIds> {
  const answers = await Promise.all(
    (['queue', 'skill'] as const).map(async (type) => {
      const named = conditions.filter((condition) => condition.type === type);
      const { unknown, hidden, missing } = await routing.lookUp(
        type,
        named.map(({ id }) => id),
      );
      const asConditions = (ids: readonly string[]): TriggerCondition[] => ids.map((id) => ({ type, id }));
      return { unknown: asConditions(unknown), hidden: asConditions(hidden), missing };
    }),
  );
  return {
    unknown: answers.flatMap(({ unknown }) => unknown),
    hidden: answers.flatMap(({ hidden }) => hidden),
    missing: [...new Set(answers.flatMap(({ missing }) => missing))],
  };
}
