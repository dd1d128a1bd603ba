/** The conversations that are listened to, each until all that was said in it has come. */
import { createPhraseDedup } from './phrase-dedup.ts';
import type { PhraseDedup } from './phrase-dedup.ts';

export interface Followed {
  readonly id: string;
  readonly phrases: PhraseDedup;
  /** First met; ms since the epoch. */
  readonly sinceMs: number;
  queueId: string;
  /** Null where nobody told. */
  skillIds: readonly string[] | null;
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
    queueId,
    skillIds: null,
    begun: false,
    gap: false,
    ended: false,
    sessionEnded: false,
    tries: 0,
  };
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

  add(followed: Followed): void {
    this.#open.set(followed.id, followed);
  }

  open(): readonly Followed[] {
    return [...this.#open.values()];
  }

  isOver(id: string): boolean {
    return this.#over.has(id);
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
