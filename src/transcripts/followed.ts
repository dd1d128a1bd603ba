/** The conversations that are listened to, each until all that was said in it has come. */
import { createPhraseDedup } from './phrase-dedup.ts';
import type { LivePhrase } from './live-parts.ts';
import type { PhraseDedup } from './phrase-dedup.ts';
import type { ConversationTold } from './queue-event.ts';

export interface Followed {
  readonly id: string;
  readonly phrases: PhraseDedup;
  /** First met; ms since the epoch. */
  readonly sinceMs: number;
  /** Whose topics told of it, or would have. */
  readonly topicQueueIds: Set<string>;
  /** Of digital messages whose texts were asked for. */
  readonly messageIds: Set<string>;
  /** Texts that are still to come. */
  awaited: number;
  queueId: string;
  /** Null where nobody told. */
  skillIds: readonly string[] | null;
  /** Null while nobody is connected. */
  agentId: string | null;
  mediaType: string | null;
  language: string | null;
  /** Anything of it, by the steady clock. */
  heardAt: number;
  /** Of the newest state that was told, where its source says so. */
  stateMs: number;
  /** The first message of its transcription was heard. */
  begun: boolean;
  /** Something may have been missed. */
  gap: boolean;
  ended: boolean;
  sessionEnded: boolean;
  /** Times that its transcript was looked for. */
  tries: number;
}

export function startFollowing(id: string, queueId: string, sinceMs: number): Followed {
  return {
    id,
    phrases: createPhraseDedup(),
    sinceMs,
    topicQueueIds: new Set([queueId]),
    messageIds: new Set(),
    awaited: 0,
    queueId,
    skillIds: null,
    agentId: null,
    mediaType: null,
    language: null,
    heardAt: -Infinity,
    stateMs: 0,
    begun: false,
    gap: false,
    ended: false,
    sessionEnded: false,
    tries: 0,
  };
}

/** An older state that comes after a newer one tells nothing. */
export function takeState(followed: Followed, told: ConversationTold, toldMs: number): void {
  if (toldMs < followed.stateMs) return;
  followed.stateMs = toldMs;
  followed.queueId = told.queueId;
  followed.skillIds = told.skillIds ?? followed.skillIds;
  followed.agentId = told.agentId;
  followed.mediaType = told.mediaType ?? followed.mediaType;
}

type Place = Pick<LivePhrase, 'conversationId' | 'queueId' | 'skillIds' | 'agentId' | 'mediaType' | 'language'>;

/** Where the conversation is now, and who talks in it. */
export function placeOf({ id, queueId, skillIds, agentId, mediaType, language }: Followed): Place {
  return { conversationId: id, queueId, skillIds, agentId, mediaType, language };
}

/** Everything was heard live: its transcript would add nothing. */
export function isWhole({ begun, gap, sessionEnded }: Followed): boolean {
  return begun && sessionEnded && !gap;
}

/** Conversations that are over are known a while longer: late messages of them are no news. */
const MAX_REMEMBERED = 10_000;

export class FollowedConversations {
  readonly #open = new Map<string, Followed>();
  readonly #over = new Set<string>();

  get(id: string): Followed | undefined {
    return this.#open.get(id);
  }

  get size(): number {
    return this.#open.size;
  }

  add(followed: Followed): void {
    this.#open.set(followed.id, followed);
  }

  open(): readonly Followed[] {
    return [...this.#open.values()];
  }

  isOver(id: string): boolean {
    return this.#over.has(id);
  }

  /** Nobody here listens to it any more; it may be met again. */
  leave(id: string): void {
    this.#open.delete(id);
  }

  end(id: string): void {
    this.#open.delete(id);
    this.#over.add(id);
    for (const oldest of this.#over) {
      if (this.#over.size <= MAX_REMEMBERED) return;
      this.#over.delete(oldest);
    }
  }
}
