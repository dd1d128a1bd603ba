/** Notification events of the platform, as a channel brings them, and a platform that is asked for nothing. */
import { randomUUID } from 'node:crypto';
import type { NotificationEvent } from '../../src/genesys/notifications-socket.ts';
import type { LiveParts } from '../../src/transcripts/live-parts.ts';

const START_MS = Date.now();
const START = new Date(START_MS).toISOString();

export function state(conversationId: string): NotificationEvent {
  const leg = { connectedTime: START, calls: [{ state: 'connected' }] };
  return {
    topicName: 'v2.routing.queues.queue.conversations',
    eventBody: {
      id: conversationId,
      participants: [
        { purpose: 'customer', ...leg },
        { purpose: 'agent', userId: `agent-of-${conversationId}`, queueId: 'queue', ...leg },
      ],
    },
  };
}

export function speech(conversationId: string, transcript: string): NotificationEvent {
  const offsetMs = Date.now() - START_MS;
  return {
    topicName: `v2.conversations.${conversationId}.transcription`,
    eventBody: {
      conversationId,
      transcriptionStartTimeMs: START_MS,
      transcripts: [
        {
          utteranceId: randomUUID(),
          isFinal: true,
          channel: 'EXTERNAL',
          dialect: 'en-GB',
          alternatives: [{ confidence: 0.9, offsetMs, transcript }],
        },
      ],
      status: { status: 'SESSION_ONGOING', offsetMs },
    },
  };
}

export function quietPlatform(): LiveParts {
  const notAsked = (): never => {
    throw new Error('nothing is asked of the platform here');
  };
  return {
    conversations: { details: async function* () {}, detailsOf: notAsked, get: notAsked },
    transcripts: { read: () => Promise.resolve(null) },
    messages: { read: notAsked },
    notifications: { createChannel: notAsked, hasChannel: notAsked, addTopics: notAsked, replaceTopics: notAsked },
    now: Date.now,
    sleep: () => Promise.resolve(),
    random: Math.random,
    settings: { maxChannels: 0 },
  };
}
