/**
 * The way to one destination: claims messages one claim at a time, keeps a few under way, and decides what comes of
 * each.
 */
import { randomUUID } from 'node:crypto';
import { buryMessage } from '../store/dead-letters.ts';
import { emitOldestWindow } from '../store/metric-windows.ts';
import { claimDue, claimFresh, dissolveMessage, nextDueAt, postponeMessage, settleMessage } from '../store/outbox.ts';
import type { ClaimedMessage, Lease } from '../store/outbox.ts';
import { CLOSED, afterFailure, allowance, backoffMs } from './circuit.ts';
import type { Circuit } from './circuit.ts';
import type { Destination } from '../config/destination.ts';
import { parseWebhookKey } from '../webhooks/secret.ts';
import { signedHeaders } from '../webhooks/sign.ts';
import { bodyOf } from './message.ts';
import type { ForwardParts } from './parts.ts';
import { post } from './post.ts';
import type { Answer } from './post.ts';
import { createWake } from './wake.ts';

export interface LaneStats {
  readonly circuit: Circuit['state'];
  readonly delivered: number;
  readonly failedAttempts: number;
  readonly deadLetters: number;
  readonly lastProblem: string | null;
}

export interface Lane {
  /** There may be work. */
  poke(): void;
  stats(): LaneStats;
  /** Lets what is under way end, for a while, then cuts it; the next holder of the lease sends it again. */
  close(): Promise<void>;
}

const CLOSE_MS = 2_000;
const TRY_AGAIN_MS = 500;

export function startLane(parts: ForwardParts, lease: Lease, destination: Destination): Lane {
  const { db, now, random, logger, settings } = parts;
  const keys = destination.signingSecrets.map(parseWebhookKey);
  const wake = createWake();
  const stop = new AbortController();
  const cut = new AbortController();
  const underWay = new Set<Promise<void>>();
  const count = { delivered: 0, failedAttempts: 0, deadLetters: 0 };
  let lastProblem: string | null = null;
  let circuit = CLOSED;
  /** What an earlier holder left under way is due now. */
  let checkDueAtMs = 0;
  let mayHaveFresh = true;
  let metricsAtMs = 0;

  const run = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      const claimed = await turn().catch((error: unknown) => {
        logger.error({ err: error, destination: destination.name }, 'forwarding: the store failed, trying again');
        return null;
      });
      if (claimed === null) {
        await wake.sleep(restMs());
        mayHaveFresh = true;
      } else if (claimed < settings.batch) {
        // A short pause collects what arrives together.
        await pause(settings.gapMs);
      }
    }
  };

  /** Rows claimed, or null when there is nothing to do now. */
  async function turn(): Promise<number | null> {
    if (destination.metrics && now() >= metricsAtMs) await emitMetrics();
    if (allowance(circuit, now(), settings.concurrency) <= underWay.size) return null;
    const message = await claim();
    if (message === null) return null;
    const delivery = deliver(message).finally(() => {
      underWay.delete(delivery);
      wake.poke();
    });
    underWay.add(delivery);
    return message.rows.length;
  }

  async function claim(): Promise<ClaimedMessage | null> {
    if (now() >= checkDueAtMs) {
      const due = await claimDue(db, lease, destination.name, new Date(now()));
      if (due) return due;
      checkDueAtMs = (await nextDueAt(db, destination.name))?.getTime() ?? Infinity;
    }
    if (!mayHaveFresh) return null;
    const fresh = await claimFresh(db, lease, {
      destination: destination.name,
      id: `msg_${randomUUID()}`,
      most: settings.batch,
    });
    mayHaveFresh = fresh !== null;
    return fresh;
  }

  async function deliver(message: ClaimedMessage): Promise<void> {
    const body = bodyOf(message.rows, destination);
    const answer: Answer =
      body === null
        ? { kind: 'delivered' }
        : await post({
            url: destination.url,
            headers: { 'content-type': 'application/json', ...signedHeaders(keys, message.id, now(), body) },
            body,
            timeoutMs: settings.timeoutMs,
            now,
            signal: cut.signal,
          });
    if (cut.signal.aborted && answer.kind === 'failed') return;
    judge(message, answer);
    await untilStored(() => record(message, answer));
  }

  function judge(message: ClaimedMessage, answer: Answer): void {
    if (answer.kind === 'delivered') count.delivered += message.rows.length;
    else {
      count.failedAttempts += 1;
      lastProblem = answer.reason;
    }
    if (answer.kind === 'delivered' || answer.kind === 'refused') return change(CLOSED);
    change(
      afterFailure(circuit, settings.circuit, now(), answer.kind === 'failed' ? answer.retryAfterMs : null, random()),
    );
  }

  function change(next: Circuit): void {
    if (next.state !== circuit.state) {
      if (next.state === 'open')
        logger.warn(
          { destination: destination.name, failures: next.failures, problem: lastProblem },
          'forwarding: the destination fails, one message at a time from now on',
        );
      else logger.info({ destination: destination.name }, 'forwarding: the destination answers again');
    }
    circuit = next;
  }

  async function record(message: ClaimedMessage, answer: Answer): Promise<void> {
    if (answer.kind === 'delivered')
      return settleMessage(db, message, destination.metrics ? settings.metricsWindowMs : null);
    if (answer.kind === 'refused' && message.rows.length > 1) return dissolveMessage(db, message);
    if (answer.kind !== 'failed' || message.attempts + 1 >= settings.mostAttempts) {
      await buryMessage(db, message, { code: answer.code, reason: answer.reason, at: new Date(now()) });
      count.deadLetters += message.rows.length;
      return;
    }
    const dueAtMs = now() + Math.max(backoffMs(message.attempts, settings.retry, random()), answer.retryAfterMs ?? 0);
    await postponeMessage(db, message, new Date(dueAtMs));
    checkDueAtMs = Math.min(checkDueAtMs, dueAtMs);
  }

  /**
   * What a message came to must be stored before it is forgotten: nobody else would claim it while the lease is ours.
   */
  async function untilStored(work: () => Promise<void>): Promise<void> {
    for (;;) {
      try {
        return await work();
      } catch (error) {
        if (cut.signal.aborted) return;
        logger.error(
          { err: error, destination: destination.name },
          'forwarding: the outcome of a message is not stored yet',
        );
        await pause(TRY_AGAIN_MS);
      }
    }
  }

  async function emitMetrics(): Promise<void> {
    const { metricsWindowMs: windowMs, metricsGraceMs, metricsEveryMs } = settings;
    const endedBefore = new Date(now() - metricsGraceMs);
    while (
      !stop.signal.aborted &&
      (await emitOldestWindow(db, { destination: destination.name, windowMs, endedBefore })) > 0
    )
      mayHaveFresh = true;
    metricsAtMs = now() + metricsEveryMs;
  }

  function restMs(): number {
    const waits = [checkDueAtMs, circuit.untilMs].map((atMs) => atMs - now()).filter((ms) => ms > 0);
    return Math.min(settings.idleMs, ...waits);
  }

  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      setTimeout(resolve, ms);
    });

  const running = run();
  return {
    poke: () => wake.poke(),
    stats: () => ({ circuit: circuit.state, ...count, lastProblem }),
    async close() {
      stop.abort();
      wake.poke();
      const last = setTimeout(() => cut.abort(), CLOSE_MS);
      await running;
      await Promise.all(underWay);
      clearTimeout(last);
    },
  };
}
