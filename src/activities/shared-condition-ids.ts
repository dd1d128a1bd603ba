/** Many rollouts that start together name the same queues and skills: they are looked up once for all of them. */
import type { Trigger } from '../domain/plan/plan.ts';
import type { ConditionIds } from '../domain/trigger/condition-ids.ts';
import type { Surroundings } from '../targets/target.ts';
import type { Turns } from './turns.ts';
import { createTurns } from './turns.ts';

const LOOKED_UP_EVERY_MS = 1000;

type Asked = Pick<Surroundings, 'conditionIds'>;

/** Those of one organisation are not those of another. */
const lookUps = new WeakMap<Asked, Turns<ConditionIds>>();

export function sharedConditionIds(asked: Asked, trigger: Trigger): Promise<ConditionIds> {
  const turns = lookUps.get(asked) ?? createTurns<ConditionIds>(LOOKED_UP_EVERY_MS);
  lookUps.set(asked, turns);
  return turns(JSON.stringify(trigger.conditions), () => asked.conditionIds(trigger));
}
