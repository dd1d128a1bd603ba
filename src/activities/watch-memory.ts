/**
 * What a watch remembers: the judge's state and the cursor always move together, so nothing is counted twice or missed.
 */
import type { JudgeReport, JudgeState, Look } from '../domain/judge/types.ts';
import { packState } from '../domain/judge/state.ts';
import type { Judged } from '../domain/judge/resume.ts';
import { judgeAgain, resumeJudge } from '../domain/judge/resume.ts';
import type { Arrivals } from '../domain/rollout/arrivals.ts';
import { addArrivals, noArrivals } from '../domain/rollout/arrivals.ts';
import type { TimedCard } from '../domain/rollout/looks.ts';
import { achievedShare } from '../domain/rollout/shares.ts';
import { countsForSplit } from '../domain/rollout/looks.ts';
import type { AcceptedEvidence, Evidence } from '../domain/rollout/accepted-evidence.ts';
import { alarmsOf } from '../domain/rollout/alarms.ts';
import type { AcceptedDistrust } from '../domain/rollout/state.ts';
import type { Settling, SplitChange } from '../domain/rollout/settling.ts';
import { addToSettling, isUnmoved, MAX_SETTLING_MS, startSettling } from '../domain/rollout/settling.ts';
import { isSameAudience, splitText } from '../domain/split/audience.ts';
import type { Audience } from '../domain/split/audience.ts';
import { hashOf } from '../domain/split/bucket.ts';
import type { Database } from '../store/database.ts';
import { looksAfter, looksUpTo } from '../store/decision-looks.ts';
import { loadJudgeState, saveJudgeState } from '../store/judge-states.ts';
import type { WatchProgress } from '../workflows/messages.ts';
import type { ShownCards } from './shown-cards.ts';
import { shownBudgets } from './shown-cards.ts';
import type { WatchInput } from './types.ts';

export interface WatchMemory {
  /** Every card up to this sequence number has been judged. */
  readonly cursor: number;
  /** Every card up to this one has been followed beyond its settling (followed.ts). */
  readonly followedSeq: number;
  readonly judge: JudgeState;
  /** ms since the epoch; null until one was seen in this rollout. */
  readonly firstCandidateAtMs: number | null;
  readonly arrivals: Arrivals;
  readonly settling: Settling;
  readonly splitPercent: number;
  /** Whom that split is for; null or absent: everybody. */
  readonly splitOf?: Audience | null;
  /** What people accepted, each with the evidence of the moment at which they did. */
  readonly accepted: readonly AcceptedDistrust[];
  readonly acceptedAlarms: readonly AcceptedEvidence[];
  /** Recent first cards of conversations at this split: how many, and how many of them the candidate's. */
  readonly recent: Recent;
  /** Candidate cards that became known since the beginning of each harm budget, settled or not. */
  readonly shown: readonly ShownCards[];
  /** Agents who were given an arm in this rollout, each once: hashes. Only where agents are divided. */
  readonly drawnAgents?: readonly string[];
}

export interface Recent {
  readonly all: number;
  readonly candidate: number;
  /** Conversations outside of the audience; absent in memories of before there was one. */
  readonly outside?: number;
}

function freshMemory(input: WatchInput, judge: JudgeState, nowMs: number): WatchMemory {
  return {
    cursor: input.startSeq,
    followedSeq: input.startSeq,
    judge,
    firstCandidateAtMs: null,
    ...clocksOf(input, nowMs),
    ...splitIn(input),
    accepted: [],
    acceptedAlarms: [],
    shown: [],
  };
}

/**
 * A person accepts what the status shows, which moves on while a rollout stands: for an acceptance that is new the
 * evidence is that of now, before anything else is judged.
 */
export function acceptedBy(
  { acceptDistrust, acceptAlarms = [] }: WatchInput,
  { accepted, acceptedAlarms }: Pick<WatchMemory, 'accepted' | 'acceptedAlarms'>,
  report: JudgeReport,
): Pick<WatchMemory, 'accepted' | 'acceptedAlarms'> {
  return {
    accepted: asShown(acceptDistrust, accepted, report.distrust ?? []),
    acceptedAlarms: asShown(acceptAlarms, acceptedAlarms, alarmsOf(report)),
  };
}

/** What the judge was not told of yet: it is on record with the look that comes. */
export function acceptedBefore({ accepted }: Pick<WatchMemory, 'accepted'>): Pick<Look, 'acceptedDistrust'> {
  const fresh = accepted.filter((one) => one.askedAnew !== true).map(({ kind, atMs }) => ({ kind, atMs }));
  return fresh.length === 0 ? {} : { acceptedDistrust: fresh };
}

export function askedAnew({ accepted }: Pick<WatchMemory, 'accepted'>): Pick<WatchMemory, 'accepted'> {
  return { accepted: accepted.map((one) => ({ ...one, askedAnew: true as const })) };
}

