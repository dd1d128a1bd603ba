/**
 * What is said in the conversations of some queues, while it is said. Every final utterance of every conversation that
 * ran at some instant since the feed began comes once: live where the socket was there to hear it, else from the
 * transcript after the conversation.
 */
import type { Conversations } from '../genesys/conversations.ts';
import type { GenesysLogger } from '../genesys/http.ts';
import { FEED_SETTINGS, createNotificationFeed } from '../genesys/notifications-feed.ts';
import type { FeedSettings, NotificationFeed } from '../genesys/notifications-feed.ts';
import type { Notifications } from '../genesys/notifications.ts';
import type { NotificationEvent } from '../genesys/notifications-socket.ts';
import type { Transcripts } from '../genesys/transcripts.ts';
import { BoundedQueue } from './bounded-queue.ts';
import { FollowedConversations, isWhole, startFollowing } from './followed.ts';
import type { Followed } from './followed.ts';
import { GapFiller } from './gap-filler.ts';
import { liveEventOf, queueTopic, transcriptionTopic } from './live-events.ts';
import type { LiveEvent } from './live-events.ts';
import type { Said } from './phrase-dedup.ts';

export interface LivePhrase extends Said {
  readonly conversationId: string;
  readonly queueId: string;
  /** Null where nobody told. */
  readonly skillIds: readonly string[] | null;
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
  readonly maxTries: number;
  /** Utterances that wait for the consumer; beyond it nothing more is read from the socket. */
  readonly maxWaiting: number;
}

export interface LiveQuery {
  readonly queueIds: readonly string[];
  /** ms since the epoch; now if left out. */
  readonly sinceMs?: number | undefined;
  /** Ends the stream. */
  readonly signal?: AbortSignal | undefined;
}

const SETTINGS: LiveSettings = { ...FEED_SETTINGS, settleMs: 60_000, maxTries: 10, maxWaiting: 1_000 };

/** Rejects when the channel cannot be opened, or the organisation refuses what waiting does not mend. */
export async function* liveTranscripts(
  parts: LiveParts,
  query: LiveQuery,
): AsyncGenerator<LivePhrase, void, undefined> {
  const listener = new Listener(parts, query);
  const stop = (): void => {
    listener.stop();
  };
  query.signal?.addEventListener('abort', stop);
  try {
    if (query.signal?.aborted === true) return;
    await listener.start();
    yield* listener.phrases;
  } finally {
    query.signal?.removeEventListener('abort', stop);
    listener.stop();
  }
}

class Listener {
  readonly phrases: BoundedQueue<LivePhrase>;
  readonly #query: LiveQuery;
  readonly #now: () => number;
  readonly #feed: NotificationFeed;
  readonly #gaps: GapFiller;
  readonly #followed = new FollowedConversations();

  constructor(parts: LiveParts, query: LiveQuery) {
    const settings = { ...SETTINGS, ...parts.settings };
    this.#query = query;
    this.#now = parts.now;
    this.phrases = new BoundedQueue({
      maxItems: settings.maxWaiting,
      onFull: () => {
        this.#feed.pause();
      },
      onRoom: () => {
        this.#feed.resume();
      },
    });
    this.#gaps = this.#fillGaps(parts, settings);
    this.#feed = createNotificationFeed({
      ...parts,
      settings,
      logger: parts.logger,
      onEvent: (event) => {
        this.#hear(event);
      },
      onGap: (fromMs) => {
        this.#gaps.missed(fromMs);
      },
      onFailure: (error) => {
        this.phrases.fail(error);
      },
    });
  }

  #fillGaps(parts: LiveParts, { settleMs, maxTries }: LiveSettings): GapFiller {
    return new GapFiller({
      ...parts,
      settleMs,
      maxTries,
      followed: this.#followed,
      queueIds: this.#query.queueIds,
      waiting: { sleep: parts.sleep, signal: this.#query.signal },
      onFound: (id, { queueId, skillIds }, ended) => {
        const followed = this.#follow(id, queueId);
        followed.skillIds ??= skillIds;
        followed.gap = true;
        if (ended) this.#end(followed);
      },
      onPhrase: ({ id }, phrase) => {
        this.phrases.push({ ...phrase, conversationId: id, utteranceId: null, via: 'transcript' });
      },
      onFilled: (followed) => {
        this.#finish(followed);
      },
      onMissing: (followed) => {
        parts.onMissing?.(followed.id);
        this.#finish(followed);
      },
      onFailure: (error) => {
        this.phrases.fail(error);
      },
    });
  }

  async start(): Promise<void> {
    const since = this.#query.sinceMs ?? this.#now();
    for (const queueId of this.#query.queueIds) this.#feed.add(queueTopic(queueId));
    await this.#feed.start();
    this.#gaps.missed(since);
  }

  stop(): void {
    this.#feed.close();
    this.#gaps.close();
    this.phrases.end();
  }

  #hear(event: NotificationEvent): void {
    const live = liveEventOf(event);
    if (live === undefined || this.#followed.isOver(live.conversationId)) return;
    if (live.kind === 'speech') return this.#hearSpeech(live);
    const followed = this.#follow(live.conversationId, live.queueId);
    followed.queueId = live.queueId;
    followed.skillIds = live.skillIds ?? followed.skillIds;
    if (live.ended) this.#end(followed);
  }

  /** Only conversations that a queue told of have such a topic. */
  #hearSpeech(speech: LiveEvent & { readonly kind: 'speech' }): void {
    const followed = this.#followed.get(speech.conversationId);
    if (followed === undefined) return;
    const { id, queueId, skillIds, phrases } = followed;
    if (speech.session === 'begun') followed.begun = true;
    for (const { isFinal, utteranceId, ...said } of speech.utterances) {
      if (!isFinal || !phrases.addLive(utteranceId, said)) continue;
      this.phrases.push({ ...said, conversationId: id, queueId, skillIds, utteranceId, via: 'live' });
    }
    if (speech.session !== 'ended') return;
    followed.sessionEnded = true;
    if (followed.ended && isWhole(followed)) this.#finish(followed);
  }

  #follow(id: string, queueId: string): Followed {
    const known = this.#followed.get(id);
    if (known !== undefined) return known;
    const followed = startFollowing(id, queueId, this.#now());
    this.#followed.add(followed);
    if (!this.#feed.add(transcriptionTopic(id))) followed.gap = true;
    return followed;
  }

  #end(followed: Followed): void {
    if (followed.ended) return;
    followed.ended = true;
    if (isWhole(followed)) this.#finish(followed);
    else this.#gaps.fillLater(followed);
  }

  #finish({ id }: Followed): void {
    this.#followed.end(id);
    this.#feed.remove(transcriptionTopic(id));
  }
}
