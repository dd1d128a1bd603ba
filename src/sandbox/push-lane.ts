/**
 * One export's way out: a bounded queue, deliveries ordered by when they are due, and a few of them under way at once.
 */
import { backOffMs } from '../domain/shared/back-off.ts';
import { TimeHeap } from './heap.ts';
import type { PostAnswer, Poster } from './post.ts';
import type { Draws } from './traffic/draws.ts';
import { parseWebhookKey } from '../webhooks/secret.ts';
import { signedHeaders } from '../webhooks/sign.ts';
import type { ExportDocument } from './wire.ts';

export interface PushSettings {
  /** Events per delivery at most. */
  readonly batchSize: number;
  /** Waiting events per export; the oldest are lost beyond it. */
  readonly queueLimit: number;
  /** Share of the deliveries that come twice, half of them under a new message id. */
  readonly duplicateProbability: number;
  /** Share of the deliveries that are held back, so that later ones overtake them. */
  readonly swapProbability: number;
  readonly timeoutMs: number;
  /** First wait after a failure; doubles up to `maxBackoffMs`. */
  readonly backoffMs: number;
  readonly maxBackoffMs: number;
}

const UNDER_WAY_AT_ONCE = 4;
/** New batches wait while this many old ones do, so that an outage fills the queue and not the heap. */
const DELIVERIES_AT_MOST = 16;
const MAX_RETRY_AFTER_S = 30;
/** A delivery that is held back stays so for up to this long. */
const HOLD_MS = 1_500;

export interface LaneStats {
  /** Events that were answered 2xx, each counted once. */
  readonly delivered: number;
  readonly waiting: number;
  readonly failedAttempts: number;
  /** Events lost because the queue was full. */
  readonly dropped: number;
}

interface Delivery {
  readonly at: number;
  readonly id: string;
  readonly body: string;
  readonly events: number;
  readonly attempt: number;
  readonly isDuplicate: boolean;
}

export interface LaneParts {
  readonly random: Draws;
  readonly poster: Poster;
  readonly newId: () => string;
  readonly now: () => number;
}

export class Lane {
  readonly #settings: PushSettings;
  readonly #parts: LaneParts;
  readonly #deliveries = new TimeHeap<Delivery>();
  #queue: string[] = [];
  #underWay = 0;
  #delivered = 0;
  #failedAttempts = 0;
  #dropped = 0;

  constructor(settings: PushSettings, parts: LaneParts) {
    this.#settings = settings;
    this.#parts = parts;
  }

  /** Takes a serialised event. */
  offer(event: string): void {
    this.#queue.push(event);
    const excess = this.#queue.length - this.#settings.queueLimit;
    // Trimmed in tenths, since each trim copies the queue.
    if (excess <= this.#settings.queueLimit / 10) return;
    this.#queue = this.#queue.slice(excess);
    this.#dropped += excess;
  }

  flush(destination: ExportDocument['destination']): void {
    const now = this.#parts.now();
    while (this.#queue.length > 0 && this.#deliveries.size < DELIVERIES_AT_MOST) this.#cutBatch(now);
    while (this.#underWay < UNDER_WAY_AT_ONCE) {
      const delivery = this.#deliveries.popDue(now);
      if (delivery === undefined) return;
      void this.#send(delivery, destination);
    }
  }

  stats(): LaneStats {
    return {
      delivered: this.#delivered,
      waiting: this.#queue.length,
      failedAttempts: this.#failedAttempts,
      dropped: this.#dropped,
    };
  }

  #cutBatch(now: number): void {
    const { batchSize, duplicateProbability, swapProbability } = this.#settings;
    const { random, newId } = this.#parts;
    const events = this.#queue.splice(0, batchSize);
    const body = `{"events":[${events.join(',')}]}`;
    const held = random.uniform() < swapProbability ? random.uniform() * HOLD_MS : 0;
    const delivery = { at: now + held, id: newId(), body, events: events.length, attempt: 0, isDuplicate: false };
    this.#deliveries.push(delivery);
    if (random.uniform() >= duplicateProbability) return;
    const id = random.uniform() < 0.5 ? delivery.id : newId();
    this.#deliveries.push({ ...delivery, id, at: delivery.at + random.uniform() * HOLD_MS, isDuplicate: true });
  }

  async #send(delivery: Delivery, { url, signingSecret }: ExportDocument['destination']): Promise<void> {
    this.#underWay += 1;
    const keys = signingSecret === undefined ? [] : [parseWebhookKey(signingSecret)];
    const headers = signedHeaders(keys, delivery.id, this.#parts.now(), delivery.body);
    const answer = await this.#parts.poster.post(url, headers, delivery.body).catch((): PostAnswer => NO_ANSWER);
    this.#underWay -= 1;
    if (answer.status >= 200 && answer.status < 300) {
      if (!delivery.isDuplicate) this.#delivered += delivery.events;
      return;
    }
    this.#failedAttempts += 1;
    const wait = this.#backoff(delivery.attempt, answer.retryAfterSeconds);
    this.#deliveries.push({ ...delivery, at: this.#parts.now() + wait, attempt: delivery.attempt + 1 });
  }

  #backoff(attempt: number, retryAfterSeconds: number | undefined): number {
    const { backoffMs, maxBackoffMs } = this.#settings;
    if (retryAfterSeconds !== undefined) return Math.min(retryAfterSeconds, MAX_RETRY_AFTER_S) * 1000;
    return backOffMs(attempt, { firstMs: backoffMs, maxMs: maxBackoffMs }, this.#parts.random.uniform());
  }
}

const NO_ANSWER: PostAnswer = { status: 0, retryAfterSeconds: undefined };