function asShown<Kind extends string>(
  told: 'all' | readonly AcceptedEvidence<Kind>[],
  before: readonly AcceptedEvidence<Kind>[],
  shown: readonly Evidence<Kind>[],
): readonly AcceptedEvidence<Kind>[] {
  if (told === 'all') return before;
  return told.map((one) => {
    const known = before.find(({ kind, atMs }) => kind === one.kind && atMs === one.atMs);
    const now = shown.find(({ kind }) => kind === one.kind)?.logEvidence ?? 0;
    return known ?? { ...one, logEvidence: Math.max(one.logEvidence, now) };
  });
}

const NONE: Recent = { all: 0, candidate: 0, outside: 0 };

type Clocks = Pick<WatchMemory, 'arrivals' | 'settling' | 'recent'>;

function clocksOf(input: WatchInput, nowMs: number): Clocks {
  return { arrivals: noArrivals(nowMs), settling: startSettling(changeOf(input)), recent: NONE };
}

export function changeOf({ deployment, previousPercent, splitPercent, splitSinceMs }: WatchInput): SplitChange {
  return {
    fromPercent: achievedShare(deployment, previousPercent),
    toPercent: achievedShare(deployment, splitPercent),
    shownMs: splitSinceMs,
  };
}

/**
 * Where the store says that the watch stood, carried on by the looks that were kept after that; a new split starts its
 * own clocks.
 */
export async function recall(db: Database, input: WatchInput, nowMs: number): Promise<WatchMemory> {
  const kept = await restore(db, input, nowMs);
  const later = await looksAfter(db, input.rolloutId, kept.cursor);
  const memory = {
    ...kept,
    judge: resumeJudge(kept.judge, later.items),
    cursor: later.cursor,
    followedSeq: Math.max(kept.followedSeq, ...later.items.map(({ followed }) => followed?.toSeq ?? 0)),
    drawnAgents: withAgents(
      kept.drawnAgents,
      later.items.flatMap(({ cards }) => cards.filter((card) => card.firstOfConversation)),
    ),
  };
  return isOfSplit(memory, input) ? memory : { ...memory, ...clocksOf(input, nowMs), ...splitIn(input) };
}

function splitIn({ splitPercent, expected }: WatchInput): Pick<WatchMemory, 'splitPercent' | 'splitOf'> {
  return { splitPercent, splitOf: expected?.of ?? null };
}

/** A share of more people is another split. */
function isOfSplit(
  { splitPercent, splitOf = null }: Partial<Pick<WatchMemory, 'splitPercent' | 'splitOf'>>,
  input: WatchInput,
): boolean {
  return splitPercent === input.splitPercent && isSameAudience(splitOf, input.expected?.of ?? null);
}

async function restore(db: Database, input: WatchInput, nowMs: number): Promise<WatchMemory> {
  const stored = await loadJudgeState(db, input.rolloutId);
  if (stored === null) return freshMemory(input, judgeAgain(judgedBy(input), []), nowMs);
  const { judge, ...rest } = stored.state as Partial<WatchMemory>;
  const clocks = { ...clocksOf(input, nowMs), ...(isOfSplit(rest, input) ? rest : {}) };
  const base = {
    ...clocks,
    firstCandidateAtMs: rest.firstCandidateAtMs ?? null,
    accepted: rest.accepted ?? [],
    acceptedAlarms: rest.acceptedAlarms ?? [],
    shown: rest.shown ?? [],
    followedSeq: rest.followedSeq ?? input.startSeq,
    ...splitIn(input),
    ...(rest.drawnAgents !== undefined && { drawnAgents: rest.drawnAgents }),
    cursor: stored.cursor,
  };
  const understood = resumable(judge);
  // Another release's judge: the verdicts are taken again, by this one, from the record of everything it was shown.
  return {
    ...base,
    judge: understood ?? judgeAgain(judgedBy(input), await looksUpTo(db, input.rolloutId, stored.cursor), judge),
  };
}

function judgedBy({ guardrails, slices, policies }: WatchInput): Judged {
  return { guardrails, slices, learning: policies.learning };
}

function resumable(judge: JudgeState | undefined): JudgeState | null {
  try {
    return judge === undefined ? null : resumeJudge(judge, []);
  } catch {
    return null;
  }
}

export function remember(
  db: Database,
  rolloutId: string,
  memory: WatchMemory,
  report: JudgeReport,
  nowMs: number,
): Promise<void> {
  const state = { ...memory, judge: packState(memory.judge) };
  return saveJudgeState(db, { rolloutId, cursor: memory.cursor, state, report, updatedAt: new Date(nowMs) });
}

