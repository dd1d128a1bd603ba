import type { PlanTarget } from './target-schema.ts';

/** Ids of the queues that a plan reaches; empty: any queue, or nobody can tell. */
export function queuesOf({
  target,
  action,
}: {
  readonly target: PlanTarget;
  readonly action: object;
}): readonly string[] {
  if (target.kind === 'copilotQueues') return target.pairs.map(({ queue }) => queue);
  const listed = target.kind === 'assistPanel' ? target.queues : undefined;
  return listed ?? triggerQueues(action);
}

function triggerQueues(action: object): string[] {
  const trigger = 'trigger' in action ? (action.trigger as { readonly conditions?: unknown }) : {};
  const conditions = Array.isArray(trigger.conditions)
    ? (trigger.conditions as { type?: unknown; id?: unknown }[])
    : [];
  return conditions.flatMap(({ type, id }) => (type === 'queue' && typeof id === 'string' ? [id] : []));
}
