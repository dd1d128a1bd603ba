/** The two kinds of live messages that are of use here, parsed; anything else is `undefined`. */
import { z } from 'zod';
import { speakerOf } from '../genesys/transcripts.ts';
import type { Speaker } from '../genesys/transcripts.ts';
import type { NotificationEvent } from '../genesys/notifications-socket.ts';
import { conversationOf } from './queue-event.ts';
import type { ConversationTold } from './queue-event.ts';

interface LiveUtterance {
  readonly utteranceId: string;
  readonly isFinal: boolean;
  readonly speaker: Speaker;
  readonly text: string;
  readonly confidence: number;
  /** ms since the epoch. */
  readonly startMs: number;
}

export interface SpeechTold {
  readonly kind: 'speech';
  readonly conversationId: string;
  readonly utterances: readonly LiveUtterance[];
  /** Of the transcription; null where it is not told. */
  readonly language: string | null;
  readonly session: 'begun' | 'goesOn' | 'ended';
}

export type LiveEvent = ConversationTold | SpeechTold;

export function queueTopic(queueId: string): string {
  return `v2.routing.queues.${queueId}.conversations`;
}

export function transcriptionTopic(conversationId: string): string {
  return `v2.conversations.${conversationId}.transcription`;
}

export function queueOfTopic(topic: string): string | undefined {
  return /^v2\.routing\.queues\.([^.]+)\.conversations$/.exec(topic)?.[1];
}

export function liveEventOf({ topicName, eventBody }: NotificationEvent): LiveEvent | undefined {
  if (/^v2\.conversations\.[^.]+\.transcription$/.test(topicName)) return speechOf(eventBody);
  const queueId = queueOfTopic(topicName);
  return queueId === undefined ? undefined : conversationOf(queueId, eventBody);
}

const speechSchema = z.object({
  conversationId: z.string().min(1),
  transcriptionStartTimeMs: z.number().nullish(),
  sessionStartTimeMs: z.number().nullish(),
  transcripts: z
    .array(
      z.object({
        utteranceId: z.string().min(1),
        isFinal: z.boolean().nullish(),
        channel: z.string().nullish(),
        dialect: z.string().nullish(),
        alternatives: z
          .array(
            z.object({
              confidence: z.number().nullish(),
              offsetMs: z.number().nullish(),
              transcript: z.string().nullish(),
            }),
          )
          .nullish(),
      }),
    )
    .nullish(),
  status: z.object({ status: z.string().nullish(), offsetMs: z.number().nullish() }).nullish(),
});
type Speech = z.infer<typeof speechSchema>;

/** The session's begin is told by a message without transcripts; such a one also comes every five minutes of it. */
function speechOf(body: unknown): SpeechTold | undefined {
  const parsed = speechSchema.safeParse(body);
  if (!parsed.success) return undefined;
  const { conversationId, transcripts, status } = parsed.data;
  const utterances = (transcripts ?? []).flatMap((transcript) => utteranceOf(parsed.data, transcript));
  const isFirst =
    (transcripts ?? []).length === 0 && (status?.offsetMs ?? Number.POSITIVE_INFINITY) < KEEP_ALIVE_MS / 2;
  const session =
    status?.status === 'SESSION_ENDED' ? ('ended' as const) : isFirst ? ('begun' as const) : ('goesOn' as const);
  const language = (transcripts ?? []).find(({ dialect }) => dialect != null)?.dialect ?? null;
  return { kind: 'speech', conversationId, utterances, language, session };
}

const KEEP_ALIVE_MS = 5 * 60_000;

type LiveTranscript = NonNullable<Speech['transcripts']>[number];

/** Alternatives come best first. */
function utteranceOf(speech: Speech, { utteranceId, isFinal, channel, alternatives }: LiveTranscript): LiveUtterance[] {
  const best = alternatives?.[0];
  if (best?.transcript == null || best.transcript === '') return [];
  const startMs = (speech.transcriptionStartTimeMs ?? speech.sessionStartTimeMs ?? 0) + (best.offsetMs ?? 0);
  return [
    {
      utteranceId,
      isFinal: isFinal === true,
      speaker: speakerOf(channel),
      text: best.transcript,
      confidence: best.confidence ?? 0,
      startMs,
    },
  ];
}
