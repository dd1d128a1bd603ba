/**
 * Cards on their way into the store: those of a few milliseconds share a transaction. While the store is away they
 * wait, so many and so long: a card that comes late says something of a moment that is over.
 */
import { randomUUID } from 'node:crypto';
import { backOffMs } from '../../domain/shared/back-off.ts';
import type { AddedCard, NewCard } from '../../store/panel/cards.ts';
import type { LivePhrase } from '../../transcripts/live-parts.ts';
import type { FeedCounts } from './counts.ts';
import type { Fired } from './served-cards.ts';

/** An utterance that fired, without its words. */
export interface FiredUtterance {
  readonly place: Pick<LivePhrase, 'conversationId' | 'queueId' | 'mediaType' | 'language'>;
  readonly utteranceId: string;
  readonly agentId: string;
  readonly fired: Fired;
}

export interface WriterParts {
  addCards(cards: readonly NewCard[]): Promise<readonly AddedCard[]>;
  /** Without a lease. */
  readonly isFenced: () => boolean;
  /** Monotonic. */
  readonly clock: () => number;
  readonly counts: FeedCounts;
  readonly onError: (error: unknown) => void;
  /** Durable; ms since its utterance was heard. */
  readonly onAdded?: ((card: NewCard, tookMs: number) => void) | undefined;
  readonly settings: WriterSettings;
}

export interface WriterSettings {
  /** Waits for others to share the transaction with. */
  readonly batchMs: number;
  readonly maxBatch: number;
  readonly maxWaiting: number;
  /** Since the utterance was heard; after it no card is made. */
  readonly maxAgeMs: number;
}

export const WRITER_SETTINGS: WriterSettings = { batchMs: 3, maxBatch: 500, maxWaiting: 5_000, maxAgeMs: 10_000 };

export interface CardWriter {
  offer(utterance: FiredUtterance, heardAt: number): void;
  readonly waiting: number;
  /** What waits is written if the store takes it at once. */
  close(): Promise<void>;
}

interface Waiting {
  readonly card: NewCard;
  readonly heardAt: number;
}

const COUNTED = {
  added: 'cards',
  withheld: 'withheld',
  duplicate: 'duplicates',
  fenced: 'fenced',
  none: 'otherTurn',
} as const;
const RETRY = { firstMs: 50, maxMs: 1_000 };

export function createCardWriter(parts: WriterParts): CardWriter {
  const { settings, counts, clock } = parts;
  const queue: Waiting[] = [];
  let running: Promise<void> | undefined;
  const state = { closed: false };

  const enqueue = (utterance: FiredUtterance, heardAt: number): void => {
    for (const [action, versionIds] of utterance.fired)
      queue.push({ heardAt, card: cardOf(utterance, action, [...versionIds]) });
    const over = queue.length - settings.maxWaiting;
    if (over > 0) counts.tooLate += queue.splice(0, over).length;
  };

  const settle = (batch: readonly Waiting[], answers: readonly AddedCard[]): void => {
    batch.forEach(({ card, heardAt }, at) => {
      const answer = answers[at] ?? 'none';
      counts[COUNTED[answer]] += 1;
      if (answer === 'added' || answer === 'withheld') parts.onAdded?.(card, clock() - heardAt);
    });
  };

  const dropLate = (): void => {
    const from = clock() - settings.maxAgeMs;
    const fresh = queue.filter(({ heardAt }) => heardAt >= from);
    counts.tooLate += queue.length - fresh.length;
    if (fresh.length < queue.length) queue.splice(0, queue.length, ...fresh);
  };

  const write = async (): Promise<void> => {
    await pause(settings.batchMs);
    for (let failures = 0; queue.length > 0;) {
      dropLate();
      const batch = queue.splice(0, settings.maxBatch);
      try {
        const baselineOnly = parts.isFenced();
        settle(batch, await parts.addCards(batch.map(({ card }) => ({ ...card, baselineOnly }))));
        failures = 0;
      } catch (error) {
        // Whether it was done or not: the same once more adds nothing twice.
        queue.unshift(...batch);
        if (failures === 0) parts.onError(error);
        if (state.closed) return;
        await pause(backOffMs(failures++, RETRY, 1));
      }
    }
  };

  /** Over at once after the last look at the queue: who offers next must find nobody who will not look again. */
  const work = async (): Promise<void> => {
    try {
      await write();
    } finally {
      running = undefined;
    }
  };

  return {
    offer(utterance, heardAt) {
      if (state.closed) return;
      enqueue(utterance, heardAt);
      running ??= work();
    },
    get waiting() {
      return queue.length;
    },
    async close() {
      state.closed = true;
      await running;
    },
  };
}

function cardOf({ place, utteranceId, agentId }: FiredUtterance, action: string, fired: readonly string[]): NewCard {
  const { conversationId, queueId, mediaType, language } = place;
  return {
    cardId: randomUUID(),
    action,
    fired,
    conversationId,
    utteranceId,
    queueId,
    agentId,
    ...(mediaType !== null && { mediaType }),
    ...(language !== null && { language }),
  };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
