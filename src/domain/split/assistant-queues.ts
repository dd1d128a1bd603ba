/** What a deployment on queues of assistants knows of the organisation as it was when the rollout began. */
import { z } from 'zod';
import type { Deployment, VersionRef } from '../rollout/deployment.ts';
import { achievedShare } from '../rollout/shares.ts';
import { movedAt } from './movable.ts';

const queueSchema = z.object({
  /** Of the queue. */
  id: z.string(),
  /** Assistants. */
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
export type AssistantQueues = z.infer<typeof handleSchema>;
/** In the order in which they are moved. */
export type DividedQueues = Extract<AssistantQueues, { readonly unit: 'queue' }>;
export type DividedAgents = Extract<AssistantQueues, { readonly unit: 'agent' }>;

/** Null: it is a deployment of another kind, or of another release. */
export function assistantQueuesOf({ handle }: Pick<Deployment, 'handle'>): AssistantQueues | null {
  const parsed = handleSchema.safeParse(handle);
  return parsed.success ? parsed.data : null;
}

type Arms = Pick<Deployment, 'baseline' | 'candidate'>;

/** The version of which a suggestion is, by the assistant that made it; null: neither. */
export function versionOfSuggestion(
  { baseline, candidate }: Arms,
  { queues }: DividedQueues,
  { queueId, assistantId }: { readonly queueId: string; readonly assistantId: string },
): VersionRef | null {
  const queue = queues.find(({ id }) => id === queueId);
  if (queue === undefined) return null;
  return assistantId === queue.candidate ? candidate : assistantId === queue.baseline ? baseline : null;
}

/** Those agents who are meant to have the assistant at the split that was asked. */
export function assistedAgents(
  { shares }: Pick<Deployment, 'shares'>,
  { agents }: DividedAgents,
  askedPercent: number,
): ReadonlySet<string> {
  return new Set(movedAt(agents, achievedShare({ shares }, askedPercent)).map(({ id }) => id));
}
