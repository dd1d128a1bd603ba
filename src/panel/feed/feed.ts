/** From what is said to card rows: follows its share of the queues, asks the triggers of what serves, and writes. */
import type { Database } from '../../store/database.ts';
import { addCards } from '../../store/panel/cards.ts';
import type { NewCard } from '../../store/panel/cards.ts';
import { tellTrouble } from '../../store/panel/instances.ts';
import { PANEL_SPLIT_CHANNEL } from '../../store/panel/splits.ts';
import { createLiveFeed } from '../../transcripts/live.ts';
import type { LiveFeed, LiveParts, LivePhrase, LiveState } from '../../transcripts/live-parts.ts';
import { readBridge } from './bridge-reader.ts';
import type { BridgeReader } from './bridge-reader.ts';
import { createCardWriter, WRITER_SETTINGS } from './card-writer.ts';
import type { CardWriter, WriterSettings } from './card-writer.ts';
import { createFeedCounts } from './counts.ts';
import type { FeedCounts } from './counts.ts';
import { keepQueueLeases } from './queue-leases.ts';
import type { QueueLeases } from './queue-leases.ts';
import { watchLosses } from './watch-losses.ts';
import type { LossWatch } from './watch-losses.ts';
import { createCardSource } from './served-cards.ts';
import type { ServedCards } from './served-cards.ts';

export interface PanelFeedOptions {
  readonly db: Database;
  /** This process; known to the store once its first renewal is through. */
  readonly instance: { readonly id: string; readonly isFenced: () => boolean };
  readonly live: Omit<LiveParts, 'onRefused' | 'onEvicted' | 'onMissing'>;
  readonly logger?: { warn(fields: object, message: string): void } | undefined;
  /** Events come to the events service by EventBridge, and no channel is made. */
  readonly isBridged?: boolean;
  /** Monotonic. */
  readonly clock: () => number;
  readonly settings?: Partial<WriterSettings & FeedTimes>;
  readonly onAdded?: (card: NewCard, tookMs: number) => void;
}

export interface FeedTimes {
  readonly renewMs: number;
  /** After a feed that was refused for good. */
  readonly restartMs: number;
  /** Between two looks at what is lost. */
  readonly lookMs: number;
}

const TIMES: FeedTimes = { renewMs: 1_500, restartMs: 30_000, lookMs: 10_000 };

export interface PanelFeedState extends LiveState {
  readonly queues: readonly string[];
  readonly waiting: number;
  /** Why utterances that should surface a card do not; null: they do. */
  readonly trouble: string | null;
  readonly counts: FeedCounts;
}

export interface PanelFeed {
  state(): PanelFeedState;
  /** An event that came another way than by a channel. */
  hear: LiveFeed['hear'];
  close(): Promise<void>;
}

export async function startPanelFeed(options: PanelFeedOptions): Promise<PanelFeed> {
  const feed = new Feed(options);
  await feed.start();
  return feed;
}

class Feed implements PanelFeed {
  readonly #options: PanelFeedOptions;
  readonly #times: WriterSettings & FeedTimes;
  readonly #counts = createFeedCounts();
  readonly #readCards: () => Promise<ServedCards>;
  readonly #writer: CardWriter;
  readonly #leases: QueueLeases;
  readonly #stopped = new AbortController();
  #served: ServedCards | null = null;
  #refreshing: Promise<void> | undefined;
  #queueIds: ReadonlySet<string> = new Set();
  #live: LiveFeed;
  #listening: Promise<void> = Promise.resolve();
  #unlisten: (() => Promise<void>) | undefined;
  #bridge: BridgeReader | undefined;
  readonly #losses: LossWatch;

