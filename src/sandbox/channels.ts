/**
 * Notification channels: a list of topics and at most one socket. Nothing is kept for a channel that has no socket:
 * what
 * happens meanwhile is lost, as on the platform.
 */
import { randomUUID } from 'node:crypto';
import { ApiError, badRequest, noSuchResource } from './api-error.ts';

const MAX_TOPICS = 1000;
const MAX_CHANNELS = 20;

/** The far end of a channel's socket. */
export interface ChannelEnd {
  send(text: string): void;
  /** Without a closing handshake. */
  cut(): void;
  close(): void;
}

/** Whose channel it is: 20 belong to one client, and one agent of it. */
export interface ChannelOwner {
  readonly clientId: string;
  readonly token: string;
}

interface Channel {
  readonly id: string;
  readonly owner: ChannelOwner;
  topics: ReadonlySet<string>;
  expiresAt: number;
  sink: ChannelEnd | undefined;
}

export interface ChannelSettings {
  readonly lifetimeMs: number;
  readonly now: () => number;
}

export class Channels {
  readonly #settings: ChannelSettings;
  readonly #channels = new Map<string, Channel>();
  readonly #listeners = new Map<string, Set<Channel>>();
  #muted = false;

  constructor(settings: ChannelSettings) {
    this.#settings = settings;
  }

  get count(): number {
    return this.#channels.size;
  }

  create(owner: ChannelOwner): PresentedChannel {
    this.#evict(owner.clientId);
    const channel: Channel = {
      id: `streaming-${randomUUID()}`,
      owner,
      topics: new Set(),
      expiresAt: this.#expiry(),
      sink: undefined,
    };
    this.#channels.set(channel.id, channel);
    return presentChannel(channel);
  }

  /** Those of this token, or of the client whatever its token. */
  list({ clientId, token }: ChannelOwner, by: 'token' | 'client'): readonly PresentedChannel[] {
    const alive = [...this.#channels.keys()].flatMap((id) => this.#find(id) ?? []);
    return alive
      .filter(({ owner }) => (by === 'token' ? owner.token === token : owner.clientId === clientId))
      .map(presentChannel);
  }

  topicsOf(id: string): readonly string[] {
    return [...this.#alive(id).topics];
  }

  /** The whole list, or more of it. Either prolongs the life of the channel. */
  subscribe(id: string, topics: readonly string[], how: 'replace' | 'add'): void {
    const channel = this.#alive(id);
    const wanted = new Set(how === 'add' ? [...channel.topics, ...topics] : topics);
    if (wanted.size > MAX_TOPICS) throw tooMany(wanted.size);
    this.#listen(channel, wanted);
    channel.expiresAt = this.#expiry();
  }

  /** A second socket drops the first. False when there is no such channel. */
  connect(id: string, sink: ChannelEnd): boolean {
    const channel = this.#find(id);
    if (channel === undefined) return false;
    channel.sink?.close();
    channel.sink = sink;
    return true;
  }

  disconnected(id: string, sink: ChannelEnd): void {
    const channel = this.#channels.get(id);
    if (channel?.sink === sink) channel.sink = undefined;
  }

  /** The body is made only where somebody listens. */
  publish(topicName: string, bodyOf: () => object): void {
    const listeners = this.#listeners.get(topicName);
    if (listeners === undefined || this.#muted) return;
    const eventBody = bodyOf();
    const text = JSON.stringify({ topicName, version: '2', eventBody, metadata: { CorrelationId: randomUUID() } });
    for (const { sink } of listeners) sink?.send(text);
  }

  /** To every socket, whatever its topics. */
  announce(topicName: string, eventBody: object): void {
    if (!this.#muted)
      this.#eachSink((sink) => {
        sink.send(JSON.stringify({ topicName, eventBody }));
      });
  }

  /** A muted socket is open and silent, as behind a proxy that died. */
  mute(muted: boolean): void {
    this.#muted = muted;
  }

  cutAll(): void {
    this.#eachSink((sink) => {
      sink.cut();
    });
  }

  #eachSink(act: (sink: ChannelEnd) => void): void {
    for (const { sink } of this.#channels.values()) if (sink !== undefined) act(sink);
  }

  #listen(channel: Channel, topics: ReadonlySet<string>): void {
    for (const topic of channel.topics) {
      const listeners = this.#listeners.get(topic);
      listeners?.delete(channel);
      if (listeners?.size === 0) this.#listeners.delete(topic);
    }
    channel.topics = topics;
    for (const topic of topics) {
      const listeners = this.#listeners.get(topic) ?? new Set();
      this.#listeners.set(topic, listeners.add(channel));
    }
  }

  /** The least recently made goes, one without a socket first. */
  #evict(clientId: string): void {
    const own = [...this.#channels.values()].filter(({ owner }) => owner.clientId === clientId);
    if (own.length < MAX_CHANNELS) return;
    const victim = own.find(({ sink }) => sink === undefined) ?? own[0];
    if (victim !== undefined) this.#remove(victim);
  }

  #remove(channel: Channel): void {
    this.#listen(channel, new Set());
    this.#channels.delete(channel.id);
    channel.sink?.close();
  }

  #find(id: string): Channel | undefined {
    const channel = this.#channels.get(id);
    if (channel === undefined || channel.expiresAt > this.#settings.now()) return channel;
    this.#remove(channel);
    return undefined;
  }

  #alive(id: string): Channel {
    const channel = this.#find(id);
    if (channel === undefined) throw noSuchResource();
    return channel;
  }

  #expiry(): number {
    return this.#settings.now() + this.#settings.lifetimeMs;
  }
}

interface PresentedChannel {
  readonly id: string;
  readonly expires: string;
}

function presentChannel({ id, expiresAt }: Channel): PresentedChannel {
  return { id, expires: new Date(expiresAt).toISOString() };
}

function tooMany(topics: number): ApiError {
  const { status, message } = badRequest(`${topics} topics on one channel; at most ${MAX_TOPICS} are allowed.`);
  return new ApiError({ status, code: 'notification.subscription.too.many.subscriptions', message });
}
