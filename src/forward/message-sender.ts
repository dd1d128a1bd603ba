/**
 * Sends what waits for one destination: claims messages one claim at a time, keeps a few under way, and decides what
 * comes of each. It ends when the destination fails, or takes messages again after it had failed; the workflow decides
 * when the next one begins.
 */
import { randomUUID } from 'node:crypto';
import { ApplicationFailure } from '@temporalio/common';
import { createWakeup } from '../activities/wakeup.ts';
import type { Wakeup } from '../activities/wakeup.ts';
import { backOffMs } from '../domain/shared/back-off.ts';
import type { Database } from '../store/database.ts';
import { buryMessage } from '../store/dead-letters.ts';
import type { DestinationKind, Sender } from '../store/destinations.ts';
import { count } from '../telemetry/measure.ts';
import { traced } from '../telemetry/spans.ts';
import { emitOldestWindow } from '../store/metric-windows.ts';
import {
  OUTBOX_CHANNEL,
  claimDue,
  claimFresh,
  dissolveMessage,
  nextDueAt,
  postponeMessage,
  settleMessage,
} from '../store/outbox.ts';
import type { ClaimedMessage } from '../store/outbox.ts';
import type { Outlet } from './outlet.ts';
import type { Answer } from './post.ts';
import type { ForwardSettings } from './settings.ts';
import type { SendOutcome } from './types.ts';

export interface MessageSenderParts {
  readonly db: Database;
  readonly now: () => number;
  /** 0 up to 1; spreads retries. */
  readonly random: () => number;
  readonly settings: ForwardSettings;
  readonly kind: DestinationKind;
  readonly outlet: Outlet;
  readonly sender: Sender;
  /** It failed before: one message at a time until one is taken. */
  readonly probing: boolean;
  /** Between this failure and the next try, also where the destination asks for less. */
  readonly minRestMs: number;
  /** Ends it: what is under way may still be answered, for a while. */
  readonly signal: AbortSignal;
}

/** What there is to tell since the last time it was asked; `failing` is null while nothing was tried. */
export interface SendFigures {
  readonly delivered: number;
  readonly failedAttempts: number;
  readonly lastProblem: string | null;
  readonly failing: boolean | null;
}

const CLOSE_MS = 2_000;

export class MessageSender {
  readonly #parts: MessageSenderParts;
  readonly #ended = new AbortController();
  readonly #cut = new AbortController();
  readonly #signal: AbortSignal;
  readonly #wakeup: Wakeup;
  readonly #underWay = new Set<Promise<void>>();
  #outcome: SendOutcome | Error | null = null;
  #failures = 0;
  #figures: SendFigures = { delivered: 0, failedAttempts: 0, lastProblem: null, failing: null };
  /** What an earlier sender left under way is due now. */
  #checkDueAtMs = 0;
  #mayHaveFresh = true;
  #metricsAtMs = 0;

