/** When does a watch end? Pure: what the judge says, what the step wants, and the time. */
import type { JudgeReport, Verdict } from '../judge/types.ts';
import type { Policies } from '../plan/plan.ts';
import type { Requirement } from '../plan/steps/definition.ts';
import type { AcceptedEvidence } from './accepted-evidence.ts';
import { againSentences, isNews } from './accepted-evidence.ts';
import { newAlarm } from './alarms.ts';
import { staleArms } from './arrivals.ts';
import type { ShownBudget } from './card-budget.ts';
import { spentOf, spentSentence } from './card-budget.ts';
import { endOfOverride, excusesHarm } from './overrides.ts';
import type { Override } from './overrides.ts';
import { silenceOf } from './silence.ts';
import type { SilenceFacts } from './silence.ts';
import type { AcceptedDistrust } from './state.ts';

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
      readonly require: Requirement;
    };

export interface WatchFacts extends SilenceFacts {
  /** How much distrust stops nothing; `all`: any. */
  readonly distrust: 'all' | readonly AcceptedDistrust[];
  /** How much harm by guardrails that pause stops nothing; `all`: any. */
  readonly alarms: 'all' | readonly AcceptedEvidence[];
  /** What named people let pass; absent: nothing. */
  readonly overrides?: readonly Override[];
  /** A silence shorter than this says nothing, ms. */
  readonly staleAfterMs: number;
  /** What may be shown before a verdict, and what was. */
  readonly budgets: readonly ShownBudget[];
}

export type WatchEnd =
  | { readonly kind: 'harm' | 'advance' | 'undecided' | 'untrusted' | 'alarm'; readonly reason: string }
  | { readonly kind: 'noData'; readonly reason: string }
  | { readonly kind: 'spent'; readonly reason: string; readonly budget: ShownBudget };

export function watchEnd(goal: WatchGoal, given: WatchFacts): WatchEnd | null {
  const { report, overrides = [], nowMs } = given;
  if (report.verdict === 'harm' && !excusesHarm(overrides, report, nowMs)) {
    const ended = endOfOverride(overrides, report, nowMs);
    return { kind: 'harm', reason: [report.reason, ...(ended === null ? [] : [ended])].join(' ') };
  }
  // What was let pass stops nothing, and proves nothing.
  const facts = report.verdict === 'harm' ? { ...given, report: withoutHarm(report) } : given;
  const end = goal.kind === 'hold' ? null : bakeEnd(goal, facts);
  // Before whatever only asks a person, and goes on showing cards until one comes.
  const budget = end?.kind === 'advance' ? null : spentOf(facts.budgets, facts.report);
  if (budget !== null) return { kind: 'spent', reason: spentSentence(budget, facts.report), budget };
  const distrust = facts.report.verdict === 'untrusted' ? newDistrust(facts.report, facts.distrust) : null;
  if (distrust !== null) return { kind: 'untrusted', reason: distrust };
  const alarm = newAlarm(facts.report, facts.alarms);
  if (alarm !== null) return { kind: 'alarm', reason: alarm };
  const silent = silenceOf(facts);
  return silent === null ? end : { kind: 'noData', reason: silent };
}

function withoutHarm(report: JudgeReport): JudgeReport {
  return { ...report, verdict: report.distrust === undefined ? 'undecided' : 'untrusted' };
}

/** What was not accepted, and why it is told again; null: all of it was. */
function newDistrust({ distrust, reason }: JudgeReport, accepted: WatchFacts['distrust']): string | null {
  if (accepted === 'all') return null;
  if (distrust === undefined) return reason;
  return distrust.some((one) => isNews(one, accepted))
    ? [reason, ...againSentences(distrust, accepted)].join(' ')
    : null;
}

function bakeEnd(goal: Extract<WatchGoal, { kind: 'bake' }>, facts: WatchFacts): WatchEnd | null {
  const elapsedMs = facts.nowMs - goal.startedAtMs;
  const cards = facts.report.n.candidate - goal.cardsBefore;
  const enough = elapsedMs >= goal.forMs && cards >= goal.minCards;
  const stale = staleArms(facts, facts.staleAfterMs);
  if (enough && stale.length === 0 && holds(goal.require, facts.report))
    return { kind: 'advance', reason: facts.report.reason };
  if (goal.atMostMs === null || elapsedMs < goal.atMostMs) return null;
  const missing =
    cards < goal.minCards
      ? `only ${cards} of ${goal.minCards} candidate cards were seen in this step`
      : stale.length > 0 && holds(goal.require, facts.report)
        ? `the data are old: ${stale.join('; ')}`
        : judgeSays(goal, facts.report);
  return {
    kind: 'undecided',
    reason:
      `${goal.atMostMs === 0 ? 'A version is promoted on proof, and' : "The bake's longest time is over and"} ` +
      missing,
  };
}

/** The sentence of what is not safe begins with its verdict. */
function judgeSays(goal: Extract<WatchGoal, { kind: 'bake' }>, report: JudgeReport): string {
  return report.verdict === 'safe'
    ? `the judge says safe${openGoals(goal, report)}: ${report.reason}`
    : `the judge says: ${report.reason}`;
}

function openGoals({ require }: Extract<WatchGoal, { kind: 'bake' }>, { goals, verdict }: JudgeReport): string {
  return require === 'goal' && goals === 'open' && verdict === 'safe' ? ', and that a goal is not proven' : '';
}

/** What the plan does with a bake that ends undecided. Broken or missing data are never a reason to go on. */
export function policyForUndecided(policy: Policies['onUndecided'], verdict: Verdict): Policies['onUndecided'] {
  return policy === 'promote' && verdict !== 'undecided' && verdict !== 'safe' ? 'hold' : policy;
}

/** Absence of proof is not proof: broken or missing data never satisfies a requirement. */
export function holds(require: Requirement, report: JudgeReport): boolean {
  if (require === 'goal') return report.verdict === 'safe' && report.goals !== 'open';
  if (require === 'safe') return report.verdict === 'safe';
  return report.verdict === 'safe' || report.verdict === 'undecided';
}
