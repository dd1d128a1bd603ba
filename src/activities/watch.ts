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
import { watchEnd } from '../domain/rollout/watch-decision.ts';
import type { Database } from '../store/database.ts';
import { EXPOSURES_CHANNEL } from '../store/events.ts';
import { habitsBefore } from '../store/agent-habits.ts';
import type { AgentHabits } from '../store/agent-habits.ts';
import { saveLooks } from '../store/decision-looks.ts';
import { readCards } from '../store/exposures.ts';
import type { DriftDeps, KnownDrift } from './drift-watch.ts';
import { awaitDrift } from './drift-watch.ts';
import { followCards } from './followed.ts';
import type { Heartbeat } from './heartbeat.ts';
import { startHeartbeat } from './heartbeat.ts';
import { shownBake, staleAfterMs } from './shown-bake.ts';
import { countOn, shownBudgets } from './shown-cards.ts';
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
  unservedClause,
} from './watch-memory.ts';
import type { Wakeup } from './wakeup.ts';
import { createWakeup } from './wakeup.ts';
import { beginWatch } from './watch-clock.ts';
import type { WatchClock } from './watch-clock.ts';
import { observedLook } from './observed-look.ts';
import { count } from '../telemetry/measure.ts';

export interface WatchDeps extends DriftDeps {
  readonly db: Database;
  /** Shortest time between two looks, ms. */
  readonly lookGapMs: number;
}

const BATCH = 5000;
/** Without any news the store is read so often all the same: a notification may be lost. */
const IDLE_MS = 10_000;
const SAVE_MS = 5000;

export async function watch(deps: WatchDeps, input: WatchInput): Promise<WatchResult> {
  const context = Context.current();
  const ended = new AbortController();
  const wakeup = createWakeup(deps.lookGapMs, context.cancellationSignal);
  const ids = versionsOf(input.deployment).map(({ id }) => id);
  const heartbeat = startHeartbeat(context);
  const stopListening = await deps.db.listen(EXPOSURES_CHANNEL, (payload) => {
    if (payload === '' || ids.some((id) => payload.includes(id))) wakeup.wake();
  });
  const known: KnownDrift = { keys: input.knownDrift };
  const found: { drift: Drift | null } = { drift: null };
  awaitDrift(deps, { ...input, known }, AbortSignal.any([ended.signal, context.cancellationSignal])).then(
    (drift) => {
      found.drift = drift;
      if (drift !== null) wakeup.wake();
    },
    () => undefined,
  );
  const clock = beginWatch();
  try {
    const result = await untilEnd(deps, input, { heartbeat, wakeup, found, clock });
    if (result.drift !== undefined) count('assist_rollouts_drifts_total', 1, { kind: result.drift.kind });
    const looked = input.knownDrift.includes(UNSEEN) && !known.keys.includes(UNSEEN);
    return looked ? { ...result, looked } : result;
  } finally {
    ended.abort();
    heartbeat.stop();
    clock.end();
    // Not waited for: it queues behind the intake's commits, and the judge's word must not. A store that is gone hears
    // nothing anyway.
    stopListening().catch(() => undefined);
  }
}

interface Surroundings {
  readonly heartbeat: Heartbeat;
  readonly wakeup: Wakeup;
  readonly found: { readonly drift: Drift | null };
  readonly clock: WatchClock;
}

async function untilEnd(
  deps: WatchDeps,
  input: WatchInput,
  { heartbeat, wakeup, found, clock }: Surroundings,
): Promise<WatchResult> {
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
    clock.looked();
    heartbeat.send({
      ...progressOf(memory, input, report, deps.now()),
      ...shownBake(memory, input, report, deps.now()),
    });
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
    if (!step.more) await wakeup.wait(waitMs(input, memory, step.head, deps.now()));
  }
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
  const result = resultOf(input, memory, report, { nowMs: deps.now(), drift: found.drift });
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

