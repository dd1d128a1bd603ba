/**
 * One past conversation with all that was said in it, and where it can be read. Held for as long as somebody looks at
 * it.
 */
import { routeOf } from '../genesys/conversations-route.ts';
import type { ConversationRoute } from '../genesys/conversations-route.ts';
import type { Speaker, Transcripts } from '../genesys/transcripts.ts';
import type { ConversationDetail } from '../genesys/wire.ts';
import { retry } from './retry.ts';
import type { Waiting } from './retry.ts';

export interface SpokenPhrase {
  /** ms since the epoch. */
  readonly startMs: number;
  readonly speaker: Speaker;
  readonly text: string;
  /** 0..1 */
  readonly confidence: number;
  /** Where the conversation was then. */
  readonly queueId: string;
  readonly skillIds: readonly string[];
}

export interface Transcript {
  readonly conversationId: string;
  readonly startMs: number;
  readonly mediaType: string;
  readonly phrases: readonly SpokenPhrase[];
}

/**
 * Of all communications of the customer, in the order in which it was said; null when none of them has a transcript.
 */
export async function readTranscript(
  transcripts: Transcripts,
  conversation: ConversationDetail,
  waiting: Waiting,
): Promise<Transcript | null> {
  const { conversationId } = conversation;
  const route = routeOf(conversation);
  const phrases: SpokenPhrase[] = [];
  let found = false;
  for (const communicationId of route.communicationIds) {
    const read = await retry(() => transcripts.read(conversationId, communicationId), waiting);
    found ||= read !== null;
    for (const phrase of read ?? []) phrases.push({ ...phrase, ...placeAt(route, phrase.startMs) });
  }
  if (!found) return null;
  return {
    conversationId,
    startMs: route.startMs,
    mediaType: route.mediaType,
    phrases: phrases.toSorted((a, b) => a.startMs - b.startMs),
  };
}

function placeAt(route: ConversationRoute, ms: number): Pick<SpokenPhrase, 'queueId' | 'skillIds'> {
  const { queueId, skillIds } = route.at(ms);
  return { queueId, skillIds };
}
