/** Which queues a rollout is confined to. Pure. */
import type { ActionWith } from '../plan/action-schema.ts';
import type { Plan } from '../plan/plan.ts';

/** Their ids; empty: it may reach any conversation of the organisation. */
export function queuesOf(plan: Pick<Plan, 'target'> & { readonly action: ActionWith<unknown> }): readonly string[] {
  const { target, action } = plan;
  if (target.kind === 'copilotQueues') return distinct(target.pairs.map(({ queue }) => queue));
  if (target.kind === 'assistPanel' && target.queues !== undefined) return distinct(target.queues);
  if (!('trigger' in action)) return [];
  return distinct(action.trigger.conditions.filter(({ type }) => type === 'queue').map(({ id }) => id));
}

/** Of all of them together; null: one of which nobody knows what it reaches. */
export function queuesOfAll(plans: readonly (Plan | null)[]): readonly string[] {
  const each = plans.map((plan) => (plan === null ? [] : queuesOf(plan)));
  return each.some((queues) => queues.length === 0) ? [] : distinct(each.flat());
}

function distinct(ids: readonly string[]): readonly string[] {
  return [...new Set(ids.map((id) => id.toLowerCase()))];
}
