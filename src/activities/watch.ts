/**
 * One long activity per split. It is woken by new events, takes what has settled, asks the judge, looks at the
 * organisation, and ends when the step's goal is met, a guardrail says harm or another hand changed something. Its
 * memory (cursor and judge state) is in the store, so another worker goes on where a dead one stopped; history does not
 * grow with time.
 */
import { Context } from '@temporalio/activity';
import type { JudgeReport, Look } from '../domain/judge/types.ts';
import { takeLook } from '../domain/judge/judge.ts';
import { reportOf } from '../domain/judge/report/report.ts';
import { askBefore, askPlannedEnd, isAsked, planEnd } from '../domain/judge/decision/planned-end.ts';
import { awaitedBy } from '../domain/metrics/awaited.ts';
import { noCardArm, versionsOf } from '../domain/rollout/deployment.ts';
import type { Drift } from '../domain/rollout/drift.ts';
import { UNSEEN } from '../domain/rollout/drift.ts';
import { achievedShare } from '../domain/rollout/shares.ts';
import { cutLooks, DEFAULT_LOOK_RULES } from '../domain/rollout/looks.ts';
import { addToSettling } from '../domain/rollout/settling.ts';
import type { Database } from '../store/database.ts';
import { habitsBefore } from '../store/agent-habits.ts';
import type { AgentHabits } from '../store/agent-habits.ts';
import { saveLooks } from '../store/decision-looks.ts';
import { readCards } from '../store/exposures.ts';
import { cardNewsOf } from './card-news.ts';
import type { DriftDeps, KnownDrift } from './drift-watch.ts';
import { awaitDrift } from './drift-watch.ts';
import { followCards } from './followed.ts';
import type { Heartbeat } from './heartbeat.ts';
import { startHeartbeat } from './heartbeat.ts';
import { shownBake } from './shown-bake.ts';
import { countOn } from './shown-cards.ts';
import { toTimed } from './timed-cards.ts';
import type { WatchInput, WatchResult } from './types.ts';
import type { WatchMemory } from './watch-memory.ts';
import {
  acceptedBefore,
  acceptedBy,
  askedAnew,
  changeOf,
  drawnNow,
  firstOfAgents,
  observe,
  progressOf,
  recall,
  remember,
} from './watch-memory.ts';
import { resultOf } from './watch-result.ts';
import type { Wakeup } from './wakeup.ts';
import { createWakeup } from './wakeup.ts';
import { beginWatch } from './watch-clock.ts';
import type { WatchClock } from './watch-clock.ts';
import { observedLook } from './observed-look.ts';
import { nextLookMs } from './next-look.ts';
import type { Unsettled } from './next-look.ts';
import { assertCursor, assertSamePast } from './same-past.ts';
import { createSight, unseenClause } from './sight.ts';
import type { Sight } from './sight.ts';
import { stillJudged } from './still-judged.ts';
import { count } from '../telemetry/measure.ts';

export interface WatchDeps extends DriftDeps {
  readonly db: Database;
  /** Shortest time between two looks, ms. */
  readonly lookGapMs: number;
}

const BATCH = 5000;
/** Without any news what is shown is renewed so often. */
const IDLE_MS = 10_000;
const SAVE_MS = 5000;

export async function watch(deps: WatchDeps, input: WatchInput): Promise<WatchResult> {
  await assertSamePast(deps.db, input.past);
  const context = Context.current();
  const ended = new AbortController();
  const wakeup = createWakeup(deps.lookGapMs, context.cancellationSignal);
  const place = { cursor: input.startSeq };
  const heartbeat = startHeartbeat(context);
  const unfollow = await cardNewsOf(deps.db).follow({
    actionIds: versionsOf(input.deployment).map(({ id }) => id),
    cursor: () => place.cursor,
    wake: () => wakeup.wake(),
  });
  const known: KnownDrift = { keys: input.knownDrift };
  const found: { drift: Drift | null } = { drift: null };
  const sight = createSight(deps.now());
  awaitDrift(deps, { ...input, known, sight }, AbortSignal.any([ended.signal, context.cancellationSignal])).then(
    (drift) => {
      found.drift = drift;
      if (drift !== null) wakeup.wake();
    },
    () => undefined,
  );
  const clock = beginWatch();
  try {
    const result = await untilEnd(deps, input, { heartbeat, wakeup, found, clock, place, sight });
    if (result.drift !== undefined) count('assist_rollouts_drifts_total', 1, { kind: result.drift.kind });
    const looked = input.knownDrift.includes(UNSEEN) && !known.keys.includes(UNSEEN);
    return looked ? { ...result, looked } : result;
  } finally {
    ended.abort();
    heartbeat.stop();
    clock.end();
    unfollow();
  }
}

