/** A conversation as `GET /conversations` and the topics of a queue tell it: who takes part, and by which leg. */
import { isSaid } from './conversations.ts';
import type { Conversation } from './conversations.ts';
import { communicationIdOf, utteranceIdOf } from './speech.ts';

/** `Conversation` of the public API, as far as it is of use here. */
export function activeConversation(conversation: Conversation, nowMs: number): object {
  const { id, startMs, endMs } = conversation;
  return {
    id,
    startTime: iso(startMs),
    ...(endMs <= nowMs && { endTime: iso(endMs) }),
    participants: participantsOf(conversation, nowMs).map((one) => ({ startTime: iso(startMs), ...one })),
    selfUri: `/api/v2/conversations/${id}`,
  };
}

/** `QueueConversationEventTopicConversation`, as far as it is of use here. */
export function queueConversation(conversation: Conversation, nowMs: number): object {
  return { id: conversation.id, participants: participantsOf(conversation, nowMs) };
}

/** The customer; the queue that routed them (purpose `acd`), which is done once the agent has them; the agent. */
function participantsOf(conversation: Conversation, nowMs: number): object[] {
  const { id, startMs, endMs, queueId, skillIds, agentId, before = [] } = conversation;
  const conversationRoutingData = { queue: { id: queueId }, skills: skillIds.map((skillId) => ({ id: skillId })) };
  const inQueue = { queueId, conversationRoutingData };
  const partOf = (purpose: string, legId: string, untilMs: number, more: object, fromMs = startMs): object => ({
    id: legId === communicationIdOf(conversation) ? `${id}:customer` : legId,
    purpose,
    connectedTime: iso(fromMs),
    ...(untilMs <= nowMs && { endTime: iso(untilMs) }),
    ...more,
    ...legOf(conversation, { legId, isCustomer: purpose === 'customer', untilMs, nowMs }),
  });
  return [
    partOf('customer', communicationIdOf(conversation), endMs, { queueId }),
    partOf('acd', `${id}:acd`, startMs, inQueue),
    ...before.map((left, at) =>
      partOf('agent', agentLeg(id, at), left.untilMs, { userId: left.agentId, ...inQueue }, before[at - 1]?.untilMs),
    ),
    partOf('agent', agentLeg(id, before.length), endMs, { userId: agentId, ...inQueue }, before.at(-1)?.untilMs),
  ];
}

function agentLeg(id: string, at: number): string {
  return at === 0 ? `${id}:agent` : `${id}:agent-${at + 1}`;
}

interface Leg {
  readonly legId: string;
  readonly isCustomer: boolean;
  readonly untilMs: number;
  readonly nowMs: number;
}

/** Of messages their ids alone are told. */
function legOf(conversation: Conversation, { legId, isCustomer, untilMs, nowMs }: Leg): object {
  const { startMs, mediaType } = conversation;
  const ended = untilMs <= nowMs;
  const leg = {
    id: legId,
    state: ended ? 'disconnected' : 'connected',
    direction: 'inbound',
    connectedTime: iso(startMs),
    ...(ended && { disconnectedTime: iso(untilMs) }),
  };
  if (mediaType === 'voice') return { calls: [leg] };
  const said = conversation.utterances.filter((one) => isCustomer && isSaid(conversation, one, nowMs));
  const messages = said.map(({ afterMs }) => ({
    messageId: utteranceIdOf(conversation.id, afterMs),
    messageTime: iso(startMs + afterMs),
    messageStatus: 'received',
  }));
  return { messages: [{ ...leg, type: 'webmessaging', messages }] };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
