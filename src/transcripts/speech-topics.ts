/**
 * Topics of what is said, a conversation each, on channels that have room for so many. A conversation that finds none is
 * not heard; it gets the first room that comes, as long as it runs.
 */
import type { NotificationPool } from '../genesys/notifications-pool.ts';
import type { Followed } from './followed.ts';
import { transcriptionTopic } from './live-events.ts';

export interface SpeechTopicsParts {
  /** Null: events come another way, and there is room for all. */
  readonly pool: Pick<NotificationPool, 'add' | 'remove'> | null;
  readonly get: (conversationId: string) => Followed | undefined;
}

export class SpeechTopics {
  readonly #parts: SpeechTopicsParts;
  /** That found no room, the oldest first. */
  readonly #without = new Set<string>();
  /** Conversations that ever found none. */
  #everWithout = 0;

  constructor(parts: SpeechTopicsParts) {
    this.#parts = parts;
  }

  /** That run and are not heard. */
  get unheard(): number {
    return this.#without.size;
  }

  get everUnheard(): number {
    return this.#everWithout;
  }

  /** What is said before there is room is a gap. */
  listen(followed: Followed): void {
    const { pool } = this.#parts;
    const { id } = followed;
    if (pool === null || pool.add(transcriptionTopic(id))) return void this.#without.delete(id);
    followed.gap = true;
    if (this.#without.has(id)) return;
    this.#without.add(id);
    this.#everWithout += 1;
  }

  /** Nothing more is said in it, or nobody wants to know. */
  leave(id: string): void {
    this.#without.delete(id);
    this.#parts.pool?.remove(transcriptionTopic(id));
    for (const next of this.#without) {
      const followed = this.#parts.get(next);
      if (followed !== undefined) this.listen(followed);
      else this.#without.delete(next);
      if (this.#without.has(next)) return;
    }
  }
}
