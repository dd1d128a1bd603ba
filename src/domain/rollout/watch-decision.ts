/** When does a watch end? Pure: what the judge says, what the step wants, and the time. */
import type { JudgeReport } from '../judge/types.ts';

export type WatchGoal =
  /** Stay until someone else ends it. */
  | { readonly kind: 'hold' }
  | {
      readonly kind: 'bake';
      /** ms since the epoch */
      readonly startedAtMs: number;
      readonly forMs: number;
      /** null: as long as it takes. */
      readonly atMostMs: number | null;
      readonly minCards: number;
      /** Settled candidate cards before this bake began. */
      readonly cardsBefore: number;
      readonly require: 'noHarm' | 'safe';
    };

export interface WatchFacts {
  readonly report: JudgeReport;
  readonly nowMs: number;
  /** When the last settled card of each arm was triggered (or the watch of this split began), ms since the epoch. */
  readonly lastCandidateAtMs: number;
  readonly lastBaselineAtMs: number;
  /** When the first candidate card of this split may have been triggered, ms since the epoch; null: none was seen in this rollout. */
  readonly firstCandidateAtMs: number | null;
  readonly splitPercent: number;
  /** null: a person has accepted that no data comes. */
  readonly noDataAfterMs: number | null;
  readonly untrustedAccepted: boolean;
}

export type WatchEnd =
  | { readonly kind: 'harm' | 'advance' | 'undecided' | 'untrusted'; readonly reason: string }
  | { readonly kind: 'noData'; readonly reason: string };

export function watchEnd(goal: WatchGoal, facts: WatchFacts): WatchEnd | null {
  if (facts.report.verdict === 'harm') return { kind: 'harm', reason: facts.report.reason };
  if (facts.report.verdict === 'untrusted' && !facts.untrustedAccepted) return { kind: 'untrusted', reason: facts.report.reason };
  const silent = silentArm(facts) ?? silentMetric(facts);
  if (silent !== null) return { kind: 'noData', reason: silent };
  return goal.kind === 'hold' ? null : bakeEnd(goal, facts);
}

function silentArm(facts: WatchFacts): string | null {
  const { noDataAfterMs, nowMs, splitPercent } = facts;
  if (noDataAfterMs === null) return null;
  const silence = (arm: string, lastAtMs: number): string | null =>
    nowMs - lastAtMs < noDataAfterMs ? null
      : `No ${arm} card has been seen for ${Math.round((nowMs - lastAtMs) / 1000)} s at split ${splitPercent} % (limit ${Math.round(noDataAfterMs / 1000)} s).`;
  return (splitPercent > 0 ? silence('candidate', facts.lastCandidateAtMs) : null)
    ?? (splitPercent < 100 ? silence('baseline', facts.lastBaselineAtMs) : null);
}

/** When not one in so many cards carries a metric, fewer than one in ten do (95 %, the rule of three): it is not merely rare. */
const CARDS_TO_MISS_IT = 30;

/** An enforced guardrail whose metric never came, although cards of both arms did: a level that nobody sends, say. */
function silentMetric({ report, noDataAfterMs, nowMs, firstCandidateAtMs }: WatchFacts): string | null {
  const { baseline, candidate } = report.n;
  if (noDataAfterMs === null || firstCandidateAtMs === null || nowMs - firstCandidateAtMs < noDataAfterMs) return null;
  if (Math.min(baseline, candidate) < CARDS_TO_MISS_IT) return null;
  const missing = report.guardrails.filter(({ mode, verdict }) => mode === 'enforce' && verdict === 'noData').map(({ name, metric }) => name ?? metric);
  if (missing.length === 0) return null;
  return `No ${missing.join(' and no ')} has come for ${Math.round((nowMs - firstCandidateAtMs) / 1000)} s (limit ${Math.round(noDataAfterMs / 1000)} s), `
    + `although ${candidate} candidate and ${baseline} baseline cards have: is it sent, and by that name?`;
}

function bakeEnd(goal: Extract<WatchGoal, { kind: 'bake' }>, facts: WatchFacts): WatchEnd | null {
  const elapsedMs = facts.nowMs - goal.startedAtMs;
  const cards = facts.report.n.candidate - goal.cardsBefore;
  const enough = elapsedMs >= goal.forMs && cards >= goal.minCards;
  if (enough && holds(goal.require, facts.report)) return { kind: 'advance', reason: facts.report.reason };
  if (goal.atMostMs === null || elapsedMs < goal.atMostMs) return null;
  const missing = cards < goal.minCards
    ? `only ${cards} of ${goal.minCards} candidate cards were seen`
    : `the judge says ${facts.report.verdict}: ${facts.report.reason}`;
  return { kind: 'undecided', reason: `${goal.atMostMs === 0 ? 'A version is promoted on proof, and' : 'The bake\'s longest time is over and'} ${missing}` };
}

/** Absence of proof is not proof: broken or missing data never satisfies a requirement. */
function holds(require: 'noHarm' | 'safe', report: JudgeReport): boolean {
  if (require === 'safe') return report.verdict === 'safe';
  return report.verdict === 'safe' || report.verdict === 'undecided';
}
