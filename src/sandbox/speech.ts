/**
 * What was said in a conversation, in the two shapes in which the organisation tells it: live messages and the document
 * after the call.
 */
import type { Conversation } from './conversations.ts';
import { ORGANISATION } from './seeded-organisation.ts';
import { createDraws } from './traffic/draws.ts';
import type { ScriptedUtterance } from './traffic/script.ts';

/** Speech takes this long per character; only for the durations in the documents. */
const MS_PER_CHARACTER = 60;

/** The leg of the customer: what transcripts hang on. */
export function communicationIdOf({ id }: Pick<Conversation, 'id'>): string {
  return `${id}:customer`;
}

/**
 * `TranscriptionMessage` of the topic `v2.conversations.{id}.transcription`; without an utterance it only tells of the
 * session.
 */
export function transcriptionMessage(
  conversation: Conversation,
  said: ScriptedUtterance | undefined,
  status: 'SESSION_ONGOING' | 'SESSION_ENDED',
  nowMs: number,
): object {
  return {
    eventTime: new Date(nowMs).toISOString(),
    organizationId: ORGANISATION.id,
    conversationId: conversation.id,
    communicationId: communicationIdOf(conversation),
    sessionStartTimeMs: conversation.startMs,
    transcriptionStartTimeMs: conversation.startMs,
    transcripts: said === undefined ? [] : [liveTranscript(conversation, said)],
    status: { offsetMs: nowMs - conversation.startMs, status },
  };
}

/** The document behind the pre-signed URL. Partial results are not in it. */
export function transcriptDocument(conversation: Conversation): object {
  const { startMs, endMs, language, queueId, agentId } = conversation;
  const phrases = conversation.utterances
    .filter(({ isFinal }) => isFinal)
    .map((said, phraseIndex) => ({
      text: said.text,
      decoratedText: said.text,
      confidence: said.confidence,
      stability: 1,
      startTimeMs: startMs + said.afterMs,
      duration: { milliseconds: durationOf(said) },
      words: wordsOf(said).map(({ word, offsetMs, durationMs }) => ({
        word,
        confidence: said.confidence,
        startTimeMs: startMs + said.afterMs + offsetMs,
        duration: { milliseconds: durationMs },
      })),
      participantPurpose: 'external',
      phraseIndex,
    }));
  return {
    organizationId: ORGANISATION.id,
    conversationId: conversation.id,
    communicationId: communicationIdOf(conversation),
    mediaType: conversation.mediaType === 'voice' ? 'call' : 'message',
    conversationStartTime: startMs,
    startTime: startMs,
    duration: { milliseconds: endMs - startMs },
    transcripts: [
      {
        transcriptId: conversation.id,
        language: language.toLowerCase(),
        startTime: startMs,
        duration: { milliseconds: endMs - startMs },
        phrases,
        analytics: {},
      },
    ],
    participants: [
      { participantPurpose: 'external', startTimeMs: startMs, endTimeMs: endMs },
      { participantPurpose: 'internal', userId: agentId, queueId, startTimeMs: startMs, endTimeMs: endMs },
    ],
  };
}

function liveTranscript({ id }: Conversation, said: ScriptedUtterance): object {
  const { confidence, text, afterMs } = said;
  return {
    utteranceId: utteranceIdOf(id, afterMs),
    isFinal: said.isFinal,
    channel: 'EXTERNAL',
    alternatives: [
      {
        confidence,
        offsetMs: afterMs,
        durationMs: durationOf(said),
        transcript: text,
        decoratedTranscript: text,
        words: wordsOf(said).map(({ word, offsetMs, durationMs }) => ({
          confidence,
          offsetMs: afterMs + offsetMs,
          durationMs,
          word,
        })),
      },
    ],
    engineProvider: 'GENESYS',
    agentAssistEnabled: true,
    voiceTranscriptionEnabled: true,
  };
}

export function utteranceIdOf(conversationId: string, afterMs: number): string {
  return createDraws(afterMs, ...conversationId.split('-').map((part) => Number.parseInt(part, 16))).uuid();
}

function durationOf({ text }: ScriptedUtterance): number {
  return text.length * MS_PER_CHARACTER;
}

function wordsOf({ text }: ScriptedUtterance): { word: string; offsetMs: number; durationMs: number }[] {
  return Array.from(text.matchAll(/\S+/g), ({ 0: word, index }) => ({
    word,
    offsetMs: index * MS_PER_CHARACTER,
    durationMs: word.length * MS_PER_CHARACTER,
  }));
}
