/**
 * Keeps one channel with one socket alive: topics are added in groups, a lost socket is opened again with back-off and
 * jitter, an old channel is renewed or replaced. What came while there was no socket is lost; `onGap` says since when.
 */
import { backOffMs } from '../domain/shared/back-off.ts';
import { GenesysError, isGenesysError } from './errors.ts';
import type { GenesysLogger } from './http.ts';
import { MAX_TOPICS } from './notifications.ts';
import type { Channel, Notifications, RefusedTopic } from './notifications.ts';
import { openNotificationSocket } from './notifications-socket.ts';
import type { NotificationEvent, NotificationSocket, SocketEnd } from './notifications-socket.ts';

export interface FeedSettings {
  /** Longest silence of a living socket. */
  readonly silenceMs: number;
  readonly connectMs: number;
  /** First wait before a lost socket is opened again; doubles up to `maxBackoffMs`, each with jitter. */
  readonly backoffMs: number;
  readonly maxBackoffMs: number;
  /** New topics wait this long for others to come with them: each group costs one call. */
  readonly groupMs: number;
  /** A topic that the channel is told so long after it was wanted has a gap. */
  readonly lateMs: number;
}

export const FEED_SETTINGS: FeedSettings = {
  silenceMs: 35_000,
  connectMs: 10_000,
  backoffMs: 500,
  maxBackoffMs: 30_000,
  groupMs: 1_000,
  lateMs: 10_000,
};

export interface FeedParts {
  readonly notifications: Notifications;
  readonly settings: FeedSettings;
  readonly now: () => number;
  /** [0, 1), for the jitter. */
  readonly random: () => number;
  readonly logger?: GenesysLogger | undefined;
  readonly onEvent: (event: NotificationEvent) => void;
  /** From some moment on these topics are not heard; told before any further event of them is. */
  readonly onLost?: ((topics: ReadonlySet<string>) => void) | undefined;
  /**
   * These topics are heard again, or for the first time long after they were wanted; what came between the two instants
   * (ms since the epoch) may have been missed.
   */
  readonly onGap: (fromMs: number, toMs: number, topics: ReadonlySet<string>) => void;
  /** This topic will not be heard; the others are. Told again when all topics are set anew. */
  readonly onRefused?: ((refused: RefusedTopic) => void) | undefined;
  /** The channel was taken away before its time: others of the client have made more than it may have. */
  readonly onEvicted?: (() => void) | undefined;
  /** Nothing that waiting could mend: the feed is over. */
  readonly onFailure: (error: unknown) => void;
}

export interface NotificationFeed {
  /** Resolves when the first socket is open and the topics so far are subscribed. */
  start(): Promise<void>;
  /** False when the channel is full: that topic will not be heard. */
  add(topic: string): boolean;
  readonly isOpen: boolean;
  remove(topic: string): void;
  pause(): void;
  resume(): void;
  close(): void;
}

const MAX_OPENINGS = 3;
/** Of the back-off: half a minute with the usual settings. */
const EVICTED_ATTEMPT = 6;

export function createNotificationFeed(parts: FeedParts): NotificationFeed {
  return new Feed(parts);
}

class Feed implements NotificationFeed {
  readonly #parts: FeedParts;
  readonly #wanted = new Set<string>();
  /** As the channel has them. */
  #subscribed = new Set<string>();
  /** Not told to the channel yet, with since when by the steady clock. */
  readonly #awaited = new Map<string, number>();
  #channel: Channel | undefined;
  #socket: NotificationSocket | undefined;
  #paused = false;
  #closed = false;
  #timer: NodeJS.Timeout | undefined;
  #renewal: NodeJS.Timeout | undefined;
  #lostAt: number | undefined;
  #attempt = 0;
  #busy = false;
  /** Of a channel whose topics just changed. */
  #lifeMs = 0;
  /** The channel is half way to its end. */
  #stale = false;

  constructor(parts: FeedParts) {
    this.#parts = parts;
  }

