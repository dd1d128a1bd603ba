/**
 * Transcripts of past conversations, one after the other. A few are fetched ahead of the one that the consumer holds,
 * and no more: whoever stops taking stops the asking. Nothing is stored and nothing that was said is logged.
 */
import type { Conversations } from '../genesys/conversations.ts';
import { routeOf } from '../genesys/conversations-route.ts';
import type { Transcripts } from '../genesys/transcripts.ts';
import type { ConversationDetail } from '../genesys/wire.ts';
import type { Waiting } from './retry.ts';
import { readTranscript } from './transcript.ts';
import type { Transcript } from './transcript.ts';

export interface TranscriptQuery {
  /** All queues if left out. */
  readonly queueId?: string | undefined;
  /** ms since the epoch; conversations that ran at some instant from `fromMs` (inclusive) to `toMs` (exclusive). */
  readonly fromMs: number;
  readonly toMs: number;
  /** Where an earlier stream of the same query stopped. */
  readonly after?: TranscriptCursor | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Plain data: conversations come in the order of their start. */
interface TranscriptCursor {
  readonly startMs: number;
  /** Those that began at that very instant and have come. */
  readonly conversationIds: readonly string[];
}

export interface StreamedTranscript extends Transcript {
  /** To go on behind this one. */
  readonly cursor: TranscriptCursor;
}

export interface TranscriptSource {
  readonly conversations: Conversations;
  readonly transcripts: Transcripts;
  readonly sleep: Waiting['sleep'];
  /** Conversations under way at most, with the one that is handed over; default 4. */
  readonly ahead?: number;
}

/**
 * Conversations without a transcript are passed over. Rejects with a GenesysError, or with the reason of the signal.
 */
export async function* streamTranscripts(
  source: TranscriptSource,
  query: TranscriptQuery,
): AsyncGenerator<StreamedTranscript, void, undefined> {
  const details = detailsOf(source, query);
  const pending: Promise<{ readonly read: Transcript | null; readonly cursor: TranscriptCursor }>[] = [];
  const waiting = { sleep: source.sleep, signal: query.signal };
  let cursor = query.after ?? { startMs: Number.NEGATIVE_INFINITY, conversationIds: [] };
  let exhausted = false;
  try {
    for (;;) {
      while (!exhausted && pending.length < (source.ahead ?? 4)) {
        query.signal?.throwIfAborted();
        const next = await details.next();
        if (next.done === true) exhausted = true;
        else {
          const behind = (cursor = advance(cursor, next.value));
          pending.push(
            quietly(readTranscript(source.transcripts, next.value, waiting).then((read) => ({ read, cursor: behind }))),
          );
        }
      }
      const first = pending.shift();
      if (first === undefined) return;
      const { read, cursor: behind } = await first;
      query.signal?.throwIfAborted();
      if (read !== null) yield { ...read, cursor: behind };
    }
  } finally {
    await Promise.allSettled([details.return(), ...pending]);
  }
}

/** A rejection is told when its turn comes; until then it is not unhandled. */
function quietly<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}

async function* detailsOf(
  { conversations }: TranscriptSource,
  { queueId, fromMs, toMs, after }: TranscriptQuery,
): AsyncGenerator<ConversationDetail, void, undefined> {
  const from = Math.max(fromMs, after?.startMs ?? fromMs);
  const segmentFilters = queueId === undefined ? {} : { segmentFilters: [inQueues([queueId])] };
  for await (const conversation of conversations.details({ fromMs: from, toMs, ...segmentFilters })) {
    if (!hasCome(conversation, after)) yield conversation;
  }
}

export function inQueues(queueIds: readonly string[]): object {
  const isIn = { type: 'dimension', dimension: 'queueId', operator: 'matches' };
  return { type: 'or', predicates: queueIds.map((value) => ({ ...isIn, value })) };
}

function hasCome(conversation: ConversationDetail, after: TranscriptCursor | undefined): boolean {
  if (after === undefined) return false;
  const { startMs } = routeOf(conversation);
  return (
    startMs < after.startMs ||
    (startMs === after.startMs && after.conversationIds.includes(conversation.conversationId))
  );
}

function advance(cursor: TranscriptCursor, conversation: ConversationDetail): TranscriptCursor {
  const { startMs } = routeOf(conversation);
  const { conversationId } = conversation;
  if (startMs !== cursor.startMs) return { startMs, conversationIds: [conversationId] };
  return { startMs, conversationIds: [...cursor.conversationIds, conversationId] };
}
