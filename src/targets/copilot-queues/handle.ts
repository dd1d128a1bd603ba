import type { Deployment } from '../../domain/rollout/deployment.ts';
import { assistantQueuesOf } from '../../domain/split/assistant-queues.ts';
import type { AssistantQueues } from '../../domain/split/assistant-queues.ts';
import { TargetError } from '../target-error.ts';

export function handleOf(deployment: Deployment): AssistantQueues {
  const handle = assistantQueuesOf(deployment);
  if (handle !== null) return handle;
  throw new TargetError(
    'UnknownTarget',
    `The deployment of ${deployment.actionName} does not tell which queues it moves. Run a worker of the release that ` +
      'started the rollout.',
  );
}