  async start(): Promise<void> {
    this.#busy = true;
    await this.#open().finally(() => {
      this.#busy = false;
    });
  }

  get isOpen(): boolean {
    return this.#socket !== undefined;
  }

  add(topic: string): boolean {
    if (this.#wanted.size >= MAX_TOPICS && !this.#wanted.has(topic)) return false;
    if (!this.#wanted.has(topic)) this.#awaited.set(topic, performance.now());
    this.#wanted.add(topic);
    this.#later(this.#parts.settings.groupMs);
    return true;
  }

  remove(topic: string): void {
    this.#wanted.delete(topic);
    this.#awaited.delete(topic);
  }

  pause(): void {
    this.#paused = true;
    this.#socket?.pause();
  }

  resume(): void {
    this.#paused = false;
    this.#socket?.resume();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#renewal);
    this.#socket?.close();
  }

  /** One timer for whatever is to be done next: open the socket, or tell the channel of new topics. */
  #later(ms: number): void {
    if (this.#closed || this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (this.#busy) this.#later(ms);
      else void this.#catchUp();
    }, ms);
  }

  async #catchUp(): Promise<void> {
    this.#busy = true;
    try {
      if (this.#socket === undefined) await this.#open();
      else await this.#subscribe(this.#socket);
      this.#attempt = 0;
    } catch (error) {
      this.#failed(error);
    } finally {
      this.#busy = false;
    }
  }

  #failed(error: unknown): void {
    if (this.#closed) return;
    if (isGenesysError(error, 'badRequest', 'forbidden', 'badClient')) {
      this.close();
      return this.#parts.onFailure(error);
    }
    if (isGenesysError(error, 'notFound')) this.#gone();
    this.#parts.logger?.debug({ err: (error as Error).message, attempt: this.#attempt }, 'notifications not reached');
    this.#later(Math.max(this.#nextBackoff(), retryAfterOf(error)));
  }

  /** Each new channel may push out one of somebody else: one whose socket does not open is kept while it is there. */
  async #leaveIfGone(channel: Channel): Promise<void> {
    const isThere = await this.#parts.notifications.hasChannel(channel.id).catch(() => true);
    if (!isThere) this.#gone();
    else if (this.#attempt >= MAX_OPENINGS) this.#channel = undefined;
  }

  /** At its end nobody took it away; before it others of the client did, and are not driven out in turn at once. */
  #gone(): void {
    if ((this.#channel?.expiresAt ?? 0) > this.#parts.now()) {
      this.#parts.onEvicted?.();
      this.#attempt = Math.max(this.#attempt, EVICTED_ATTEMPT);
    }
    this.#channel = undefined;
    this.#socket?.close();
    this.#forget(this.#socket);
  }

  async #open(): Promise<void> {
    const channel = await this.#livingChannel();
    const { connectUri, agent } = channel;
    const { settings, onEvent } = this.#parts;
    const opening: { socket?: NotificationSocket; end?: SocketEnd } = {};
    const onEnd = (end: SocketEnd): void => {
      opening.end = end;
      if (opening.socket !== undefined) this.#lost(end, opening.socket);
    };
    const socket = await openNotificationSocket({ ...settings, connectUri, agent, onEvent, onEnd }).catch(
      async (error: unknown) => {
        await this.#leaveIfGone(channel);
        throw error;
      },
    );
    if (opening.end !== undefined)
      throw new GenesysError({
        kind: 'network',
        asked: 'the notifications socket',
        came: `it opened and was ${opening.end}`,
      });
    opening.socket = socket;
    if (this.#closed) return socket.close();
    this.#socket = socket;
    if (this.#paused) socket.pause();
    await this.#replace(channel).catch((error: unknown) => {
      socket.close();
      this.#forget(socket);
      throw error;
    });
    if (this.#socket === socket) this.#whole();
  }

  /** A socket that died while its topics were told is no end of the gap. */
  #whole(): void {
    const from = this.#lostAt;
    this.#lostAt = undefined;
    if (from !== undefined) this.#parts.onGap(from, this.#parts.now(), this.#wanted);
  }

  #lost(end: SocketEnd, socket: NotificationSocket): void {
    if (this.#closed || this.#socket !== socket) return;
    this.#parts.logger?.debug({ end }, 'notifications socket lost');
    this.#forget(socket);
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#later(this.#nextBackoff());
  }

  #forget(socket: NotificationSocket | undefined): void {
    if (socket === undefined || this.#socket !== socket) return;
    this.#lostAt ??= this.#parts.now() - socket.idleMs();
    this.#socket = undefined;
    this.#parts.onLost?.(this.#wanted);
  }

  async #livingChannel(): Promise<Channel> {
    const known = this.#channel;
    if (known !== undefined && known.expiresAt > this.#parts.now()) return known;
    this.#subscribed = new Set();
    const channel = await this.#parts.notifications.createChannel();
    this.#lifeMs = Math.max(1000, channel.expiresAt - this.#parts.now());
    this.#channel = channel;
    return channel;
  }

  /** Only what is new, unless the channel would overflow with topics that nobody wants any more. */
  async #subscribe(socket: NotificationSocket): Promise<void> {
    const channel = this.#channel;
    const fresh = [...this.#wanted].filter((topic) => !this.#subscribed.has(topic));
    if (channel === undefined) return;
    if (this.#stale || this.#subscribed.size + fresh.length > MAX_TOPICS) return this.#replace(channel);
    if (fresh.length === 0) return;
    this.#tellRefused(await this.#parts.notifications.addTopics(channel.id, fresh));
    if (this.#socket !== socket) return;
    for (const topic of fresh) this.#subscribed.add(topic);
    this.#heard(fresh);
    this.#renewBefore(channel);
  }

  async #replace(channel: Channel): Promise<void> {
    const wanted = [...this.#wanted];
    this.#tellRefused(await this.#parts.notifications.replaceTopics(channel.id, wanted));
    this.#subscribed = new Set(wanted);
    this.#stale = false;
    this.#heard(wanted);
    this.#renewBefore(channel);
  }

  #heard(topics: readonly string[]): void {
    const at = performance.now();
    const waitedMs = (topic: string): number => at - (this.#awaited.get(topic) ?? at);
    const late = topics.filter((topic) => waitedMs(topic) > this.#parts.settings.lateMs);
    const nowMs = this.#parts.now();
    if (late.length > 0) this.#parts.onGap(nowMs - Math.max(...late.map(waitedMs)), nowMs, new Set(late));
    for (const topic of topics) this.#awaited.delete(topic);
  }

  #tellRefused(refused: readonly RefusedTopic[]): void {
    for (const one of refused) if (!this.#closed && this.#wanted.has(one.topic)) this.#parts.onRefused?.(one);
  }

  /** Every change of topics gives the channel a whole life again; at half of it one is made on purpose. */
  #renewBefore(channel: Channel): void {
    if (this.#closed) return;
    this.#channel = { ...channel, expiresAt: this.#parts.now() + this.#lifeMs };
    clearTimeout(this.#renewal);
    this.#renewal = setTimeout(() => {
      this.#stale = true;
      this.#later(0);
    }, this.#lifeMs / 2);
  }

  #nextBackoff(): number {
    const { settings, random } = this.#parts;
    const rules = { firstMs: settings.backoffMs, maxMs: settings.maxBackoffMs };
    return backOffMs(this.#attempt++, rules, random());
  }
}

function retryAfterOf(error: unknown): number {
  return error instanceof GenesysError ? (error.retryAfterMs ?? 0) : 0;
}
