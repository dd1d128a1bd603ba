/**
 * What is said in the conversations of some queues, while it is said. Every final utterance of every conversation that
 * ran at some instant since the feed began comes once: live where the socket was there to hear it, else from the
 * transcript after the conversation.
 */
import type { ConversationRoute, Route } from '../genesys/conversations-route.ts';
import type { DigitalMessage } from '../genesys/messages.ts';
import { createNotificationPool } from '../genesys/notifications-pool.ts';
import type { NotificationPool } from '../genesys/notifications-pool.ts';
import type { RefusedTopic } from '../genesys/notifications.ts';
import type { NotificationEvent } from '../genesys/notifications-socket.ts';
import { BoundedQueue } from './bounded-queue.ts';
import { createDigitalReader } from './digital-messages.ts';
import type { DigitalReader } from './digital-messages.ts';
import { FollowedConversations, isWhole, placeOf, startFollowing, takeState } from './followed.ts';
import type { Followed } from './followed.ts';
import { GapFiller } from './gap-filler.ts';
import type { Gap } from './gaps.ts';
import { liveEventOf, queueOfTopic, queueTopic, transcriptionTopic } from './live-events.ts';
import type { SpeechTold } from './live-events.ts';
import { LIVE_SETTINGS } from './live-parts.ts';
import type { LiveFeed, LiveParts, LivePhrase, LiveQuery, LiveSettings, LiveState } from './live-parts.ts';
import type { ConversationTold } from './queue-event.ts';
import { SpeechTopics } from './speech-topics.ts';
import type { SpokenPhrase } from './transcript.ts';

/** Rejects when the channel cannot be opened, or the organisation refuses what waiting does not mend. */
export async function* liveTranscripts(
  parts: LiveParts,
  query: LiveQuery,
): AsyncGenerator<LivePhrase, void, undefined> {
  const feed = createLiveFeed(parts, query);
  if (query.signal?.aborted === true) return;
  try {
    await feed.start();
    yield* feed.phrases;
  } finally {
    feed.stop();
  }
}

export function createLiveFeed(parts: LiveParts, query: LiveQuery): LiveFeed {
  return new Listener(parts, query);
}

