/** Events that came by HTTP to the events service: read as they come, and handed to the feed as a channel's would be. */
import { createRounds } from '../../domain/shared/rounds.ts';
import type { Database } from '../../store/database.ts';
import { lastLiveEvent, LIVE_EVENTS_CHANNEL, readLiveEvents, sweepLiveEvents } from '../../store/live-events.ts';
import type { LiveFeed } from '../../transcripts/live-parts.ts';

export interface BridgeReaderParts {
  readonly db: Database;
  readonly hear: LiveFeed['hear'];
  readonly onError: (error: unknown) => void;
  /** Speech that waited longer here says something of a moment that is over. */
  readonly maxAgeMs: number;
  readonly onLate: (events: number) => void;
  readonly lookEveryMs?: number;
}

export interface BridgeReader {
  close(): Promise<void>;
}

const BATCH = 500;
/** News is told; this is for what is told while nobody listens. */
const LOOK_MS = 2_000;
const SPEECH = /\.transcription$/;

/** Resolves when it reads all that comes from then on. */
export async function readBridge(parts: BridgeReaderParts): Promise<BridgeReader> {
  const { db, hear, onError, maxAgeMs, onLate } = parts;
  let seq = await lastLiveEvent(db);

  const readSome = async (): Promise<void> => {
    const events = await readLiveEvents(db, seq, BATCH);
    let late = 0;
    for (const { topic, body, toldAt, ageMs, seq: at } of events) {
      seq = at;
      if (ageMs > maxAgeMs && SPEECH.test(topic)) late += 1;
      else hear({ topicName: topic, eventBody: body }, toldAt.getTime());
    }
    if (late > 0) onLate(late);
    if (events.length === BATCH) rounds.wake();
  };
  const rounds = createRounds(readSome, (error, isFirst) => {
    if (isFirst) onError(error);
  });
  const unlisten = await db.listen(LIVE_EVENTS_CHANNEL, () => rounds.wake());
  const timer = setInterval(() => {
    rounds.wake();
    // The events service may be the one that is gone: what people said is not kept for that.
    sweepLiveEvents(db).catch(() => undefined);
  }, parts.lookEveryMs ?? LOOK_MS);
  return {
    async close() {
      const over = rounds.close();
      clearInterval(timer);
      await unlisten();
      await over;
    },
  };
}
