/**
 * After promotion, for days: one long activity that is woken by new events, compares the version with its own record
 * and its limits, and ends when harm is proven, nothing comes any more, the organisation has drifted, or its time is
 * over. Cursor, state and the cards shown are saved in one transaction, so another worker goes on where a dead one
 * stopped, with the same figures.
 */
import { Context } from '@temporalio/activity';
import { watchCards } from '../domain/long-watch/long-watch.ts';
import { longWatchReport } from '../domain/long-watch/report.ts';
import type { LongWatchReport } from '../domain/long-watch/types.ts';
import { formatDuration } from '../domain/shared/duration.ts';
import type { Drift } from '../domain/rollout/drift.ts';
import type { Database } from '../store/database.ts';
import { cardNewsOf } from './card-news.ts';
import type { LongWatchMemory } from './long-watch-memory.ts';
import {
  frozenMemory,
  readVersion,
  recallLongWatch,
  rememberLongWatch,
  toWatchedCard,
  watchedVersion,
} from './long-watch-memory.ts';
import type { LongWatchInput, LongWatchProgress, LongWatchResult } from './long-watch-types.ts';
import { startHeartbeat } from './heartbeat.ts';
import type { Heartbeat } from './heartbeat.ts';
import { assertCursor, assertSamePast } from './same-past.ts';
import type { Wakeup } from './wakeup.ts';
import { createWakeup } from './wakeup.ts';

export interface LongWatchDeps {
  readonly db: Database;
  readonly now: () => number;
  /** Shortest time between two looks, ms. */
  readonly lookGapMs: number;
  /** Asked twice a minute; null: as the engine made it, or it cannot be told now. */
  readonly drift?: (input: LongWatchInput) => Promise<Drift | null>;
}

const MAX_WAIT_MS = 30_000;

export async function longWatch(deps: LongWatchDeps, input: LongWatchInput): Promise<LongWatchResult> {
  await assertSamePast(deps.db, input.past);
  const context = Context.current();
  const wakeup = createWakeup(deps.lookGapMs, context.cancellationSignal);
  const heartbeat = startHeartbeat(context);
  const place = { cursor: input.startSeq };
  const unfollow = await cardNewsOf(deps.db).follow({
    actionIds: [watchedVersion(input).id],
    cursor: () => place.cursor,
    wake: () => wakeup.wake(),
  });
  try {
    return await untilEnd(deps, input, { heartbeat, wakeup, place });
  } finally {
    heartbeat.stop();
    unfollow();
  }
}

interface Surroundings {
  readonly heartbeat: Heartbeat;
  readonly wakeup: Wakeup;
  /** Where the watch stands, for whoever asks what lies behind it. */
  readonly place: { cursor: number };
}

async function untilEnd(
  deps: LongWatchDeps,
  input: LongWatchInput,
  { heartbeat, wakeup, place }: Surroundings,
): Promise<LongWatchResult> {
  const driftOf = driftNowAndThen(deps, input);
  const begun = await begin(deps, input, wakeup, driftOf);
  if ('kind' in begun) return begun;
  let step: Taken = { memory: begun, head: null, more: true, asOfMs: deps.now() };
  let isDue = true;
  for (;;) {
    const drift = await driftOf();
    if (isDue) {
      await assertCursor(deps.db, step.memory.cursor, input.startSeq);
      step = await takeWhatSettled(deps, input, step.memory);
    }
    const { memory, more, head } = step;
    place.cursor = memory.cursor;
    const report = longWatchReport(memory.own, memory.state);
    heartbeat.send(progressOf(input, memory, report));
    const result = resultOf(input, memory, { report, drift, nowMs: deps.now(), more, head });
    if (result !== null) return result;
    await stopIfCancelled();
    if (more) continue;
    const atMs = nextLookMs(input, step);
    // Woken to ask for drift alone it leaves the store alone.
    isDue = (await wakeup.wait(within(atMs - deps.now()))) || deps.now() >= atMs;
  }
}

/**
 * Where an earlier attempt stopped, or the record of the version as soon as all of it has settled, which a plan lets take
 * hours: longer, maybe, than the watch itself, which compares what has come by then all the same. What needs no record is
 * looked at meanwhile.
 */
async function begin(
  deps: LongWatchDeps,
  input: LongWatchInput,
  wakeup: Wakeup,
  driftOf: () => Promise<Drift | null>,
): Promise<LongWatchMemory | LongWatchResult> {
  const known = await recallLongWatch(deps.db, input);
  if (known !== null) return known;
  for (;;) {
    const { memory, head } = await frozenMemory(deps.db, input, deps.now);
    if (memory !== null) {
      await rememberLongWatch(deps.db, input.rolloutId, memory, {
        fromCursor: memory.cursor,
        cards: [],
        nowMs: deps.now(),
      });
      return memory;
    }
    const ended = resultWithoutRecord(input, { drift: await driftOf(), nowMs: deps.now() });
    if (ended !== null) return ended;
    await stopIfCancelled();
    await wakeup.wait(within((head ?? deps.now()) + input.policies.settleMs - deps.now()));
  }
}

