/**
 * A plan run to its end on cards from anywhere, judged by the real judge and ended by the engine's own rules. Approvals
 * are taken as given at once, and where the plan would wait for a person (held, or paused for silence or distrust) the
 * run ends there. Times are ms since the first step.
 */
import { askBefore, askPlannedEnd, planEnd, plannedEndAnswer } from '../judge/decision/planned-end.ts';
import { startJudge, takeLook } from '../judge/judge.ts';
import { reportOf } from '../judge/report/report.ts';
import type { JudgeReport, JudgeState, Look, PlannedEndAnswer } from '../judge/types.ts';
import { noCardIn } from '../plan/no-card.ts';
import type { Plan, Policies } from '../plan/plan.ts';
import type { Bake } from '../plan/steps/definition.ts';
import { forecastAs, splitAfter, splitOfAfter } from '../plan/steps/steps.ts';
import { isSameAudience } from '../split/audience.ts';
import type { Audience } from '../split/audience.ts';
import type { ArrivedCard, Arrivals } from './arrivals.ts';
import { addArrivals, noArrivals } from './arrivals.ts';
import { plannedEndOf } from './planned-ends.ts';
import type { ShownBudget } from './card-budget.ts';
import type { WatchEnd, WatchGoal } from './watch-decision.ts';
import { holds, policyForUndecided, watchEnd } from './watch-decision.ts';

/** Where the cards of a rehearsal come from. */
export interface CardSource {
  /** The split in force from this instant on, and of whose conversations (null: everybody's); 0 before the first. */
  readonly setSplit: (percent: number, atMs: number, of: Audience | null) => void;
  /** What has come since the call before. */
  readonly takeUntil: (nowMs: number) => Taken;
  /** How often a bake takes what has come. */
  readonly everyMs: (bake: Bake) => number;
}

export interface Taken {
  /** Of what has settled. */
  readonly looks: readonly Look[];
  readonly arrived: readonly ArrivedCard[];
  /** No more will come. */
  readonly over: boolean;
}

export interface Rehearsal {
  readonly end: 'rolledBack' | 'promoted' | 'undecided';
  /** Which of the engine's rules ended it, before the plan's policies; `over`: none, the cards were at their end. */
  readonly by: WatchEnd['kind'] | 'over';
  readonly endAtMs: number;
  /** The judge's last word. */
  readonly report: JudgeReport;
  readonly looks: number;
  /** What was answered at the last planned end; null where none was asked. */
  readonly plannedEnd: PlannedEndAnswer | null;
  /** First time each guardrail was safe; null: never. In the plan's order. */
  readonly safeAtMs: readonly (number | null)[];
  /** Candidate cards shown in the steps whose bakes had what they require; null: it had not, or the step is none. */
  readonly cardsOfStep: readonly (number | null)[];
  /** How long those took. */
  readonly msOfStep: readonly (number | null)[];
  /** In all. */
  readonly shown: number;
}

interface Clock {
  readonly plan: Plan;
  readonly source: CardSource;
  nowMs: number;
  judge: JudgeState;
  report: JudgeReport;
  looks: number;
  splitPercent: number;
  splitOf: Audience | null;
  /** Since the split in force. */
  arrivals: Arrivals;
  firstCandidateAtMs: number | null;
  safeAtMs: (number | null)[];
  cardsOfStep: (number | null)[];
  msOfStep: (number | null)[];
  /** Candidate cards so far, and before the bake at hand. */
  shown: number;
  shownBefore: number;
  step: number;
}

export function rehearse(plan: Plan, source: CardSource): Rehearsal {
  const clock = startClock(plan, source);
  for (const [index, step] of plan.steps.entries()) {
    Object.assign(clock, { step: index, shownBefore: clock.shown });
    const split = splitAfter(step);
    const of = splitOfAfter(step);
    if (split !== null && (split !== clock.splitPercent || !isSameAudience(of, clock.splitOf)))
      changeSplit(clock, split, of);
    const judged = forecastAs(step);
    if (judged === null) continue;
    const beganMs = clock.nowMs;
    const { end, by } = bake(clock, judged);
    if (end !== 'advance') return ended(clock, end, by);
    if (by !== 'advance') continue;
    clock.cardsOfStep[index] = clock.shown - clock.shownBefore;
    clock.msOfStep[index] = clock.nowMs - beganMs;
  }
  clock.step = plan.steps.length;
  const { end, by } = askForPromotion(clock);
  return ended(clock, end === 'advance' ? 'promoted' : end, by);
}

function startClock(plan: Plan, source: CardSource): Clock {
  const judge = startJudge(plan.guardrails, plan.slices, plan.policies.learning);
  return {
    plan,
    source,
    nowMs: 0,
    judge,
    report: reportOf(judge),
    looks: 0,
    splitPercent: 0,
    splitOf: null,
    arrivals: noArrivals(0),
    firstCandidateAtMs: null,
    safeAtMs: plan.guardrails.map(() => null),
    cardsOfStep: plan.steps.map(() => null),
    msOfStep: plan.steps.map(() => null),
    shown: 0,
    shownBefore: 0,
    step: 0,
  };
}

