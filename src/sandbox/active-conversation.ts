/** A conversation as `GET /conversations` and the topics of a queue tell it: who takes part, and by which leg. */
import type { Conversation } from './conversations.ts';
import { communicationIdOf } from './speech.ts';

/** `Conversation` of the public API, as far as it is of use here. */
export function activeConversation(conversation: Conversation, nowMs: number): object {
  const { id, startMs, endMs } = conversation;
  return {
    id,
    startTime: iso(startMs),
    ...(endMs <= nowMs && { endTime: iso(endMs) }),
    ...participantsOf(conversation, endMs <= nowMs),
    selfUri: `/api/v2/conversations/${id}`,
  };
}

/** The customer, the queue that routed them (purpose `acd`), and the agent. */
export function participantsOf(conversation: Conversation, ended: boolean): { readonly participants: object[] } {
  const { id, startMs, endMs, queueId, skillIds, agentId, mediaType } = conversation;
  const conversationRoutingData = { queue: { id: queueId }, skills: skillIds.map((skillId) => ({ id: skillId })) };
  const times = { startTime: iso(startMs), connectedTime: iso(startMs), ...(ended && { endTime: iso(endMs) }) };
  const leg = (legId: string): object => ({
    [mediaType === 'voice' ? 'calls' : 'messages']: [
      { id: legId, state: ended ? 'disconnected' : 'connected', direction: 'inbound', connectedTime: iso(startMs) },
    ],
  });
  return {
    participants: [
      { id: `${id}:customer`, purpose: 'customer', queueId, ...times, ...leg(communicationIdOf(conversation)) },
      { id: `${id}:acd`, purpose: 'acd', queueId, conversationRoutingData, ...times, ...leg(`${id}:acd`) },
      {
        id: `${id}:agent`,
        purpose: 'agent',
        userId: agentId,
        queueId,
        conversationRoutingData,
        ...times,
        ...leg(`${id}:agent`),
      },
    ],
  };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
