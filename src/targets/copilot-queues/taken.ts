/** What other rollouts have: a queue has one assistant, so two that divide it would undo each other's writes. */
import type { TargetOf } from '../../domain/plan/target-schema.ts';
import { assistantQueuesOf } from '../../domain/split/assistant-queues.ts';
import type { CopilotRow } from '../../store/copilot.ts';
import { refuseOtherTarget } from '../other-target.ts';
import { TargetError } from '../target-error.ts';

interface Asked {
  readonly actionName: string;
  readonly target: TargetOf<'copilotQueues'>;
}

/** What stands in its way, whatever the organisation says. */
export function refuseTaken(rows: readonly CopilotRow[], { actionName, target }: Asked): void {
  refuseOtherTarget(rows, { actionName, target: target.kind });
  refuseDivided(rows, { actionName, target });
}

/** A rollout that has ended left its queues to whoever comes next; one that goes on has them at any split, 0 too. */
function refuseDivided(rows: readonly CopilotRow[], { actionName, target }: Asked): void {
  const asked = new Set(target.pairs.map(({ queue }) => queue));
  for (const { action, rolloutId, deployment, retired } of rows) {
    if (action === actionName || retired !== null) continue;
    const queues = queuesOf(deployment).filter((queue) => asked.has(queue));
    if (queues.length > 0)
      throw new TargetError(
        'QueueDivided',
        `Rollout ${rolloutId} of ${action} divides queue ${queues.join(', ')} and has not ended. Wait for its end, ` +
          `abort it, or leave the queue out of target.pairs of ${actionName}.`,
      );
  }
}

function queuesOf(deployment: CopilotRow['deployment']): readonly string[] {
  const handle = assistantQueuesOf(deployment);
  if (handle === null) return [];
  return handle.unit === 'agent' ? Object.keys(handle.assistants) : handle.queues.map(({ id }) => id);
}