function changeSplit(clock: Clock, percent: number, of: Audience | null): void {
  clock.splitPercent = percent;
  clock.splitOf = of;
  clock.arrivals = noArrivals(clock.nowMs);
  clock.source.setSplit(percent, clock.nowMs, of);
}

function ended(clock: Clock, end: Rehearsal['end'], by: Rehearsal['by']): Rehearsal {
  const { nowMs, report, looks, safeAtMs, cardsOfStep, msOfStep, shown, judge } = clock;
  const plannedEnd = plannedEndAnswer(judge);
  return { end, by, endAtMs: nowMs, report, looks, plannedEnd, safeAtMs, cardsOfStep, msOfStep, shown };
}

interface BakeEnd {
  readonly end: 'advance' | 'rolledBack' | 'undecided';
  readonly by: Rehearsal['by'];
}

function bake(clock: Clock, step: Bake): BakeEnd {
  const startedAtMs = clock.nowMs;
  const goal: WatchGoal = { kind: 'bake', ...step, startedAtMs, cardsBefore: clock.report.n.candidate };
  const everyMs = clock.source.everyMs(step);
  clock.judge = planEnd(clock.judge, plannedEndOf(clock.plan.steps, step, { step: clock.step, startedAtMs }));
  clock.report = reportOf(clock.judge);
  for (let isOver = false; !isOver;) {
    clock.nowMs += everyMs;
    isOver = take(clock, clock.nowMs - startedAtMs >= step.atMostMs);
    const end = endOf(clock, goal);
    if (end !== null) return end;
  }
  return { end: 'undecided', by: 'over' };
}

/** True when no more cards will come. */
function take(clock: Clock, isPlannedEnd: boolean): boolean {
  const { looks, arrived, over } = clock.source.takeUntil(clock.nowMs);
  clock.arrivals = addArrivals(clock.arrivals, arrived);
  const seen = arrived.filter(({ arm }) => arm === 'candidate').length;
  if (seen > 0) clock.firstCandidateAtMs ??= clock.nowMs;
  clock.shown += seen;
  for (const look of looks) clock.judge = takeLook(askBefore(clock.judge, look), look);
  if (isPlannedEnd) clock.judge = askPlannedEnd(clock.judge);
  if (looks.length === 0 && !isPlannedEnd) return over;
  clock.looks += looks.length;
  const report = reportOf(clock.judge);
  clock.report = report;
  clock.safeAtMs = clock.safeAtMs.map(
    (at, index) => at ?? (report.guardrails[index]?.verdict === 'safe' ? clock.nowMs : null),
  );
  return over;
}

/** After the last step a version is promoted on proof, as by the workflow. */
function askForPromotion(clock: Clock): BakeEnd {
  if (holds('goal', clock.report)) return { end: 'advance', by: 'advance' };
  const goal: WatchGoal = {
    kind: 'bake',
    startedAtMs: clock.nowMs,
    forMs: 0,
    atMostMs: 0,
    minCards: 0,
    cardsBefore: clock.report.n.candidate,
    require: 'goal',
  };
  return endOf(clock, goal) ?? { end: 'undecided', by: 'undecided' };
}

/** What the engine would do now; null: watch on. */
function endOf(clock: Clock, goal: WatchGoal) {
  const { report, nowMs, arrivals, firstCandidateAtMs, splitPercent, plan } = clock;
  const { policies } = plan;
  const end = watchEnd(goal, {
    report,
    nowMs,
    arrivals,
    firstCandidateAtMs: firstCandidateAtMs === null ? null : Math.max(firstCandidateAtMs, arrivals.sinceMs),
    splitPercent,
    noCard: noCardIn(plan),
    noDataAfterMs: policies.onNoData.afterMs,
    silenceAcceptedAtMs: null,
    distrust: [],
    staleAfterMs: policies.settleMs,
    alarms: [],
    budgets: budgetsAt(clock),
  });
  return end === null ? null : { end: followPolicies(end, report, policies), by: end.kind };
}

function budgetsAt({ plan, step, shown, shownBefore }: Clock): ShownBudget[] {
  const at = plan.steps[step];
  const ofStep = at?.kind === 'bake' ? at.maxCards : undefined;
  const { maxCards } = plan.policies;
  return [
    ...(ofStep === undefined ? [] : [{ ...ofStep, of: 'step' as const, sinceMs: 0, shown: shown - shownBefore }]),
    ...(maxCards === null ? [] : [{ ...maxCards, of: 'rollout' as const, sinceMs: 0, shown }]),
  ];
}

function followPolicies(end: WatchEnd, { verdict }: JudgeReport, policies: Policies): BakeEnd['end'] {
  switch (end.kind) {
    case 'alarm':
      return 'undecided';
    case 'spent':
      return end.budget.do === 'rollback' ? 'rolledBack' : 'undecided';
    case 'advance':
      return 'advance';
    case 'harm':
      return 'rolledBack';
    case 'noData':
      return policies.onNoData.do === 'rollback' ? 'rolledBack' : 'undecided';
    case 'untrusted':
      return policies.onUntrusted === 'rollback' ? 'rolledBack' : 'undecided';
    case 'undecided':
      return ({ hold: 'undecided', rollback: 'rolledBack', promote: 'advance' } as const)[
        policyForUndecided(policies.onUndecided, verdict)
      ];
  }
}