interface Surroundings {
  readonly heartbeat: Heartbeat;
  readonly wakeup: Wakeup;
  readonly found: { readonly drift: Drift | null };
  readonly clock: WatchClock;
  readonly sight: Sight;
  /** Where the watch stands, for whoever asks what lies behind it. */
  readonly place: { cursor: number };
}

async function untilEnd(deps: WatchDeps, input: WatchInput, around: Surroundings): Promise<WatchResult> {
  const { heartbeat, found, clock, place, sight } = around;
  const { cancellationSignal } = Context.current();
  const habits = await habitsOfAgents(deps.db, input);
  let memory = stepBegun(await recall(deps.db, input, deps.now()), input);
  let savedAtMs = deps.now();
  for (;;) {
    const wasAsked = isAsked(memory.judge);
    const before = memory;
    const look = await observedLook(deps.db, input, before.cursor, () => lookOnce(deps, input, before, habits, found));
    ({ memory } = look);
    const { report, result, step } = look;
    // Woken for nothing, as after a lost connection: it may lead to another state of the store.
    if (memory.cursor === before.cursor && step.headMs === null)
      await assertCursor(deps.db, memory.cursor, input.startSeq);
    place.cursor = memory.cursor;
    clock.looked();
    heartbeat.send(shownOf(input, memory, report, { sight, nowMs: deps.now() }));
    // An answer at the planned end is kept before anything follows from it, so that no other worker asks again.
    if (
      result !== null ||
      cancellationSignal.aborted ||
      isAsked(memory.judge) !== wasAsked ||
      deps.now() - savedAtMs >= SAVE_MS
    ) {
      await remember(deps.db, input.rolloutId, memory, report, deps.now());
      savedAtMs = deps.now();
    }
    if (result !== null) return result;
    if (cancellationSignal.aborted) return await lastWord(input, memory, report, deps.now());
    if (!step.more) await untilWorthALook(deps, input, around, { memory, report, step });
  }
}

/**
 * Until something came, or time alone may change what is found: nobody reads the store for this watch meanwhile. That it
 * is awake is shown all the same.
 */
async function untilWorthALook(
  { db, now }: WatchDeps,
  input: WatchInput,
  { heartbeat, wakeup, found, clock, sight }: Surroundings,
  { memory, report, step }: { readonly memory: WatchMemory; readonly report: JudgeReport; readonly step: Taken },
): Promise<void> {
  const { cancellationSignal } = Context.current();
  const atMs = nextLookMs(input, memory.arrivals, step);
  for (;;) {
    const woken = await wakeup.wait(Math.max(20, Math.min(IDLE_MS, atMs - now())));
    const nowMs = now();
    if (woken || cancellationSignal.aborted || nowMs >= atMs) return;
    if (resultOf(input, memory, report, { nowMs, drift: found.drift, more: false }) !== null) return;
    clock.looked();
    stillJudged(db, input.rolloutId, nowMs);
    heartbeat.send(shownOf(input, memory, report, { sight, nowMs }));
  }
}

function shownOf(
  input: WatchInput,
  memory: WatchMemory,
  report: JudgeReport,
  { sight, nowMs }: { readonly sight: Sight; readonly nowMs: number },
): object {
  const unseen = unseenClause(sight, nowMs);
  return {
    ...progressOf(memory, input, report, nowMs),
    ...(unseen !== null && { unseen }),
    ...shownBake(memory, input, report, nowMs),
  };
}

/** Takes what has settled, judges it and puts it on record. */
async function lookOnce(
  deps: WatchDeps,
  input: WatchInput,
  before: WatchMemory,
  habits: AgentHabits,
  found: Surroundings['found'],
) {
  const step = await takeWhatSettled(deps, input, before, habits);
  const { cursor } = step.memory;
  // Before anybody hears that they were judged: the record never lacks what a verdict was taken from.
  await saveLooks(deps.db, { rolloutId: input.rolloutId, fromCursor: before.cursor, cursor, looks: step.looks });
  const judged = atPlannedEnd(step.memory, input, step.more, deps.now());
  const memory = { ...judged, shown: await countOn(deps.db, input, judged.shown) };
  const report = reportOf(memory.judge);
  const result = resultOf(input, memory, report, { nowMs: deps.now(), drift: found.drift, more: step.more });
  return { step, cursor, memory, report, result };
}