async function takeWhatSettled(
  deps: WatchDeps,
  input: WatchInput,
  memory: WatchMemory,
  habits: AgentHabits,
): Promise<{ memory: WatchMemory; looks: readonly Look[]; head: number | null; more: boolean }> {
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
      countsFromMs: sinceMs,
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
    head: read.head?.firstSeenAt ?? null,
    more: read.cards.length === BATCH && taken > 0,
  };
}

/** Where cards wait for more than an answer most are read only when they have settled: till then no arm is silent. */
function readLagMs({ guardrails, policies }: WatchInput): number {
  const { custom, outcomes } = awaitedBy(guardrails);
  return custom.length + outcomes.length === 0 ? 0 : policies.settleMs;
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

function resultOf(
  input: WatchInput,
  memory: WatchMemory,
  report: JudgeReport,
  { nowMs, drift }: { readonly nowMs: number; readonly drift: Drift | null },
): WatchResult | null {
  const end = watchEnd(input.goal, {
    report,
    nowMs,
    splitPercent: input.splitPercent,
    splitOf: input.expected?.of,
    noCard: noCardArm(input.deployment),
    arrivals: memory.arrivals,
    firstCandidateAtMs:
      memory.firstCandidateAtMs === null ? null : Math.max(memory.firstCandidateAtMs, input.splitSinceMs),
    noDataAfterMs: input.acceptSilence === 'all' ? null : noDataAfterMs(input),
    silenceAcceptedAtMs: typeof input.acceptSilence === 'number' ? input.acceptSilence : null,
    distrust: input.acceptDistrust === 'all' ? 'all' : memory.accepted,
    alarms: input.acceptAlarms === 'all' ? 'all' : memory.acceptedAlarms,
    overrides: input.overrides ?? [],
    staleAfterMs: staleAfterMs(input),
    budgets: shownBudgets(input, memory.shown),
  });
  const verdicts = report.guardrails.map((row) => `${row.name ?? row.metric}${row.statistic ?? ''}:${row.verdict}`);
  const news = verdicts.filter((verdict) => !input.seen.includes(verdict));
  const known = {
    report,
    atMs: nowMs,
    seen: [...input.seen, ...news],
    firstCandidateCardAtMs: memory.firstCandidateAtMs,
  };
  // Harm first, and what must not be shown to more; then what another hand did, for a step that ends well must not end on it.
  if (end?.kind === 'harm') return { ...known, ...end };
  if (end?.kind === 'spent') return { ...known, ...end };
  if (drift !== null) return { ...known, kind: 'drift', reason: drift.message, drift };
  const unserved = end?.kind === 'untrusted' ? unservedClause(memory, input, nowMs) : null;
  if (end !== null)
    return { ...known, ...end, reason: unserved === null ? end.reason : `${end.reason} So it seems: ${unserved}.` };
  return news.length > 0 || input.tellSight ? { ...known, kind: 'news', reason: report.reason } : null;
}

function noDataAfterMs(input: WatchInput): number {
  return input.policies.onNoData.afterMs + readLagMs(input);
}

/**
 * Until the head of the queue settles, the bake may end, or the silence is long enough; a notification wakes earlier.
 */
function waitMs(input: WatchInput, { arrivals }: WatchMemory, head: number | null, nowMs: number): number {
  const { goal, policies, plannedEnd = null } = input;
  const instants = [
    nowMs + IDLE_MS,
    ...Object.values(arrivals.arms).map(({ lastMs }) => lastMs + noDataAfterMs(input)),
  ];
  if (plannedEnd !== null) instants.push(plannedEnd.atMs);
  instants.push(...(input.overrides ?? []).map(({ untilMs }) => untilMs));
  if (goal.kind === 'bake')
    instants.push(...[goal.forMs, goal.atMostMs ?? Infinity].map((ms) => goal.startedAtMs + ms));
  if (head !== null)
    return Math.max(20, Math.min(head + policies.settleMs, ...instants.filter((at) => at > nowMs)) - nowMs);
  return Math.max(20, Math.min(...instants.filter((at) => at > nowMs)) - nowMs);
}