/** Heartbeat details: live figures for people. */
export function progressOf(memory: WatchMemory, input: WatchInput, report: JudgeReport, nowMs: number): WatchProgress {
  const { all, candidate, outside = 0 } = memory.recent;
  const unserved = unservedClause(memory, input, nowMs);
  const { arms } = memory.arrivals;
  return {
    cursor: memory.cursor,
    splitPercent: input.splitPercent,
    observedSplitPercent: all === 0 ? null : (100 * candidate) / all,
    ...(outside > 0 &&
      input.expected?.of !== undefined && { observedOverallPercent: (100 * candidate) / (all + outside) }),
    ...(unserved === null ? {} : { unserved }),
    ...((input.budgets ?? []).length > 0 && { budgets: shownBudgets(input, memory.shown) }),
    verdict: report.verdict,
    report,
    lastCandidateCardAt: new Date(arms.candidate.lastMs).toISOString(),
    lastBaselineCardAt: new Date(arms.baseline.lastMs).toISOString(),
  };
}

/** What is late is said to be late, rather than to be a broken ratio; null: the split is served, or not yet due. */
export function unservedClause({ settling }: WatchMemory, input: WatchInput, nowMs: number): string | null {
  const { previousPercent, splitPercent, splitSinceMs } = input;
  if (!isUnmoved(settling) || nowMs < splitSinceMs + MAX_SETTLING_MS) return null;
  return (
    `the split of ${splitText(splitPercent, input.expected?.of)} asked at ${new Date(splitSinceMs).toISOString()} is not served: the candidate ` +
    `still has its share of before, ${previousPercent} %`
  );
}

const RECENT = 2000;

/** Clocks run on every card read, each once; the observed split and its settling on those just taken. */
export function observe(
  memory: WatchMemory,
  cards: readonly TimedCard[],
  taken: number,
  input: WatchInput,
): WatchMemory {
  const lastMs = Math.max(memory.arrivals.arms.baseline.lastMs, memory.arrivals.arms.candidate.lastMs);
  const shown = cards.filter(({ arm }) => arm === 'candidate');
  const first = shown.length === 0 ? null : Math.min(...shown.map(({ triggeredAtMs }) => triggeredAtMs));
  const now = cards.slice(0, taken);
  const settling = addToSettling(memory.settling, drawnNow(now, input), changeOf(input));
  const { sinceMs } = settling;
  const firsts = now.filter((card) => card.firstOfConversation);
  return {
    ...memory,
    firstCandidateAtMs:
      first === null ? memory.firstCandidateAtMs : Math.min(memory.firstCandidateAtMs ?? first, first),
    arrivals: addArrivals(
      memory.arrivals,
      cards.filter(({ arrivedAtMs, draw }) => arrivedAtMs > lastMs && draw?.percent !== null),
    ),
    settling,
    recent: decayed(memory.recent, {
      inside: drawnNow(firsts, input).filter((card) => card.draw !== undefined || countsForSplit(card, sinceMs)),
      outside: firsts.filter(({ draw, arrivedAtMs }) => draw?.percent === null && arrivedAtMs >= input.splitSinceMs),
    }),
    ...(input.deployment.unit === 'agent' && { drawnAgents: withAgents(memory.drawnAgents, drawnEver(firsts)) }),
  };
}

/** Those whose conversations were given their arm at the split in force, as far as that is known. */
export function drawnNow(cards: readonly TimedCard[], { deployment, splitPercent }: WatchInput): readonly TimedCard[] {
  const percent = achievedShare(deployment, splitPercent);
  return cards.filter(({ draw }) => draw === undefined || draw.percent === percent);
}

/** With a chance of either arm. */
function drawnEver(cards: readonly TimedCard[]): readonly TimedCard[] {
  return cards.filter(({ draw }) => isChance(draw));
}

function isChance(draw: TimedCard['draw']): boolean {
  return draw !== undefined && draw.percent !== null && draw.percent > 0 && draw.percent < 100;
}

/**
 * Where agents are divided, an agent is drawn once: the first card that had a chance of either arm is the agent's, and
 * no later one says anything of the ratio.
 */
export function firstOfAgents(cards: readonly TimedCard[], { drawnAgents = [] }: WatchMemory): TimedCard[] {
  const drawn = new Set(drawnAgents);
  return cards.map((card) => {
    const key = keyOf(card);
    const firstOfConversation = isChance(card.draw) ? !drawn.has(key) : card.firstOfConversation;
    if (isChance(card.draw)) drawn.add(key);
    return { ...card, firstOfConversation };
  });
}

function withAgents(before: readonly string[] | undefined, cards: readonly { readonly agent: string }[]): string[] {
  return [...new Set([...(before ?? []), ...cards.map(keyOf)])];
}

function keyOf({ agent }: { readonly agent: string }): string {
  return (hashOf(agent) >>> 0).toString(36);
}

/** Halves its weight each time it holds more than RECENT conversations: recent ones count most. */
function decayed(
  { all, candidate, outside = 0 }: Recent,
  added: { readonly inside: readonly TimedCard[]; readonly outside: readonly TimedCard[] },
): Recent {
  const sum = {
    all: all + added.inside.length,
    candidate: candidate + added.inside.filter((card) => card.arm === 'candidate').length,
    outside: outside + added.outside.length,
  };
  const keep = sum.all + sum.outside > RECENT ? 0.5 : 1;
  return { all: sum.all * keep, candidate: sum.candidate * keep, outside: sum.outside * keep };
}
