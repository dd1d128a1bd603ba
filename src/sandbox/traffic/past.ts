/** Conversations of before the organisation was started, so that analytics have something to say at once. */
import type { Conversation } from '../conversations.ts';
import { createDraws } from './draws.ts';
import { writeScript } from './script.ts';
import type { ScriptSettings } from './script.ts';

const HOUR_MS = 3_600_000;
/** Counted down from here, so that no later traffic has the same ids. */
const PAST_INCARNATION = 0x7ffffffe;

/** Evenly over the hours, the oldest first; `agentAt` as traffic has them. */
export function pastConversations(
  { hours, conversations: count }: { readonly hours: number; readonly conversations: number },
  settings: ScriptSettings,
  agentAt: (index: number) => string,
  nowMs: number,
): readonly Conversation[] {
  const incarnation = PAST_INCARNATION - settings.incarnation;
  return Array.from({ length: count }, (_, number) => {
    const script = writeScript(number, { ...settings, incarnation });
    const { conversationId: id, queueId, skillIds, agentIndex, mediaType, language, utterances, durationMs } = script;
    const early = createDraws(settings.seed, incarnation, number, 1).uniform();
    const endMs = Math.floor(nowMs - ((count - number - early) * hours * HOUR_MS) / count);
    const agentId = agentAt(agentIndex);
    return { id, startMs: endMs - durationMs, endMs, queueId, skillIds, agentId, mediaType, language, utterances };
  });
}
