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
import { Topics } from './topics.ts';

export interface FollowerParts {
  readonly notifications: Notifications;
  readonly conversations: Conversations;
  readonly suggestions: Suggestions;
  readonly settings: FeedSettings;
  readonly maxChannels: number;
  /** Until analytics tells of conversations that ended just now; default a minute. */
  readonly settleMs?: number;
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
  /** When it was met; ms since the epoch. */
  readonly sinceMs: number;
  readonly queueIds: Set<string>;
  readonly topics: Set<string>;
  /** By the steady clock. */
  heardAt: number;
  /** By the steady clock; null while it runs in one of the queues. */
  endedAt: number | null;
  /** It was told that it ended: else its queues were left, and may come back. */
  isOver: boolean;
}

/** What agents do with a suggestion may be told after the conversation. */
const AFTER_MS = 120_000;
/** Conversations that began longer ago are not looked for. */
const LOOK_BACK_MS = 2 * 3_600_000;
const SETTLE_MS = 60_000;
const MAX_WAIT_FACTOR = 16;

export function createFollower(parts: FollowerParts, openPool = createNotificationPool): Follower {
  return new Following(parts, openPool);
}

class Following implements Follower {
  readonly #parts: FollowerParts;
  readonly #pool: NotificationPool;
  readonly #topics: Topics;
  readonly #followed = new Map<string, Followed>();
  #queues: ReadonlyMap<string, readonly SuggestionKind[]> = new Map();
  #sweep: NodeJS.Timeout | undefined;
  #lookAgain: NodeJS.Timeout | undefined;
  /** By the steady clock: what was heard since runs, or its end will be told. */
  #gapAt = -Infinity;
  #catchingUp: Promise<void> = Promise.resolve();
  #closed = false;
  unheard = 0;