/** For the workflow that told the watch to stop; a worker that closes leaves the watch to another. */
async function lastWord(
  input: WatchInput,
  memory: WatchMemory,
  report: JudgeReport,
  nowMs: number,
): Promise<WatchResult> {
  const { cancellationDetails, cancelled } = Context.current();
  if (cancellationDetails?.cancelRequested !== true) await cancelled;
  return {
    kind: 'cancelled',
    reason: report.reason,
    report,
    atMs: nowMs,
    seen: input.seen,
    firstCandidateCardAtMs: memory.firstCandidateAtMs,
  };
}

function stepBegun(memory: WatchMemory, input: WatchInput): WatchMemory {
  const { plannedEnd = null, rolloutStartedAtMs } = input;
  const judge = planEnd(
    memory.judge,
    plannedEnd === null ? null : { ...plannedEnd, atMs: plannedEnd.atMs - rolloutStartedAtMs },
  );
  return { ...memory, judge, ...acceptedBy(input, memory, reportOf(judge)) };
}

/** Once, when the step's planned end is there and what settled until then is judged. */
function atPlannedEnd(
  memory: WatchMemory,
  { plannedEnd = null }: WatchInput,
  more: boolean,
  nowMs: number,
): WatchMemory {
  return plannedEnd === null || more || nowMs < plannedEnd.atMs
    ? memory
    : { ...memory, judge: askPlannedEnd(memory.judge) };
}

interface Taken extends Unsettled {
  /** There is more to read at once. */
  readonly more: boolean;
}

async function takeWhatSettled(
  deps: WatchDeps,
  input: WatchInput,
  memory: WatchMemory,
  habits: AgentHabits,
): Promise<Taken & { memory: WatchMemory; looks: readonly Look[] }> {
  const { deployment } = input;
  const nowMs = deps.now();
  const read = await readCards(deps.db, {
    actionIds: versionsOf(deployment).map(({ id }) => id),
    withWithheld: noCardArm(deployment) !== null,
    afterSeq: memory.cursor,
    settledBefore: new Date(nowMs - input.policies.settleMs),
    limit: BATCH,
    awaited: awaitedBy(input.guardrails),
  });
  const told = read.cards.map((card) => toTimed(card, deployment, input.slices?.by ?? [], habits));
  const cards = deployment.unit === 'agent' ? firstOfAgents(told, memory) : told;
  const { sinceMs } = addToSettling(memory.settling, drawnNow(cards, input), changeOf(input));
  const { looks, taken } = cutLooks(
    cards,
    {
      ...DEFAULT_LOOK_RULES,
      rolloutStartedAtMs: input.rolloutStartedAtMs,
      splitPercent: achievedShare(deployment, input.splitPercent),
      unit: deployment.unit,
      countsFromMs: isSplitCertain(input) ? sinceMs : null,
    },
    nowMs,
  );
  const followed = looks.length === 0 ? null : await followCards(deps.db, input, memory, nowMs);
  const before = { ...(followed !== null && { followed }), ...acceptedBefore(memory) };
  const shown = looks.map((look, i) => (i === 0 ? { ...look, ...before } : look));
  const judge = shown.reduce((state, look) => takeLook(askBefore(state, look), look), memory.judge);
  const cursor = taken === 0 ? memory.cursor : (read.cards[taken - 1]?.seq ?? memory.cursor);
  return {
    memory: {
      ...observe(memory, cards, taken, input),
      judge,
      cursor,
      ...(shown.length > 0 && askedAnew(memory)),
      followedSeq: followed?.toSeq ?? memory.followedSeq,
    },
    looks: shown,
    headMs: read.head?.firstSeenAt ?? null,
    leftMs: read.cards[taken]?.triggeredAtMs ?? null,
    more: read.cards.length === BATCH && taken > 0,
    asOfMs: nowMs,
  };
}

/** A write of ours that is on its way, or that proved nothing, may have moved it: then cards say nothing of the ratio. */
function isSplitCertain({ expected }: WatchInput): boolean {
  return expected === null || (expected.splitPercent !== null && expected.written === undefined);
}

/** Nothing is known where an arm shows no card: what is compared there is no agent's answer. */
async function habitsOfAgents(
  db: Database,
  { rolloutId, deployment, startSeq, rolloutStartedAtMs, policies }: WatchInput,
): Promise<AgentHabits> {
  const { baseline } = deployment;
  if (baseline === null || noCardArm(deployment) !== null) return new Map();
  const settledBefore = new Date(rolloutStartedAtMs - policies.settleMs);
  return habitsBefore(db, { rolloutId, actionId: baseline.id, startSeq, settledBefore });
}
