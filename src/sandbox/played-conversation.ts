/** A conversation by hand: who, where, what is said and when, as it would come out of the traffic. */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Conversation } from './conversations.ts';
import { SEEDED } from './seeded-organisation.ts';

const MAX_MS = 24 * 3_600_000;
const instant = z.int().min(0).max(MAX_MS);
const { queues, skills } = SEEDED;

/** Id of a user, or number of an agent of the traffic. */
const agent = z.union([z.string().min(1), z.int().min(0)]);
export const transferSchema = z.strictObject({ agent });

const said = {
  text: z.string().min(1).max(2_000),
  confidence: z.number().min(0).max(1).default(1),
  isFinal: z.boolean().default(true),
};
export const saidSchema = z.strictObject(said);

export const playedSchema = z.strictObject({
  id: z.uuid().optional(),
  agent: agent.default(0),
  queueId: z.uuid().default(queues.billing.id),
  skillIds: z.array(z.uuid()).default([skills.refunds.id]),
  mediaType: z.enum(['voice', 'message']).default('voice'),
  language: z.string().min(2).default('en-US'),
  lastsMs: instant.default(60_000),
  utterances: z
    .array(z.strictObject({ afterMs: instant, ...said }))
    .max(1_000)
    .default([]),
});

export function playedConversation(
  { id = randomUUID(), lastsMs, queueId, skillIds, mediaType, language, utterances }: z.output<typeof playedSchema>,
  agentId: string,
  startMs: number,
): Conversation {
  const endMs = startMs + lastsMs;
  return { id, startMs, endMs, queueId, skillIds, agentId, mediaType, language, utterances };
}