class Listener implements LiveFeed {
  readonly phrases: BoundedQueue<LivePhrase>;
  readonly #parts: LiveParts;
  readonly #settings: LiveSettings;
  readonly #query: LiveQuery;
  readonly #queueIds: Set<string>;
  readonly #pool: NotificationPool;
  readonly #gaps: GapFiller;
  readonly #digital: DigitalReader;
  readonly #followed = new FollowedConversations();
  readonly #speech: SpeechTopics;
  readonly #told = new Set<string>();
  readonly #stop = (): void => {
    this.stop();
  };

  constructor(parts: LiveParts, query: LiveQuery) {
    this.#parts = parts;
    this.#settings = { ...LIVE_SETTINGS, ...parts.settings };
    this.#query = query;
    this.#queueIds = new Set(query.queueIds);
    this.phrases = new BoundedQueue({
      maxItems: this.#settings.maxWaiting,
      onFull: () => {
        this.#pool.pause();
      },
      onRoom: () => {
        this.#pool.resume();
      },
    });
    this.#gaps = this.#fillGaps();
    this.#digital = this.#readDigital();
    this.#pool = this.#openPool();
    this.#speech = new SpeechTopics({
      pool: this.#settings.maxChannels === 0 ? null : this.#pool,
      get: (id) => this.#followed.get(id),
    });
    query.signal?.addEventListener('abort', this.#stop);
  }

  #openPool(): NotificationPool {
    const { maxChannels } = this.#settings;
    const parts = {
      ...this.#parts,
      settings: this.#settings,
      onEvent: (event: NotificationEvent) => {
        this.hear(event);
      },
      onLost: (topics: ReadonlySet<string>) => {
        this.#mark(topics);
      },
      onGap: (fromMs: number, _toMs: number, topics: ReadonlySet<string>) => {
        this.#missed(fromMs, topics);
      },
      onRefused: (refused: RefusedTopic) => {
        this.#refused(refused);
      },
      onFailure: (error: unknown) => {
        this.phrases.fail(error);
      },
    };
    return createNotificationPool(parts, maxChannels);
  }

  #fillGaps(): GapFiller {
    return new GapFiller({
      ...this.#parts,
      ...this.#settings,
      followed: this.#followed,
      waiting: this.#waiting(),
      onSettled: ({ id }) => {
        this.#speech.leave(id);
      },
      onFound: (id, at, route, gap) => {
        this.#found(id, at, route, gap);
      },
      onPhrase: (followed, phrase) => {
        this.#pushRead(followed, phrase);
      },
      onFilled: (followed) => {
        this.#finish(followed);
      },
      onMissing: (followed) => {
        this.#parts.onMissing?.(followed.id);
        this.#finish(followed);
      },
      onFailure: (error) => {
        this.phrases.fail(error);
      },
    });
  }

  #readDigital(): DigitalReader {
    return createDigitalReader({
      messages: this.#parts.messages,
      waiting: this.#waiting(),
      onMessage: (followed, message) => {
        this.#hearMessage(followed, message);
      },
      onQuiet: (followed) => {
        this.#endDigital(followed);
      },
      onRefused: (error) => {
        this.#tellRefused('messages', { topic: 'conversations/messages', reason: (error as Error).message });
      },
    });
  }

  #waiting(): { readonly sleep: LiveParts['sleep']; readonly signal: AbortSignal | undefined } {
    return { sleep: this.#parts.sleep, signal: this.#query.signal };
  }

  async start(): Promise<void> {
    const since = this.#query.sinceMs ?? this.#parts.now();
    for (const queueId of this.#queueIds) this.#listenTo(queueTopic(queueId));
    if (this.#settings.maxChannels > 0 && this.#queueIds.size > 0) await this.#pool.start();
    this.#gaps.missed(since, [...this.#queueIds]);
  }

  stop(): void {
    this.#query.signal?.removeEventListener('abort', this.#stop);
    this.#pool.close();
    this.#gaps.close();
    this.#digital.stop();
    this.phrases.end();
  }

  follow(queueId: string): void {
    if (this.#queueIds.has(queueId)) return;
    this.#queueIds.add(queueId);
    this.#listenTo(queueTopic(queueId));
    this.#gaps.missed(this.#parts.now(), [queueId]);
  }

  leave(queueId: string): void {
    if (!this.#queueIds.delete(queueId)) return;
    this.#pool.remove(queueTopic(queueId));
    this.#told.delete(queueId);
    this.#gaps.leave(queueId);
    for (const followed of this.#followed.open()) {
      if ([...followed.topicQueueIds].some((id) => this.#queueIds.has(id))) continue;
      this.#followed.leave(followed.id);
      this.#speech.leave(followed.id);
    }
  }

  state(): LiveState {
    const { channels, isOpen } = this.#pool;
    const { unheard, everUnheard } = this.#speech;
    const conversations = this.#followed.size;
    return { conversations, channels, isOpen: isOpen || this.#settings.maxChannels === 0, unheard, everUnheard };
  }

  hear(event: NotificationEvent, toldMs?: number): void {
    const live = liveEventOf(event);
    if (live === undefined || this.#followed.isOver(live.conversationId)) return;
    if (live.kind === 'speech') this.#hearSpeech(live);
    else if (this.#queueIds.has(live.topicQueueId)) this.#hearState(live, toldMs ?? this.#parts.now());
  }

  #hearState(told: ConversationTold, toldMs: number): void {
    const followed = this.#follow(told.conversationId, told.topicQueueId);
    followed.heardAt = performance.now();
    takeState(followed, told, toldMs);
    this.#listen(followed);
    this.#digital.read(followed, told.messageIds);
    if (told.ended) this.#end(followed);
    this.#endDigital(followed);
  }

  /** Only conversations that a queue told of have such a topic. */
  #hearSpeech(speech: SpeechTold): void {
    const followed = this.#followed.get(speech.conversationId);
    if (followed === undefined) return;
    followed.heardAt = performance.now();
    followed.language = speech.language ?? followed.language;
    if (speech.session === 'begun') followed.begun = true;
    for (const { isFinal, utteranceId, ...said } of speech.utterances) {
      if (!isFinal || !followed.phrases.addLive(utteranceId, said)) continue;
      this.phrases.push({ ...placeOf(followed), ...said, utteranceId, via: 'live' });
    }
    if (speech.session !== 'ended') return;
    followed.sessionEnded = true;
    if (followed.ended) this.#letGo(followed);
  }

  #hearMessage(followed: Followed, { id, speaker, text, sentMs }: DigitalMessage): void {
    const said = { speaker, text, startMs: sentMs };
    if (text === '' || !followed.phrases.addLive(id, said)) return;
    this.phrases.push({ ...placeOf(followed), ...said, confidence: 1, utteranceId: id, via: 'live' });
  }

  /** Nothing tells that the messages of a conversation begin and end: those whose ids were told are all. */
  #endDigital(followed: Followed): void {
    if (followed.mediaType !== 'message' || followed.messageIds.size === 0) return;
    followed.begun = true;
    followed.sessionEnded = followed.ended && followed.awaited === 0;
    if (isWhole(followed)) this.#finish(followed);
  }

  #pushRead(followed: Followed, phrase: SpokenPhrase): void {
    const place = { ...placeOf(followed), agentId: null };
    this.phrases.push({ ...place, ...phrase, utteranceId: null, via: 'transcript' });
  }

  /** One that is known misses what was said before it was met; since then a lost topic marks it. */
  #found(id: string, at: Route, { startMs, endMs, mediaType, agentId }: ConversationRoute, gap: Gap): void {
    const known = this.#followed.get(id);
    const followed = this.#follow(id, at.queueId);
    if (known === undefined || (known.sinceMs >= gap.fromMs && startMs < gap.toMs)) followed.gap = true;
    followed.skillIds ??= at.skillIds;
    followed.mediaType ??= mediaType;
    if (known === undefined) followed.agentId = agentId;
    if (endMs === null) this.#listen(followed);
    if (endMs !== null) this.#end(followed);
  }

  #missed(fromMs: number, topics: ReadonlySet<string>): void {
    this.#mark(topics);
    this.#gaps.missed(
      fromMs,
      [...this.#queueIds].filter((id) => topics.has(queueTopic(id))),
    );
  }

  /** Before anything else of them is heard: a conversation that ends just then is not taken as fully heard. */
  #mark(topics: ReadonlySet<string>): void {
    for (const followed of this.#followed.open())
      if (
        topics.has(transcriptionTopic(followed.id)) ||
        [...followed.topicQueueIds].some((id) => topics.has(queueTopic(id)))
      )
        followed.gap = true;
  }

  /** A conversation whose transcription is refused is read after its end; of a queue nothing is heard. */
  #refused(refused: RefusedTopic): void {
    const queueId = queueOfTopic(refused.topic);
    this.#tellRefused(queueId ?? 'transcription', refused);
    if (queueId === undefined)
      for (const followed of this.#followed.open())
        if (transcriptionTopic(followed.id) === refused.topic) followed.gap = true;
  }

  #tellRefused(name: string, refused: RefusedTopic): void {
    if (this.#told.has(name)) return;
    this.#told.add(name);
    this.#parts.onRefused?.(refused);
  }

  #follow(id: string, topicQueueId: string): Followed {
    const known = this.#followed.get(id);
    if (known !== undefined) {
      if (this.#queueIds.has(topicQueueId)) known.topicQueueIds.add(topicQueueId);
      return known;
    }
    const followed = startFollowing(id, topicQueueId, this.#parts.now());
    this.#followed.add(followed);
    return followed;
  }

  /** Only speech is transcribed: what is typed needs no topic. */
  #listen(followed: Followed): void {
    if (followed.mediaType === 'message' || followed.ended) return;
    this.#speech.listen(followed);
  }

  #listenTo(topic: string): void {
    if (this.#settings.maxChannels > 0) this.#pool.add(topic);
  }

  #end(followed: Followed): void {
    if (followed.ended) return;
    followed.ended = true;
    this.#letGo(followed);
    if (!isWhole(followed)) this.#gaps.fillLater(followed);
  }

  /**
   * Of a conversation that is over nothing more is told once its transcription is: it makes room for others, however long
   * its transcript is waited for.
   */
  #letGo(followed: Followed): void {
    if (isWhole(followed)) this.#finish(followed);
    else if (followed.sessionEnded) this.#speech.leave(followed.id);
  }

  #finish({ id }: Followed): void {
    this.#followed.end(id);
    this.#speech.leave(id);
  }
}
