/**
 * What is said in the conversations of a queue, while it is said. Every final utterance of every conversation that ran
 * at
 * some instant since the feed began comes once: live where the socket was there to hear it, else from the transcript
 * after
 * the conversation.
 */
import type { Conversations } from '../genesys/conversations.ts';
import { isGenesysError } from '../genesys/errors.ts';
import type { GenesysLogger } from '../genesys/http.ts';
import { FEED_SETTINGS, createNotificationFeed } from '../genesys/notifications-feed.ts';
import type { FeedSettings, NotificationFeed } from '../genesys/notifications-feed.ts';
import type { Notifications } from '../genesys/notifications.ts';
import type { NotificationEvent } from '../genesys/notifications-socket.ts';
import { routeOf } from '../genesys/conversations-route.ts';
import type { Transcripts } from '../genesys/transcripts.ts';
import type { ConversationDetail } from '../genesys/wire.ts';
import { createHeardUtterances } from './heard.ts';
import type { HeardUtterances, Said } from './heard.ts';
import { liveEventOf, queueTopic, transcriptionTopic } from './live-events.ts';
import type { LiveEvent } from './live-events.ts';
import { createOutlet } from './outlet.ts';
import type { Outlet } from './outlet.ts';
import { patiently } from './patience.ts';
import { inQueue } from './stream.ts';
import { readTranscript } from './transcript.ts';

export interface HeardPhrase extends Said {
  readonly conversationId: string;
  readonly queueId: string;
  readonly confidence: number;
  /** null when it comes from the transcript, which knows no such ids. */
  readonly utteranceId: string | null;
  readonly via: 'live' | 'transcript';
}

export interface LiveParts {
  readonly conversations: Conversations;
  readonly transcripts: Transcripts;
  readonly notifications: Notifications;
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  /** [0, 1) */
  readonly random: () => number;
  readonly logger?: GenesysLogger;
  /** A conversation of which some utterances are lost for good: its transcript never came. */
  readonly onMissing?: (conversationId: string) => void;
  readonly settings?: Partial<LiveSettings>;
}

export interface LiveSettings extends FeedSettings {
  /** After the end of a conversation, until its transcript is looked for, and between two tries. */
  readonly settleMs: number;
  readonly tries: number;
  /** Utterances that wait for the consumer; beyond it nothing more is read from the socket. */
  readonly mostWaiting: number;
}

export interface LiveQuery {
  readonly queueId: string;
  /** ms since the epoch; now if left out. */
  readonly sinceMs?: number | undefined;
  /** Ends the stream. */
  readonly signal?: AbortSignal | undefined;
}

const SETTINGS: LiveSettings = { ...FEED_SETTINGS, settleMs: 60_000, tries: 10, mostWaiting: 1_000 };

/** Rejects when the channel cannot be opened, or the organisation refuses what waiting does not mend. */
export async function* liveTranscripts(
  parts: LiveParts,
  query: LiveQuery,
): AsyncGenerator<HeardPhrase, void, undefined> {
  const listener = new Listener(parts, query);
  const stop = (): void => {
    listener.stop();
  };
  query.signal?.addEventListener('abort', stop);
  try {
    if (query.signal?.aborted === true) return;
    await listener.start();
    yield* listener.outlet;
  } finally {
    query.signal?.removeEventListener('abort', stop);
    listener.stop();
  }
}

interface Followed {
  readonly id: string;
  readonly heard: HeardUtterances;
  readonly sinceMs: number;
  /** The first message of its transcription was heard. */
  begun: boolean;
  /** Something may have been missed. */
  gap: boolean;
  ended: boolean;
  sessionEnded: boolean;
  tries: number;
}

/** Conversations that are over are known a while longer: late messages of them are no news. */
const REMEMBERED = 10_000;
/** A conversation is looked for from this long before it was first met. */
const LOOK_BACK_MS = 24 * 60 * 60_000;

class Listener {
  readonly outlet: Outlet<HeardPhrase>;
  readonly #parts: LiveParts;
  readonly #query: LiveQuery;
  readonly #settings: LiveSettings;
  readonly #feed: NotificationFeed;
  readonly #followed = new Map<string, Followed>();
  readonly #over = new Set<string>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #gapFrom: number | undefined;
  #stopped = false;
  /** One after the other: filling gaps must not use up the rate that new conversations need. */
  #reads: Promise<void> = Promise.resolve();

