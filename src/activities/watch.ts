/**
 * One long activity per split. It is woken by new events, takes what has settled, asks the judge, and ends when the
 * step's goal is met or a guardrail says harm. Its memory (cursor and judge state) travels in the heartbeat and in the
 * store, so another worker goes on where a dead one stopped; history does not grow with time.
 */
import { Context } from '@temporalio/activity';
import type { JudgeReport, Look } from '../domain/judge/types.ts';
import { reportOf, startJudge, takeLook } from '../domain/judge/judge.ts';
import { askBefore, askPlannedEnd, isAsked, planEnd } from '../domain/judge/planned-end.ts';
import type { SliceKey } from '../domain/plan/plan.ts';
import type { TimedCard } from '../domain/rollout/looks.ts';
import { cutLooks, DEFAULT_LOOK_RULES } from '../domain/rollout/looks.ts';
import { watchEnd } from '../domain/rollout/watch-decision.ts';
import type { Database } from '../store/database.ts';
import { EXPOSURES_CHANNEL } from '../store/events.ts';
import type { StoredCard } from '../store/exposures.ts';
import { saveLooks } from '../store/decision-looks.ts';
import { readCards } from '../store/exposures.ts';
import type { Pulse } from './pulse.ts';
import { startPulse } from './pulse.ts';
import type { WatchInput, WatchResult } from './types.ts';
import type { WatchMemory } from './watch-memory.ts';
import { freshMemory, observe, progressOf, recall, remember } from './watch-memory.ts';
import type { Waker } from './waker.ts';
import { createWaker } from './waker.ts';

export interface WatchDeps {
  readonly db: Database;
  readonly now: () => number;
  /** Shortest time between two looks, ms. */
  readonly lookGapMs: number;
}

const BATCH = 5000;
const HEARTBEAT_MS = 1000;
const SAVE_MS = 5000;

export async function watch(deps: WatchDeps, input: WatchInput): Promise<WatchResult> {
  const context = Context.current();
  const waker = createWaker(deps.lookGapMs, context.cancellationSignal);
  const ids = [input.deployment.baseline.id, input.deployment.candidate.id];
  const pulse = startPulse(context);
  const stopListening = await deps.db.listen(EXPOSURES_CHANNEL, (payload) => {
    if (payload === '' || ids.some((id) => payload.includes(id))) waker.poke();
  });
  try {
    return await untilEnd(deps, input, pulse, waker);
  } finally {
    pulse.stop();
    // Not waited for: it queues behind the intake's commits, and the judge's word must not. A store that is gone hears nothing anyway.
    stopListening().catch(() => undefined);
  }
}

async function untilEnd(deps: WatchDeps, input: WatchInput, pulse: Pulse, waker: Waker): Promise<WatchResult> {
  const { cancellationSignal, cancelled, info } = Context.current();
  let memory = stepBegun(await recall(deps.db, input, info.heartbeatDetails, () => freshMemory(input, startJudge(input.guardrails, input.slices), deps.now())), input);
  let savedAtMs = deps.now();
  for (;;) {
    const step = await takeWhatSettled(deps, input, memory);
    // Before the heartbeat says that they were judged: the record never lacks what a verdict was taken from.
    await saveLooks(deps.db, { rolloutId: input.rolloutId, fromCursor: memory.cursor, cursor: step.memory.cursor, looks: step.looks });
    const wasAsked = isAsked(memory.judge);
    memory = atPlannedEnd(step.memory, input, step.more, deps.now());
    const report = reportOf(memory.judge);
    pulse.beat(progressOf(memory, input, report));
    const result = resultOf(input, memory, report, deps.now());
    // An answer at the planned end is kept before anything follows from it, so that no other worker asks again.
    if (result !== null || cancellationSignal.aborted || isAsked(memory.judge) !== wasAsked || deps.now() - savedAtMs >= SAVE_MS) {
      await remember(deps.db, input.rolloutId, memory, report, deps.now());
      savedAtMs = deps.now();
    }
    if (result !== null) return result;
    if (cancellationSignal.aborted) await cancelled;
    if (!step.more) await waker.next(waitMs(input, step.head, deps.now()));
  }
}

function stepBegun(memory: WatchMemory, { plannedEnd = null, rolloutStartedAtMs }: WatchInput): WatchMemory {
  return { ...memory, judge: planEnd(memory.judge, plannedEnd === null ? null : { ...plannedEnd, atMs: plannedEnd.atMs - rolloutStartedAtMs }) };
}

