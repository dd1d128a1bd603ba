/** What a deployment on queues has to know of the organisation as it was when the rollout began. */
import { z } from 'zod';
import type { Deployment } from '../../domain/rollout/deployment.ts';
import { TargetError } from '../target-error.ts';

const queueSchema = z.object({
  /** Of the queue. */
  id: z.string(),
  baseline: z.string(),
  candidate: z.string(),
  mediaTypes: z.array(z.string()),
  /** Conversations from `volumeFrom` to `volumeTo`. */
  volume: z.number(),
});

const agentSchema = z.object({
  /** Of the user. */
  id: z.string(),
  /** Those of the plan's queues of which the agent is a member. */
  queues: z.array(z.string()),
  volume: z.number(),
});

const span = { volumeFrom: z.string(), volumeTo: z.string() };

const handleSchema = z.discriminatedUnion('unit', [
  z.object({ unit: z.literal('queue'), queues: z.array(queueSchema), ...span }),
  z.object({
    unit: z.literal('agent'),
    /** Queue to assistant. */
    assistants: z.record(z.string(), z.string()),
    agents: z.array(agentSchema),
    ...span,
  }),
]);

export type QueueOfPair = Readonly<z.infer<typeof queueSchema>>;
export type AgentOfQueues = Readonly<z.infer<typeof agentSchema>>;
type Handle = z.infer<typeof handleSchema>;
/** In the order in which they are moved. */
export type QueuesHandle = Extract<Handle, { readonly unit: 'queue' }>;
export type AgentsHandle = Extract<Handle, { readonly unit: 'agent' }>;

export function handleOf({ actionName, handle }: Deployment): Handle {
  const parsed = handleSchema.safeParse(handle);
  if (parsed.success) return parsed.data;
  throw new TargetError(
    'UnknownTarget',
    `The deployment of ${actionName} does not tell which queues it moves. Run a worker of the release that started ` +
      'the rollout.',
  );
}
