/**
 * Several channels as one feed: a topic goes where there is room, and a further channel is made when there is none, up
 * to a number. The platform allows 20 for a client, whoever uses it, and takes the least used away for the 21st.
 */
import { createNotificationFeed } from './notifications-feed.ts';
import type { FeedParts, NotificationFeed } from './notifications-feed.ts';
import { MAX_TOPICS } from './notifications.ts';

/** `isOpen`: all channels are. */
export type NotificationPool = NotificationFeed & { readonly channels: number };

export function createNotificationPool(parts: FeedParts, maxChannels: number): NotificationPool {
  return new Pool(parts, maxChannels);
}

interface Member {
  readonly feed: NotificationFeed;
  readonly topics: Set<string>;
}

class Pool implements NotificationPool {
  readonly #parts: FeedParts;
  readonly #maxChannels: number;
  readonly #members: Member[] = [];
  readonly #holders = new Map<string, Member>();
  #paused = false;
  #closed = false;

  constructor(parts: FeedParts, maxChannels: number) {
    this.#parts = parts;
    this.#maxChannels = maxChannels;
  }

  get channels(): number {
    return this.#members.length;
  }

  get isOpen(): boolean {
    return this.#members.length > 0 && this.#members.every(({ feed }) => feed.isOpen);
  }

  start(): Promise<void> {
    return (this.#members[0] ?? this.#join()).feed.start();
  }

  add(topic: string): boolean {
    if (this.#holders.has(topic)) return true;
    const member = this.#members.find(({ topics }) => topics.size < MAX_TOPICS) ?? this.#join();
    if (member.topics.size >= MAX_TOPICS || !member.feed.add(topic)) return false;
    member.topics.add(topic);
    this.#holders.set(topic, member);
    return true;
  }

  /** A channel without topics is kept: closing it would only make the next one necessary. */
  remove(topic: string): void {
    const member = this.#holders.get(topic);
    member?.feed.remove(topic);
    member?.topics.delete(topic);
    this.#holders.delete(topic);
  }

  pause(): void {
    this.#paused = true;
    for (const { feed } of this.#members) feed.pause();
  }

  resume(): void {
    this.#paused = false;
    for (const { feed } of this.#members) feed.resume();
  }

  close(): void {
    this.#closed = true;
    for (const { feed } of this.#members) feed.close();
  }

  /** The last one when there may be no more: it is full. */
  #join(): Member {
    const last = this.#members.at(-1);
    if (last !== undefined && (this.#closed || this.#members.length >= this.#maxChannels)) return last;
    const member = { feed: createNotificationFeed(this.#parts), topics: new Set<string>() };
    if (this.#paused) member.feed.pause();
    this.#members.push(member);
    return member;
  }
}
