/**
 * Topics of queues and of conversations, on channels that have room for so many. What finds none gets the first room
 * that comes, queues before conversations: without its queue none is heard of.
 */
import type { NotificationPool } from '../genesys/notifications-pool.ts';
import { queueOfTopic } from '../transcripts/live-events.ts';

export interface TopicsParts {
  readonly pool: Pick<NotificationPool, 'add' | 'remove'>;
  /** What came before has been missed. */
  readonly onRoom: (topic: string) => void;
}

export class Topics {
  readonly #parts: TopicsParts;
  /** The oldest first. */
  readonly #waiting = new Set<string>();

  constructor(parts: TopicsParts) {
    this.#parts = parts;
  }

  get areWaiting(): boolean {
    return this.#waiting.size > 0;
  }

  /** False: it waits for room. */
  add(topic: string): boolean {
    if (this.#parts.pool.add(topic)) return true;
    this.#waiting.add(topic);
    return false;
  }

  remove(topic: string): void {
    this.#waiting.delete(topic);
    this.#parts.pool.remove(topic);
    const isQueue = (one: string): number => (queueOfTopic(one) === undefined ? 0 : 1);
    for (const next of [...this.#waiting].toSorted((a, b) => isQueue(b) - isQueue(a))) {
      if (!this.#parts.pool.add(next)) return;
      this.#waiting.delete(next);
      this.#parts.onRoom(next);
    }
  }
}