/** Once, when the step's planned end is there and what settled until then is judged. */
function atPlannedEnd(memory: WatchMemory, { plannedEnd = null }: WatchInput, more: boolean, nowMs: number): WatchMemory {
  return plannedEnd === null || more || nowMs < plannedEnd.atMs ? memory : { ...memory, judge: askPlannedEnd(memory.judge) };
}

async function takeWhatSettled(deps: WatchDeps, input: WatchInput, memory: WatchMemory): Promise<{ memory: WatchMemory; looks: readonly Look[]; head: number | null; more: boolean }> {
  const { baseline, candidate } = input.deployment;
  const nowMs = deps.now();
  const read = await readCards(deps.db, {
    actionIds: [baseline.id, candidate.id], afterSeq: memory.cursor, settledBefore: new Date(nowMs - input.policies.settleMs), limit: BATCH,
    levels: levelsOf(input),
  });
  const cards = read.cards.map((card) => toTimed(card, candidate.id, input.slices?.by ?? []));
  const { looks, taken } = cutLooks(cards, {
    ...DEFAULT_LOOK_RULES, rolloutStartedAtMs: input.rolloutStartedAtMs, splitPercent: input.splitPercent, splitSinceMs: input.splitSinceMs,
  }, nowMs);
  const judge = looks.reduce((state, look) => takeLook(askBefore(state, look), look), memory.judge);
  const cursor = taken === 0 ? memory.cursor : read.cards[taken - 1]?.seq ?? memory.cursor;
  return {
    memory: { ...observe(memory, cards, taken, input), judge, cursor },
    looks,
    head: read.head?.firstSeenAt ?? null,
    more: read.cards.length === BATCH && taken > 0,
  };
}

function levelsOf({ guardrails }: WatchInput): readonly string[] {
  return guardrails.flatMap(({ name }) => name ?? []);
}

/** With levels most cards are read only when they have settled: until then their arm is not silent. */
function readLagMs(input: WatchInput): number {
  return levelsOf(input).length === 0 ? 0 : input.policies.settleMs;
}

function toTimed(card: StoredCard, candidateId: string, by: readonly SliceKey[]): TimedCard {
  return {
    arm: card.actionId === candidateId ? 'candidate' : 'baseline',
    outcome: card.outcome, latencyMs: card.latencyMs, skewed: card.skewed, agent: card.agentId, queue: card.queueId,
    firstOfConversation: card.firstOfConversation, triggeredAtMs: card.triggeredAtMs,
    ...(card.levels === undefined ? {} : { levels: card.levels }),
    ...(card.mediaType !== undefined && by.includes('mediaType') && { mediaType: card.mediaType }),
    ...(card.language !== undefined && by.includes('language') && { language: card.language }),
  };
}

function resultOf(input: WatchInput, memory: WatchMemory, report: JudgeReport, nowMs: number): WatchResult | null {
  const end = watchEnd(input.goal, {
    report, nowMs, splitPercent: input.splitPercent,
    lastCandidateAtMs: memory.lastCandidateAtMs, lastBaselineAtMs: memory.lastBaselineAtMs,
    firstCandidateAtMs: memory.firstCandidateAtMs === null ? null : Math.max(memory.firstCandidateAtMs, input.splitSinceMs),
    noDataAfterMs: input.acceptNoData ? null : input.policies.onNoData.afterMs + readLagMs(input),
    untrustedAccepted: input.acceptUntrusted,
  });
  const verdicts = report.guardrails.map((row) => `${row.name ?? row.metric}${row.statistic ?? ''}:${row.verdict}`);
  const news = verdicts.filter((verdict) => !input.seen.includes(verdict));
  if (end === null && news.length === 0) return null;
  return {
    kind: end?.kind ?? 'news', reason: end?.reason ?? report.reason, report, atMs: nowMs,
    seen: [...input.seen, ...news], firstCandidateCardAtMs: memory.firstCandidateAtMs,
  };
}

/** Until the head of the queue settles, the bake may end, or the silence is long enough; a notification wakes earlier. */
function waitMs(input: WatchInput, head: number | null, nowMs: number): number {
  const { goal, policies } = input;
  const times = [HEARTBEAT_MS];
  if (head !== null) times.push(head + policies.settleMs - nowMs);
  if (goal.kind === 'bake') times.push(...[goal.forMs, goal.atMostMs ?? Infinity].map((ms) => goal.startedAtMs + ms - nowMs).filter((ms) => ms > 0));
  return Math.max(20, Math.min(...times));
}