  constructor(parts: FollowerParts, openPool: typeof createNotificationPool) {
    this.#parts = parts;
    this.#pool = openPool(
      {
        ...parts,
        onEvent: (event) => {
          this.#hear(event);
        },
        onGap: () => {
          this.#missed([...this.#queues.keys()]);
        },
      },
      parts.maxChannels,
    );
    this.#topics = new Topics({
      pool: this.#pool,
      onRoom: (topic) => {
        this.#heardAtLast(topic);
      },
    });
  }

  get open(): number {
    return this.#followed.size;
  }

  /** Of a queue that is left nobody tells that its conversations end. */
  follow(queues: ReadonlyMap<string, readonly SuggestionKind[]>): void {
    const fresh = [...queues.keys()].filter((id) => !this.#queues.has(id));
    for (const id of this.#queues.keys()) if (!queues.has(id)) this.#topics.remove(queueTopic(id));
    this.#queues = queues;
    for (const one of this.#followed.values()) if (![...one.queueIds].some((id) => queues.has(id))) this.#leave(one);
    for (const id of fresh) if (!this.#topics.add(queueTopic(id))) this.#forget(0);
    if (fresh.length > 0) this.#missed(fresh);
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
    clearTimeout(this.#lookAgain);
    this.#pool.close();
  }

  #hear(event: NotificationEvent): void {
    const suggestion = suggestionToldBy(event);
    if (suggestion !== undefined) {
      const followed = this.#followed.get(suggestion.conversationId);
      if (followed !== undefined) followed.heardAt = performance.now();
      return this.#parts.onSuggestion(suggestion, true);
    }
    const queueId = queueOfTopic(event.topicName);
    const told = queueId === undefined ? undefined : conversationOf(queueId, event.eventBody);
    if (told === undefined) return;
    const known = this.#followed.get(told.conversationId);
    if (told.ended) return this.#end(known);
    this.#add(told.conversationId, told.queueId, told.topicQueueId).heardAt = performance.now();
    this.#parts.onConversation(told);
  }

  /** One that is known may have come into another queue. */
  #add(id: string, ...queueIds: readonly string[]): Followed {
    const followed = this.#followed.get(id) ?? startFollowing(id, this.#parts.now());
    this.#followed.set(id, followed);
    for (const queueId of queueIds) followed.queueIds.add(queueId);
    const topics = queueIds
      .flatMap((queueId) => this.#queues.get(queueId) ?? [])
      .map((kind) => suggestionTopic(id, kind))
      .filter((topic) => !followed.topics.has(topic));
    if (!followed.isOver && queueIds.some((queueId) => this.#queues.has(queueId))) followed.endedAt = null;
    for (const topic of topics) followed.topics.add(topic);
    // Each of them: what finds no room waits for it.
    const hearsAll = (): boolean => topics.map((topic) => this.#topics.add(topic)).every(Boolean);
    if (hearsAll()) return followed;
    this.#forget(0);
    if (!hearsAll()) this.unheard += 1;
    return followed;
  }

  #end(followed: Followed | undefined): void {
    if (followed === undefined) return;
    followed.isOver = true;
    this.#leave(followed);
  }

  #leave(followed: Followed): void {
    if (followed.endedAt !== null) return;
    followed.endedAt = performance.now();
    if (this.#topics.areWaiting) this.#forget(0);
  }

  /** Those that ended so long ago; all of them, where there is no room for one that runs. */
  #forget(afterMs: number): void {
    const before = performance.now() - afterMs;
    for (const { id, topics, endedAt } of this.#followed.values()) {
      if (endedAt === null || endedAt > before) continue;
      this.#followed.delete(id);
      for (const topic of topics) this.#topics.remove(topic);
    }
  }

  #heardAtLast(topic: string): void {
    const queueId = queueOfTopic(topic);
    if (queueId !== undefined) return this.#missed([queueId]);
    const followed = [...this.#followed.values()].find(({ topics }) => topics.has(topic));
    if (followed !== undefined) this.#catchUp(() => this.#tellSuggested([followed]));
  }

  #missed(queueIds: readonly string[]): void {
    this.#gapAt = performance.now();
    this.#catchUp(() => this.#lookAt(queueIds));
    this.#lookLater(1);
  }

  /** Analytics tells late of what ended just now: looked again while one gives no sign of life. */
  #lookLater(factor: number): void {
    if (this.#closed) return;
    clearTimeout(this.#lookAgain);
    this.#lookAgain = setTimeout(
      () => {
        this.#catchUp(async () => {
          await this.#tellSuggested(await this.#find([...this.#queues.keys()]));
          const isSilent = ({ endedAt, heardAt }: Followed): boolean => endedAt === null && heardAt < this.#gapAt;
          if ([...this.#followed.values()].some(isSilent)) this.#lookLater(Math.min(MAX_WAIT_FACTOR, 2 * factor));
        });
      },
      factor * (this.#parts.settleMs ?? SETTLE_MS),
    );
  }

  /** One after the other: what was missed must not use up the rate that answers need. */
  #catchUp(look: () => Promise<void>): void {
    this.#catchingUp = this.#catchingUp.then(look).catch((error: unknown) => {
      this.#parts.onTrouble(error);
      this.#lookLater(1);
    });
  }

  async #lookAt(queueIds: readonly string[]): Promise<void> {
    await this.#find(queueIds);
    await this.#tellSuggested([...this.#followed.values()]);
  }

  /** Conversations that run unheard, and those that ended so. */
  async #find(queueIds: readonly string[]): Promise<readonly Followed[]> {
    const { conversations, now } = this.#parts;
    const toMs = now();
    const running = [...this.#followed.values()].filter(({ endedAt }) => endedAt === null);
    const fromMs = running.reduce((first, { sinceMs }) => Math.min(first, sinceMs), toMs) - LOOK_BACK_MS;
    const found: Followed[] = [];
    for await (const detail of conversations.details({ fromMs, toMs, segmentFilters: [inQueues(queueIds)] })) {
      const route = routeOf(detail);
      const known = this.#followed.get(detail.conversationId);
      if (route.endMs === null && (known === undefined || isLeft(known)))
        found.push(this.#add(detail.conversationId, route.at(toMs).queueId));
      if (route.endMs === null || known?.endedAt !== null) continue;
      found.push(known);
      this.#end(known);
    }
    return found;
  }

  /** Of those that ended just now too: what agents did in the gap is told by nothing else. */
  async #tellSuggested(all: readonly Followed[]): Promise<void> {
    const { suggestions, now, onSuggestion } = this.#parts;
    for (const { id, topics } of all) {
      if (this.#closed) return;
      if (topics.size === 0) continue;
      for await (const document of suggestions.list(id))
        for (const told of suggestionsToldBy(id, document, now())) onSuggestion(told, false);
    }
  }
}

function isLeft({ endedAt, isOver }: Followed): boolean {
  return endedAt !== null && !isOver;
}

function startFollowing(id: string, sinceMs: number): Followed {
  return { id, sinceMs, queueIds: new Set(), topics: new Set(), heardAt: -Infinity, endedAt: null, isOver: false };
}