async function stopIfCancelled(): Promise<void> {
  const { cancellationSignal, cancelled } = Context.current();
  if (cancellationSignal.aborted) await cancelled;
}

interface Taken {
  readonly memory: LongWatchMemory;
  /** When the first card that has not settled became known, ms since the epoch; null: all have. */
  readonly head: number | null;
  readonly more: boolean;
  /** The time by which it was decided what has settled, ms since the epoch. */
  readonly asOfMs: number;
}

async function takeWhatSettled(deps: LongWatchDeps, input: LongWatchInput, memory: LongWatchMemory): Promise<Taken> {
  const asOfMs = deps.now();
  const page = await readVersion(deps.db, input, memory.cursor, asOfMs);
  const head = page.head?.firstSeenAt ?? null;
  if (page.cards.length === 0) return { memory, head, more: false, asOfMs };
  const cards = page.cards.map(toWatchedCard);
  const lastCardAtMs = page.cards.reduce((last, { arrivedAtMs }) => Math.max(last, arrivedAtMs), memory.lastCardAtMs);
  const after: LongWatchMemory = {
    ...memory,
    cursor: page.nextSeq,
    state: watchCards(memory.own, memory.state, cards),
    lastCardAtMs,
  };
  await rememberLongWatch(deps.db, input.rolloutId, after, { fromCursor: memory.cursor, cards, nowMs: deps.now() });
  return { memory: after, head, more: page.more, asOfMs };
}

/** Asked at the beginning and whenever half a minute has passed since. */
function driftNowAndThen({ drift, now }: LongWatchDeps, input: LongWatchInput): () => Promise<Drift | null> {
  let askedAtMs: number | null = null;
  return async () => {
    if (drift === undefined || (askedAtMs !== null && now() - askedAtMs < MAX_WAIT_MS)) return null;
    askedAtMs = now();
    return drift(input);
  };
}

interface Standing {
  readonly report: LongWatchReport;
  readonly drift: Drift | null;
  readonly nowMs: number;
  readonly more: boolean;
  readonly head: number | null;
}

function resultWithoutRecord(
  input: LongWatchInput,
  { drift, nowMs }: Pick<Standing, 'drift' | 'nowMs'>,
): LongWatchResult | null {
  const result = { atMs: nowMs, n: 0, rows: [], drift: null };
  const reason = 'Cards of the rollout itself have still to settle; nothing was compared with them.';
  if (drift !== null) return { ...result, kind: 'drift', reason: drift.message, drift };
  return input.tellSight === true ? { ...result, kind: 'sighted', reason } : null;
}

/** Harm first: it alone is about what agents see. */
function resultOf(
  input: LongWatchInput,
  memory: LongWatchMemory,
  { report, drift, nowMs, more, head }: Standing,
): LongWatchResult | null {
  const result = { atMs: nowMs, n: report.n, rows: report.rows, drift: null };
  if (report.verdict === 'harm') return { ...result, kind: 'harm', reason: report.reason };
  if (drift !== null) return { ...result, kind: 'drift', reason: drift.message, drift };
  if (more) return null;
  if (input.tellSight === true) return { ...result, kind: 'sighted', reason: report.reason };
  if (nowMs >= input.endsAtMs) return { ...result, kind: 'over', reason: report.reason };
  const silentSince = Math.max(memory.lastCardAtMs, head ?? 0);
  if (input.acceptNoData === true || nowMs < silentSince + silenceMs(input)) return null;
  return {
    ...result,
    kind: 'noData',
    reason:
      `No card of ${input.deployment.actionName} ${watchedVersion(input).version} since ` +
      `${new Date(silentSince).toISOString()}, ${formatDuration(input.policies.onNoData.afterMs)} or longer; n ` +
      `${report.n} cards since the promotion.`,
  };
}

/** A card without an outcome is read once it has settled: until then nothing is silent. */
function silenceMs({ policies }: LongWatchInput): number {
  return policies.onNoData.afterMs + policies.settleMs;
}

function progressOf(input: LongWatchInput, memory: LongWatchMemory, report: LongWatchReport): LongWatchProgress {
  const { n, verdict, reason } = report;
  return {
    longWatch: {
      n,
      verdict,
      reason,
      lastCardAt: new Date(memory.lastCardAtMs).toISOString(),
      endsAt: new Date(input.endsAtMs).toISOString(),
    },
  };
}

/**
 * When the head of the queue settles, the time is over, or the silence is long enough; ms since the epoch. What came to
 * pass while it looked is due at once.
 */
function nextLookMs(input: LongWatchInput, { memory, head, asOfMs }: Taken): number {
  const moments = [
    input.endsAtMs,
    memory.lastCardAtMs + silenceMs(input),
    ...(head === null ? [] : [head + input.policies.settleMs]),
  ];
  return Math.min(...moments.filter((atMs) => atMs > asOfMs));
}

/** At least twice a minute, and never a busy loop. */
function within(ms: number): number {
  return Math.max(20, Math.min(MAX_WAIT_MS, ms));
}