  constructor(options: PanelFeedOptions) {
    this.#options = options;
    this.#times = { ...WRITER_SETTINGS, ...TIMES, ...options.settings };
    this.#readCards = createCardSource(options.db);
    this.#live = this.#openLive();
    this.#writer = this.#openWriter();
    this.#leases = keepQueueLeases({
      db: options.db,
      instanceId: options.instance.id,
      renewMs: this.#times.renewMs,
      queues: async () => {
        await this.#refresh();
        return this.#served?.queues ?? [];
      },
      onQueues: (queueIds) => {
        this.#follow(queueIds);
      },
      onError: (error) => {
        this.#warn(error, 'what serves and the leases on queues could not be read; going on as before');
      },
    });
    this.#losses = this.#watchLosses();
  }

  async start(): Promise<void> {
    this.#unlisten = await this.#options.db.listen(PANEL_SPLIT_CHANNEL, () => {
      this.#leases.wake();
    });
    this.#listening = this.#listen();
    if (this.#options.isBridged === true) this.#bridge = await this.#openBridge();
    this.#leases.wake();
  }

  state(): PanelFeedState {
    const [queues, { trouble }] = [[...this.#queueIds], this.#losses];
    return { queues, ...this.#live.state(), waiting: this.#writer.waiting, trouble, counts: this.#counts };
  }

  readonly hear: LiveFeed['hear'] = (event, toldMs) => {
    this.#live.hear(event, toldMs);
  };

  async close(): Promise<void> {
    this.#stopped.abort();
    await Promise.all([this.#unlisten?.(), this.#bridge?.close(), this.#losses.close()]);
    await this.#leases.close();
    this.#live.stop();
    await this.#listening;
    await this.#writer.close();
  }

  #openBridge(): Promise<BridgeReader> {
    return readBridge({
      db: this.#options.db,
      hear: this.hear,
      maxAgeMs: this.#times.maxAgeMs,
      onLate: (events) => {
        this.#counts.tooLate += events;
      },
      onError: (error) => {
        this.#warn(error, 'events of EventBridge could not be read; trying again');
      },
    });
  }

  #watchLosses(): LossWatch {
    const { db, instance, clock, logger } = this.#options;
    return watchLosses({
      state: () => ({ live: this.#live.state(), counts: this.#counts, hasQueues: this.#queueIds.size > 0 }),
      clock,
      keep: (trouble) => tellTrouble(db, instance.id, trouble),
      logger,
      lookMs: this.#times.lookMs,
    });
  }

  #openWriter(): CardWriter {
    const { db, instance, clock, onAdded } = this.#options;
    return createCardWriter({
      addCards: (cards) => addCards(db, cards),
      isFenced: () => instance.isFenced(),
      clock,
      counts: this.#counts,
      onError: (error) => {
        this.#warn(error, 'cards could not be written; they are tried again for as long as they are of use');
      },
      onAdded,
      settings: this.#times,
    });
  }

  #openLive(): LiveFeed {
    const { live, logger, isBridged = false } = this.#options;
    const parts: LiveParts = {
      ...live,
      settings: { ...live.settings, ...(isBridged && { maxChannels: 0 }) },
      onRefused: ({ topic, reason }) => logger?.warn({ topic, reason }, 'a topic is refused and not heard'),
      onEvicted: () =>
        logger?.warn({}, 'another process of the OAuth client took a notification channel; it is made again'),
      onMissing: () => {
        this.#counts.unread += 1;
      },
    };
    return createLiveFeed(parts, { queueIds: [...this.#queueIds], signal: this.#stopped.signal });
  }

  /** Until it is stopped: a feed that is over is begun again after a while. */
  async #listen(): Promise<void> {
    while (!this.#stopped.signal.aborted) {
      try {
        await this.#live.start();
        for await (const phrase of this.#live.phrases) this.#hearPhrase(phrase);
      } catch (error) {
        this.#warn(error, 'the conversations cannot be heard; trying again');
      }
      this.#live.stop();
      await pause(this.#times.restartMs, this.#stopped.signal);
      if (!this.#stopped.signal.aborted) this.#live = this.#openLive();
    }
  }

  #hearPhrase(phrase: LivePhrase): void {
    const { served, heardAt } = { served: this.#served, heardAt: this.#options.clock() };
    if (phrase.via === 'live') this.#counts.utterances += 1;
    if (served === null) return;
    const fired = served.fired(phrase);
    if (fired.size === 0) return;
    const { utteranceId, agentId } = phrase;
    if (utteranceId === null) return this.#miss([...fired.keys()]);
    if (agentId === null) return void (this.#counts.noAgent += 1);
    const { conversationId, queueId, mediaType, language } = phrase;
    const place = { conversationId, queueId, mediaType, language };
    this.#writer.offer({ place, utteranceId, agentId, fired }, heardAt);
  }

  #miss(actions: readonly string[]): void {
    const { missed } = this.#counts;
    for (const action of actions) missed[action] = (missed[action] ?? 0) + 1;
  }

  #follow(queueIds: ReadonlySet<string>): void {
    for (const id of this.#queueIds) if (!queueIds.has(id)) this.#live.leave(id);
    for (const id of queueIds) if (!this.#queueIds.has(id)) this.#live.follow(id);
    this.#queueIds = queueIds;
  }

  /** One at a time; who asks while one runs gets what is read after it. */
  async #refresh(): Promise<void> {
    const before = this.#refreshing;
    const mine = (async () => {
      await before?.catch(() => undefined);
      this.#served = await this.#readCards();
    })();
    this.#refreshing = mine;
    await mine;
  }

  #warn(error: unknown, message: string): void {
    this.#options.logger?.warn({ err: error }, message);
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const over = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', over);
      resolve();
    };
    const timer = setTimeout(over, ms);
    signal.addEventListener('abort', over);
  });
}
