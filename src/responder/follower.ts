/** Which conversations run in some queues, and what their topics tell of suggestions. */
import type { Conversations } from '../genesys/conversations.ts';
import { routeOf } from '../genesys/conversations-route.ts';
import type { GenesysLogger } from '../genesys/http.ts';
import type { FeedSettings } from '../genesys/notifications-feed.ts';
import { createNotificationPool } from '../genesys/notifications-pool.ts';
import type { NotificationPool } from '../genesys/notifications-pool.ts';
import type { NotificationEvent } from '../genesys/notifications-socket.ts';
import type { Notifications } from '../genesys/notifications.ts';
import type { Suggestions } from '../genesys/suggestions.ts';
import { queueOfTopic, queueTopic } from '../transcripts/live-events.ts';
import { conversationOf } from '../transcripts/queue-event.ts';
import type { ConversationTold } from '../transcripts/queue-event.ts';
import { inQueues } from '../transcripts/stream.ts';
import { suggestionsToldBy, suggestionToldBy, suggestionTopic } from './suggestion-told.ts';
import type { SuggestionKind, SuggestionTold } from './suggestion-told.ts';

export interface FollowerParts {
  readonly notifications: Notifications;
  readonly conversations: Conversations;
  readonly suggestions: Suggestions;
  readonly settings: FeedSettings;
  readonly maxChannels: number;
  readonly now: () => number;
  readonly random: () => number;
  readonly logger?: GenesysLogger | undefined;
  readonly onConversation: (told: ConversationTold) => void;
  /** `live`: it was heard as it happened. */
  readonly onSuggestion: (told: SuggestionTold, live: boolean) => void;
  readonly onTrouble: (error: unknown) => void;
  readonly onFailure: (error: unknown) => void;
}

export interface Follower {
  readonly open: number;
  /** Conversations that found no room. */
  readonly unheard: number;
  /** What is heard of the conversations of each queue. */
  follow(queues: ReadonlyMap<string, readonly SuggestionKind[]>): void;
  start(): Promise<void>;
  close(): void;
}

interface Followed {
  readonly id: string;
  readonly topics: readonly string[];
  /** By the steady clock; null while it runs. */
  endedAt: number | null;
}

/** What agents do with a suggestion may be told after the conversation. */
const AFTER_MS = 120_000;
/** Conversations that began longer ago are not looked for. */
const LOOK_BACK_MS = 2 * 3_600_000;

export function createFollower(parts: FollowerParts): Follower {
  return new Following(parts);
}

class Following implements Follower {
  readonly #parts: FollowerParts;
  readonly #pool: NotificationPool;
  readonly #followed = new Map<string, Followed>();
  #queues: ReadonlyMap<string, readonly SuggestionKind[]> = new Map();
  #sweep: NodeJS.Timeout | undefined;
  #catchingUp: Promise<void> = Promise.resolve();
  #closed = false;
  unheard = 0;

  constructor(parts: FollowerParts) {
    this.#parts = parts;
    this.#pool = createNotificationPool(
      {
        ...parts,
        onEvent: (event) => {
          this.#hear(event);
        },
        onGap: () => {
          this.#catchUp([...this.#queues.keys()]);
        },
      },
      parts.maxChannels,
    );
  }

  get open(): number {
    return this.#followed.size;
  }

  follow(queues: ReadonlyMap<string, readonly SuggestionKind[]>): void {
    const fresh = [...queues.keys()].filter((id) => !this.#queues.has(id));
    for (const id of this.#queues.keys()) if (!queues.has(id)) this.#pool.remove(queueTopic(id));
    for (const id of fresh) this.#pool.add(queueTopic(id));
    this.#queues = queues;
    if (fresh.length > 0) this.#catchUp(fresh);
  }

  async start(): Promise<void> {
    await this.#pool.start();
    this.#sweep = setInterval(() => {
      this.#forget(AFTER_MS);
    }, AFTER_MS / 4);
  }

  close(): void {
    this.#closed = true;
    clearInterval(this.#sweep);
    this.#pool.close();
  }

  #hear(event: NotificationEvent): void {
    const suggestion = suggestionToldBy(event);
    if (suggestion !== undefined) return this.#parts.onSuggestion(suggestion, true);
    const queueId = queueOfTopic(event.topicName);
    const told = queueId === undefined ? undefined : conversationOf(queueId, event.eventBody);
    if (told === undefined) return;
    const known = this.#followed.get(told.conversationId);
    if (told.ended) {
      if (known !== undefined) known.endedAt ??= performance.now();
      return;
    }
    if (known === undefined) this.#add(told.conversationId, told.queueId);
    this.#parts.onConversation(told);
  }

  #add(id: string, queueId: string): void {
    const topics = (this.#queues.get(queueId) ?? []).map((kind) => suggestionTopic(id, kind));
    if (!topics.every((topic) => this.#pool.add(topic))) this.#forget(0);
    const added = topics.filter((topic) => this.#pool.add(topic));
    if (added.length < topics.length) this.unheard += 1;
    this.#followed.set(id, { id, topics: added, endedAt: null });
  }

  /** Those that ended so long ago; all of them, where there is no room for one that runs. */
  #forget(afterMs: number): void {
    const before = performance.now() - afterMs;
    for (const { id, topics, endedAt } of this.#followed.values()) {
      if (endedAt === null || endedAt > before) continue;
      for (const topic of topics) this.#pool.remove(topic);
      this.#followed.delete(id);
    }
  }

  /** One after the other: what was missed must not use up the rate that answers need. */
  #catchUp(queueIds: readonly string[]): void {
    this.#catchingUp = this.#catchingUp
      .then(() => this.#find(queueIds))
      .catch((error: unknown) => {
        this.#parts.onTrouble(error);
      });
  }

  /** Conversations that run unheard, and what was suggested in those that are followed. */
  async #find(queueIds: readonly string[]): Promise<void> {
    const { conversations, suggestions, now, onSuggestion } = this.#parts;
    const toMs = now();
    const query = { fromMs: toMs - LOOK_BACK_MS, toMs, segmentFilters: [inQueues(queueIds)] };
    for await (const detail of conversations.details(query)) {
      const route = routeOf(detail);
      const isKnown = this.#followed.has(detail.conversationId);
      if (route.endMs === null && !isKnown) this.#add(detail.conversationId, route.at(toMs).queueId);
    }
    for (const { id, topics, endedAt } of this.#followed.values()) {
      if (this.#closed) return;
      if (topics.length === 0 || endedAt !== null) continue;
      for await (const document of suggestions.list(id))
        for (const told of suggestionsToldBy(id, document, now())) onSuggestion(told, false);
    }
  }
}
