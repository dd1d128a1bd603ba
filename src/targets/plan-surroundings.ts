/** What of an organisation a plan has to fit, read before anything is written. */
import type { ActionVersion, Trigger, TriggerCondition } from '../domain/plan/plan.ts';
import type { ConditionIds } from '../domain/trigger/condition-ids.ts';
import { contentOf } from './agent-assist-actions/document.ts';
import type { Actions } from '../genesys/actions.ts';
import { listVersions } from './agent-assist-actions/deploy-candidate.ts';
import { findArms } from './agent-assist-actions/find-arms.ts';
import type { Routing } from '../genesys/routing.ts';
import { TargetError } from './target-error.ts';

export interface PlanSurroundings {
  /** Which queues and skills of the trigger there are. */
  conditionIds(trigger: Trigger): Promise<ConditionIds>;
  /** Of the version that serves now. Null when none can be told, which the deployment refuses with its reason. */
  baselineTrigger(action: ActionVersion): Promise<Trigger | null>;
}

export function createPlanSurroundings({
  actions,
  routing,
}: {
  readonly actions: Actions;
  readonly routing: Routing;
}): PlanSurroundings {
  return {
    conditionIds: (trigger) => conditionIds(routing, trigger),
    baselineTrigger: (action) => baselineTrigger(actions, action),
  };
}

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

async function baselineTrigger(actions: Actions, action: ActionVersion): Promise<Trigger | null> {
  try {
    const { baseline } = findArms(await listVersions(actions, action), action);
    return contentOf(baseline)?.trigger ?? null;
  } catch (error) {
    if (error instanceof TargetError) return null;
    throw error;
  }
}