  constructor(parts: LiveParts, query: LiveQuery) {
    this.#parts = parts;
    this.#query = query;
    this.#settings = { ...SETTINGS, ...parts.settings };
    this.outlet = createOutlet({
      most: this.#settings.mostWaiting,
      onFull: () => {
        this.#feed.pause();
      },
      onRoom: () => {
        this.#feed.resume();
      },
    });
    this.#feed = createNotificationFeed({
      ...parts,
      settings: this.#settings,
      logger: parts.logger,
      onEvent: (event) => {
        this.#hear(event);
      },
      onGap: (fromMs) => {
        this.#missed(fromMs);
      },
      onFailure: (error) => {
        this.outlet.fail(error);
      },
    });
  }

  async start(): Promise<void> {
    const since = this.#query.sinceMs ?? this.#parts.now();
    this.#feed.add(queueTopic(this.#query.queueId));
    await this.#feed.start();
    this.#missed(since);
  }

  stop(): void {
    this.#stopped = true;
    this.#feed.close();
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    this.outlet.end();
  }

  #hear(event: NotificationEvent): void {
    const live = liveEventOf(event);
    if (live === undefined || this.#over.has(live.conversationId)) return;
    if (live.kind === 'speech') return this.#hearSpeech(live);
    const followed = this.#follow(live.conversationId);
    if (live.ended) this.#end(followed);
  }

  #hearSpeech(speech: LiveEvent & { readonly kind: 'speech' }): void {
    const followed = this.#follow(speech.conversationId);
    if (speech.session === 'begun') followed.begun = true;
    for (const { isFinal, utteranceId, ...said } of speech.utterances) {
      if (!isFinal || !followed.heard.hear(utteranceId, said)) continue;
      this.outlet.put({ ...said, conversationId: followed.id, queueId: this.#query.queueId, utteranceId, via: 'live' });
    }
    if (speech.session !== 'ended') return;
    followed.sessionEnded = true;
    if (followed.ended && isWhole(followed)) this.#finish(followed);
  }

  #follow(id: string): Followed {
    const known = this.#followed.get(id);
    if (known !== undefined) return known;
    const followed: Followed = {
      id,
      heard: createHeardUtterances(),
      sinceMs: this.#parts.now(),
      begun: false,
      gap: false,
      ended: false,
      sessionEnded: false,
      tries: 0,
    };
    this.#followed.set(id, followed);
    if (!this.#feed.add(transcriptionTopic(id))) followed.gap = true;
    return followed;
  }

  #end(followed: Followed): void {
    if (followed.ended) return;
    followed.ended = true;
    if (isWhole(followed)) this.#finish(followed);
    else
      this.#after(this.#settings.settleMs, () => {
        this.#fillLater(followed);
      });
  }

  #finish({ id }: Followed): void {
    this.#followed.delete(id);
    this.#feed.remove(transcriptionTopic(id));
    this.#over.add(id);
    for (const oldest of this.#over) {
      if (this.#over.size <= REMEMBERED) return;
      this.#over.delete(oldest);
    }
  }

  #missed(fromMs: number): void {
    for (const followed of this.#followed.values()) followed.gap = true;
    this.#gapFrom = Math.min(fromMs, this.#gapFrom ?? fromMs);
    this.#discover();
  }

  /**
   * Which conversations began or ended unheard; asked again while one of them still runs, and once more for late
   * analytics.
   */
  #discover(): void {
    this.#read(async () => {
      const fromMs = this.#gapFrom;
      if (fromMs === undefined) return;
      const toMs = Math.max(this.#parts.now(), fromMs + 1);
      const isSettled = toMs - fromMs > this.#settings.settleMs;
      await this.#lookAt(fromMs, toMs);
      const isOpen = [...this.#followed.values()].some(({ gap, ended }) => gap && !ended);
      if (isSettled && !isOpen) this.#gapFrom = undefined;
      else
        this.#after(this.#settings.settleMs, () => {
          this.#discover();
        });
    });
  }

  async #lookAt(fromMs: number, toMs: number): Promise<void> {
    const { conversations } = this.#parts;
    const found = await patiently(
      () => all(conversations.details({ fromMs, toMs, segmentFilters: [inQueue(this.#query.queueId)] })),
      this.#patience(),
    );
    for (const detail of found) {
      if (this.#over.has(detail.conversationId)) continue;
      const followed = this.#follow(detail.conversationId);
      followed.gap = true;
      if (routeOf(detail).endMs !== null) this.#end(followed);
    }
  }

  #fillLater(followed: Followed): void {
    if (isWhole(followed)) return this.#finish(followed);
    this.#read(async () => {
      if (this.#over.has(followed.id)) return;
      if (await this.#fill(followed)) return this.#finish(followed);
      followed.tries += 1;
      if (followed.tries < this.#settings.tries)
        return this.#after(this.#settings.settleMs, () => {
          this.#fillLater(followed);
        });
      this.#parts.onMissing?.(followed.id);
      this.#finish(followed);
    });
  }

  async #fill({ id, heard, sinceMs }: Followed): Promise<boolean> {
    const { conversations, transcripts, now } = this.#parts;
    const conversationFilters = [
      { type: 'or', predicates: [{ type: 'dimension', dimension: 'conversationId', operator: 'matches', value: id }] },
    ];
    const [detail] = await patiently(
      () => all(conversations.details({ fromMs: sinceMs - LOOK_BACK_MS, toMs: now() + 1, conversationFilters })),
      this.#patience(),
    );
    const transcript = detail === undefined ? null : await readTranscript(transcripts, detail, this.#patience());
    if (transcript === null || this.#stopped) return this.#stopped;
    for (const { startMs, speaker, text, confidence, queueId } of heard.missedOf(transcript.phrases)) {
      this.outlet.put({
        conversationId: id,
        queueId,
        speaker,
        text,
        startMs,
        confidence,
        utteranceId: null,
        via: 'transcript',
      });
    }
    return true;
  }

  #read(work: () => Promise<void>): void {
    this.#reads = this.#reads
      .then(() => (this.#stopped ? undefined : work()))
      .catch((error: unknown) => {
        if (this.#stopped) return;
        if (!isGenesysError(error, 'rateLimited', 'unavailable', 'timeout', 'network')) return this.outlet.fail(error);
        this.#after(this.#settings.settleMs, () => {
          this.#read(work);
        });
      });
  }

  #after(ms: number, act: () => void): void {
    if (this.#stopped) return;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      act();
    }, ms);
    this.#timers.add(timer);
  }

  #patience(): Parameters<typeof patiently>[1] {
    return { sleep: this.#parts.sleep, signal: this.#query.signal };
  }
}

function isWhole({ begun, gap, sessionEnded }: Followed): boolean {
  return begun && sessionEnded && !gap;
}

async function all(details: AsyncIterable<ConversationDetail>): Promise<ConversationDetail[]> {
  const found: ConversationDetail[] = [];
  for await (const detail of details) found.push(detail);
  return found;
}