  constructor(parts: MessageSenderParts) {
    this.#parts = parts;
    this.#signal = AbortSignal.any([parts.signal, this.#ended.signal]);
    onAbort(parts.signal, () => void setTimeout(() => this.#cut.abort(), CLOSE_MS).unref());
    this.#wakeup = createWakeup(0, this.#signal);
  }

  /** Until it ends, or is ended: null then. Throws when the destination fails, or the store. */
  async run(): Promise<SendOutcome | null> {
    const stopListening = await this.#parts.db.listen(OUTBOX_CHANNEL, () => this.#wakeup.wake());
    try {
      while (!this.#signal.aborted) await this.#turn().catch((error: unknown) => this.#end(asError(error)));
      await Promise.all(this.#underWay);
    } finally {
      await stopListening();
    }
    if (this.#outcome instanceof Error) throw this.#outcome;
    return this.#outcome;
  }

  /** The first end counts. What is under way is answered before `run` returns. */
  #end(outcome: SendOutcome | Error): void {
    this.#outcome ??= outcome;
    this.#ended.abort();
  }

  takeFigures(): SendFigures {
    const figures = this.#figures;
    this.#figures = { ...figures, delivered: 0, failedAttempts: 0 };
    return figures;
  }

  async #turn(): Promise<void> {
    const { outlet, now, settings, probing } = this.#parts;
    if (outlet.metrics && now() >= this.#metricsAtMs) await this.#emitMetrics();
    if (this.#underWay.size >= (probing ? 1 : settings.concurrency)) return Promise.race(this.#underWay);
    const message = await this.#claim();
    if (message === null) {
      await this.#wakeup.wait(this.#restMs());
      this.#mayHaveFresh = true;
      return;
    }
    const delivery = this.#deliver(message)
      .catch((error: unknown) => this.#end(asError(error)))
      .finally(() => {
        this.#underWay.delete(delivery);
        this.#wakeup.wake();
      });
    this.#underWay.add(delivery);
    // A short pause collects what arrives together.
    if (message.rows.length < settings.batch) await new Promise((resolve) => setTimeout(resolve, settings.gapMs));
  }

  async #claim(): Promise<ClaimedMessage | null> {
    const { db, now, sender, settings } = this.#parts;
    if (now() >= this.#checkDueAtMs) {
      const due = await claimDue(db, sender, new Date(now()));
      if (due) return due;
      // Whatever is postponed while the store is asked is not in its answer.
      this.#checkDueAtMs = Infinity;
      const dueAtMs = (await nextDueAt(db, sender.destination))?.getTime() ?? Infinity;
      this.#checkDueAtMs = Math.min(this.#checkDueAtMs, dueAtMs);
    }
    if (!this.#mayHaveFresh) return null;
    const fresh = await claimFresh(db, sender, { id: `msg_${randomUUID()}`, max: settings.batch });
    this.#mayHaveFresh = fresh !== null;
    return fresh;
  }

  async #deliver(message: ClaimedMessage): Promise<void> {
    const { outlet, now, settings } = this.#parts;
    const options = { timeoutMs: settings.timeoutMs, now, signal: this.#cut.signal };
    const answer = await traced(
      'deliver',
      { kind: 'client', apart: true, attributes: { destination: outlet.name } },
      () => outlet.deliver(message, options),
    );
    if (this.#cut.signal.aborted && answer.kind === 'failed') return;
    this.#count(message, answer);
    await this.#record(message, answer);
    this.#draw(answer);
  }

  #count({ rows }: ClaimedMessage, answer: Answer): void {
    count('assist_rollouts_deliveries_total', 1, { kind: this.#parts.kind, result: answer.kind });
    const { delivered, failedAttempts, lastProblem, failing } = this.#figures;
    this.#figures =
      answer.kind === 'delivered'
        ? { delivered: delivered + rows.length, failedAttempts, lastProblem, failing: false }
        : { delivered, failedAttempts: failedAttempts + 1, lastProblem: answer.reason, failing };
  }

  async #record(message: ClaimedMessage, answer: Answer): Promise<void> {
    const { db, outlet, now, random, settings } = this.#parts;
    if (answer.kind === 'delivered')
      return settleMessage(db, message, outlet.metrics ? settings.metricsWindowMs : null);
    const taken = takenIn(answer);
    if (answer.kind === 'refused' && message.rows.length > 1) return dissolveMessage(db, message, taken);
    if (answer.kind !== 'failed' || message.attempts + 1 >= settings.maxAttempts)
      return buryMessage(db, message, { code: answer.code, reason: answer.reason, at: new Date(now()), taken });
    const waitMs = Math.max(backOffMs(message.attempts, settings.retry, random()), answer.retryAfterMs ?? 0);
    await postponeMessage(db, message, { dueAt: new Date(now() + waitMs), reason: answer.reason, taken });
    this.#checkDueAtMs = Math.min(this.#checkDueAtMs, now() + waitMs);
  }

  /** The destination answers what it got, or it fails: then Temporal says when it is tried again. */
  #draw(answer: Answer): void {
    const { probing, settings, outlet, minRestMs } = this.#parts;
    if (answer.kind === 'delivered' || answer.kind === 'refused' || takenIn(answer) !== undefined) {
      this.#failures = 0;
      this.#figures = { ...this.#figures, failing: false };
      if (probing) this.#end('recovered');
      return;
    }
    this.#failures += 1;
    const retryAfterMs = answer.kind === 'failed' ? answer.retryAfterMs : null;
    if (!probing && this.#failures < settings.maxFailures && retryAfterMs === null) return;
    this.#figures = { ...this.#figures, failing: true };
    this.#end(
      ApplicationFailure.create({
        message: `${outlet.name}: ${answer.reason}`,
        type: 'DestinationFails',
        ...(retryAfterMs === null ? {} : { nextRetryDelay: Math.max(retryAfterMs, minRestMs) }),
      }),
    );
  }

  async #emitMetrics(): Promise<void> {
    const { db, outlet, now, settings } = this.#parts;
    const { metricsWindowMs: windowMs, metricsGraceMs, metricsEveryMs } = settings;
    const window = { destination: outlet.name, windowMs, endedBefore: new Date(now() - metricsGraceMs) };
    while (!this.#signal.aborted && (await emitOldestWindow(db, window)) > 0) this.#mayHaveFresh = true;
    this.#metricsAtMs = now() + metricsEveryMs;
  }

  #restMs(): number {
    const { now, settings } = this.#parts;
    const dueInMs = this.#checkDueAtMs - now();
    return dueInMs > 0 ? Math.min(settings.idleMs, dueInMs) : settings.idleMs;
  }
}

function takenIn(answer: Answer): readonly string[] | undefined {
  return answer.kind === 'failed' || answer.kind === 'refused' ? answer.taken : undefined;
}

function onAbort(signal: AbortSignal, then: () => void): void {
  if (signal.aborted) then();
  else signal.addEventListener('abort', then, { once: true });
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
