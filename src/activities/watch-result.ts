/** What a watch ends with, by what is known now. */
import type { JudgeReport } from '../domain/judge/types.ts';
import { noCardArm } from '../domain/rollout/deployment.ts';
import type { Drift } from '../domain/rollout/drift.ts';
import { watchEnd } from '../domain/rollout/watch-decision.ts';
import { noDataAfterMs } from './next-look.ts';
import { staleAfterMs } from './shown-bake.ts';
import { shownBudgets } from './shown-cards.ts';
import type { WatchInput, WatchResult } from './types.ts';
import type { WatchMemory } from './watch-memory.ts';
import { unservedClause } from './watch-memory.ts';

interface Known {
  readonly nowMs: number;
  readonly drift: Drift | null;
  /** Settled cards lie unread, as after an outage of all workers: what is judged so far is old. */
  readonly more: boolean;
}

/** Null: it goes on. */
export function resultOf(
  input: WatchInput,
  memory: WatchMemory,
  report: JudgeReport,
  { nowMs, drift, more }: Known,
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
    missingAccepted: input.acceptMissing,
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
  if (more) return null;
  const unserved = end?.kind === 'untrusted' ? unservedClause(memory, input, nowMs) : null;
  if (end !== null)
    return { ...known, ...end, reason: unserved === null ? end.reason : `${end.reason} So it seems: ${unserved}.` };
  return news.length > 0 || input.tellSight ? { ...known, kind: 'news', reason: report.reason } : null;
}
