/** What a watch remembers: the judge's state and the cursor always move together, so nothing is counted twice or missed. */
import { isAsked } from '../domain/judge/planned-end.ts';
import type { JudgeReport, JudgeState } from '../domain/judge/types.ts';
import type { TimedCard } from '../domain/rollout/looks.ts';
import { DEFAULT_LOOK_RULES } from '../domain/rollout/looks.ts';
import type { Database } from '../store/database.ts';
import { loadJudgeState, saveJudgeState } from '../store/judge-states.ts';
import type { WatchProgress } from '../workflows/messages.ts';
import type { WatchInput } from './types.ts';

export interface WatchMemory {
  /** Every card up to this sequence number has been judged. */
  readonly cursor: number;
  readonly judge: JudgeState;
  /** ms since the epoch; null until one was seen in this rollout. */
  readonly firstCandidateAtMs: number | null;
  readonly lastCandidateAtMs: number;
  readonly lastBaselineAtMs: number;
  readonly splitPercent: number;
  /** Recent first cards of conversations at this split: how many, and how many of them the candidate's. */
  readonly recent: { readonly all: number; readonly candidate: number };
}

export function freshMemory(input: WatchInput, judge: JudgeState, nowMs: number): WatchMemory {
  return {
    cursor: input.startSeq, judge, firstCandidateAtMs: null, lastCandidateAtMs: nowMs, lastBaselineAtMs: nowMs,
    splitPercent: input.splitPercent, recent: { all: 0, candidate: 0 },
  };
}

/** The further of what the last attempt's heartbeat carried and what the store holds; a new split starts its own clocks. */
export async function recall(db: Database, input: WatchInput, heartbeat: unknown, fresh: () => WatchMemory): Promise<WatchMemory> {
  const stored = await loadJudgeState(db, input.rolloutId);
  const known = [memoryOf(heartbeat), memoryOf(stored?.state)].filter((memory) => memory !== null);
  const start = fresh();
  const furthest = known.reduce<WatchMemory | null>((best, memory) => (best === null || isFurther(memory, best) ? memory : best), null);
  if (furthest === null) return start;
  const clocks = furthest.splitPercent === input.splitPercent
    ? furthest
    : { lastCandidateAtMs: start.lastCandidateAtMs, lastBaselineAtMs: start.lastBaselineAtMs, recent: start.recent };
  return { ...furthest, ...pick(clocks), splitPercent: input.splitPercent };
}

/** An answer at the planned end takes no cards: of two memories at one cursor, the one that has it is the later. */
function isFurther(memory: WatchMemory, other: WatchMemory): boolean {
  return memory.cursor > other.cursor || (memory.cursor === other.cursor && isAsked(memory.judge) && !isAsked(other.judge));
}

function pick(clocks: Pick<WatchMemory, 'lastCandidateAtMs' | 'lastBaselineAtMs' | 'recent'>): Pick<WatchMemory, 'lastCandidateAtMs' | 'lastBaselineAtMs' | 'recent'> {
  return { lastCandidateAtMs: clocks.lastCandidateAtMs, lastBaselineAtMs: clocks.lastBaselineAtMs, recent: clocks.recent };
}

function memoryOf(value: unknown): WatchMemory | null {
  if (typeof value !== 'object' || value === null) return null;
  const memory = 'memory' in value ? value.memory : value;
  return typeof memory === 'object' && memory !== null && 'cursor' in memory && 'judge' in memory ? (memory as WatchMemory) : null;
}

export function remember(db: Database, rolloutId: string, memory: WatchMemory, report: JudgeReport, nowMs: number): Promise<void> {
  return saveJudgeState(db, { rolloutId, cursor: memory.cursor, state: memory, report, updatedAt: new Date(nowMs) });
}

/** Heartbeat details: live figures for people, and the memory for the next attempt. */
export function progressOf(memory: WatchMemory, input: WatchInput, report: JudgeReport): WatchProgress {
  const { all, candidate } = memory.recent;
  return {
    cursor: memory.cursor, splitPercent: input.splitPercent, observedSplitPercent: all === 0 ? null : (100 * candidate) / all,
    verdict: report.verdict, report, memory,
    lastCandidateCardAt: new Date(memory.lastCandidateAtMs).toISOString(), lastBaselineCardAt: new Date(memory.lastBaselineAtMs).toISOString(),
  };
}

const RECENT = 2000;

/** Clocks run on every card read; the observed split on those just taken, so that none is counted twice. */
export function observe(memory: WatchMemory, cards: readonly TimedCard[], taken: number, input: WatchInput): WatchMemory {
  let { firstCandidateAtMs, lastCandidateAtMs, lastBaselineAtMs } = memory;
  for (const { arm, triggeredAtMs } of cards) {
    if (arm === 'baseline') lastBaselineAtMs = Math.max(lastBaselineAtMs, triggeredAtMs);
    else {
      lastCandidateAtMs = Math.max(lastCandidateAtMs, triggeredAtMs);
      firstCandidateAtMs = Math.min(firstCandidateAtMs ?? triggeredAtMs, triggeredAtMs);
    }
  }
  const current = cards.slice(0, taken).filter((card) => card.firstOfConversation && card.triggeredAtMs >= input.splitSinceMs + DEFAULT_LOOK_RULES.graceMs);
  return { ...memory, firstCandidateAtMs, lastCandidateAtMs, lastBaselineAtMs, recent: decayed(memory.recent, current) };
}

/** Halves its weight each time it holds more than RECENT conversations: recent ones count most. */
function decayed(recent: WatchMemory['recent'], cards: readonly TimedCard[]): WatchMemory['recent'] {
  const all = recent.all + cards.length;
  const candidate = recent.candidate + cards.filter((card) => card.arm === 'candidate').length;
  return all > RECENT ? { all: all / 2, candidate: candidate / 2 } : { all, candidate };
}
