/**
 * One rollout of a plan on made-up traffic, judged by the real judge and ended by the engine's own rules: when would it
 * end, and how? Random comes from the caller. Approvals are taken as given at once, and where the plan would wait
 * for a person (held, or paused for silence or distrust) the run ends as undecided.
 */
import { startJudge, takeLook } from '../judge/judge.ts';
import { reportOf } from '../judge/report/report.ts';
import { askPlannedEnd, planEnd } from '../judge/decision/planned-end.ts';
import type { Arrivals } from '../rollout/arrivals.ts';
import { addArrivals, noArrivals } from '../rollout/arrivals.ts';
import { plannedEndOf } from '../rollout/planned-ends.ts';
import type { WatchEnd, WatchGoal } from '../rollout/watch-decision.ts';
import { policyForUndecided, watchEnd } from '../rollout/watch-decision.ts';
import type { Card, JudgeReport, JudgeState } from '../judge/types.ts';
import type { Guardrail, Plan, Policies } from '../plan/plan.ts';
import type { Bake } from '../plan/steps/definition.ts';
import { forecastAs, splitAfter } from '../plan/steps/steps.ts';
import type { Random } from '../shared/random.ts';
import { harmFactor } from '../metrics/definition.ts';
import { definitionOf, RATES } from '../metrics/index.ts';
import type { Outcome } from '../metrics/index.ts';
import { harmlessOf } from './assumptions.ts';
import type { Assumptions, AssumedEffect } from './assumptions.ts';

export interface SimulatedRun {
  readonly end: 'rolledBack' | 'promoted' | 'undecided';
  /** It was rolled back because harm was proven. */
  readonly harmed: boolean;
  /** ms since the first split was set. */
  readonly endAtMs: number;
  readonly candidateCards: number;
  /** First time each guardrail was safe, ms; null: never. In the plan's order. */
  readonly safeAtMs: readonly (number | null)[];
  /** The run was cut short because it held more cards than a forecast draws. */
  readonly cut: boolean;
}

export interface SimulationLimits {
  /** Cards drawn at most in one run. */
  readonly maxCards: number;
}

interface Clock {
  nowMs: number;
  judge: JudgeState;
  /** Since the split in force. */
  arrivals: Arrivals;
  firstCandidateAtMs: number | null;
  cards: number;
  candidateCards: number;
  safeAtMs: (number | null)[];
}

export function simulateRun(
  plan: Plan,
  traffic: Assumptions,
  effect: AssumedEffect,
  random: Random,
  limits: SimulationLimits,
): SimulatedRun {
  const clock: Clock = {
    nowMs: 0,
    judge: startJudge(plan.guardrails, plan.slices),
    arrivals: noArrivals(0),
    firstCandidateAtMs: null,
    cards: 0,
    candidateCards: 0,
    safeAtMs: plan.guardrails.map(() => null),
  };
  const scene = { plan, traffic, effect, random, limits };
  let splitPercent = 0;
  for (const step of plan.steps) {
    const split = splitAfter(step);
    if (split !== null && split !== splitPercent) clock.arrivals = noArrivals(clock.nowMs);
    splitPercent = split ?? splitPercent;
    const judged = forecastAs(step);
    if (judged === null) continue;
    const end = bake(clock, judged, splitPercent, scene);
    if (end !== 'advance') return endRun(clock, end, limits);
  }
  return endRun(clock, askForPromotion(clock, splitPercent, scene), limits);
}

type BakeEnd = 'advance' | 'harm' | 'rolledBack' | 'undecided';

function endRun(clock: Clock, end: BakeEnd, { maxCards }: SimulationLimits): SimulatedRun {
  return {
    end: end === 'advance' ? 'promoted' : end === 'harm' ? 'rolledBack' : end,
    harmed: end === 'harm',
    endAtMs: clock.nowMs,
    candidateCards: clock.candidateCards,
    safeAtMs: clock.safeAtMs,
    cut: clock.cards >= maxCards,
  };
}

interface Scene {
  readonly plan: Plan;
  readonly traffic: Assumptions;
  readonly effect: AssumedEffect;
  readonly random: Random;
  readonly limits: SimulationLimits;
}

function bake(clock: Clock, step: Bake, splitPercent: number, scene: Scene): BakeEnd {
  const startedAtMs = clock.nowMs;
  const goal: WatchGoal = { kind: 'bake', ...step, startedAtMs, cardsBefore: clock.candidateCards };
  const spanMs = lookSpanMs(step);
  clock.judge = planEnd(clock.judge, plannedEndOf(scene.plan.steps, step, startedAtMs));
  while (clock.cards < scene.limits.maxCards) {
    clock.nowMs += spanMs;
    const report = look(clock, splitPercent, spanMs, scene, clock.nowMs - startedAtMs >= step.atMostMs);
    const end = endOf(clock, goal, report, splitPercent, scene.plan.policies);
    if (end !== null) return end;
  }
  return 'undecided';
}

/** After the last step a version is promoted on proof, as by the workflow. */
function askForPromotion(clock: Clock, splitPercent: number, { plan: { policies } }: Scene): BakeEnd {
  const report = reportOf(clock.judge);
  if (report.verdict === 'safe') return 'advance';
  const goal: WatchGoal = {
    kind: 'bake',
    startedAtMs: clock.nowMs,
    forMs: 0,
    atMostMs: 0,
    minCards: 0,
    cardsBefore: clock.candidateCards,
    require: 'safe',
  };
  return endOf(clock, goal, report, splitPercent, policies) ?? 'undecided';
}

/** What the engine would do now; null: watch on. */
function endOf(
  clock: Clock,
  goal: WatchGoal,
  report: JudgeReport,
  splitPercent: number,
  policies: Policies,
): BakeEnd | null {
  const end = watchEnd(goal, {
    report,
    nowMs: clock.nowMs,
    arrivals: clock.arrivals,
    firstCandidateAtMs:
      clock.firstCandidateAtMs === null ? null : Math.max(clock.firstCandidateAtMs, clock.arrivals.sinceMs),
    splitPercent,
    noDataAfterMs: policies.onNoData.afterMs,
    silenceAcceptedAtMs: null,
    distrust: null,
    staleAfterMs: policies.settleMs,
  });
  return end === null ? null : followPolicies(end, report, policies);
}

function followPolicies({ kind }: WatchEnd, { verdict }: JudgeReport, policies: Policies): BakeEnd {
  switch (kind) {
    case 'advance':
    case 'harm':
      return kind;
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

/** Fine enough to time what happens in a bake, and never so fine that a look of a quiet queue holds nothing. */
function lookSpanMs(step: Bake): number {
  return Math.min(10 * 60_000, Math.max(1000, step.forMs / 30));
}

function look(clock: Clock, splitPercent: number, spanMs: number, scene: Scene, isPlannedEnd: boolean): JudgeReport {
  const cards = drawCards(splitPercent, spanMs, scene);
  const candidateCards = cards.filter(({ arm }) => arm === 'candidate').length;
  clock.cards += cards.length;
  clock.candidateCards += candidateCards;
  if (candidateCards > 0) clock.firstCandidateAtMs ??= clock.nowMs;
  clock.arrivals = addArrivals(
    clock.arrivals,
    cards.map(({ arm }) => ({ arm, arrivedAtMs: clock.nowMs })),
  );
  clock.judge = takeLook(clock.judge, { atMs: clock.nowMs, splitPercent, cards });
  if (isPlannedEnd) clock.judge = askPlannedEnd(clock.judge);
  const report = reportOf(clock.judge);
  clock.safeAtMs = clock.safeAtMs.map(
    (at, index) => at ?? (report.guardrails[index]?.verdict === 'safe' ? clock.nowMs : null),
  );
  return report;
}

function drawCards(splitPercent: number, spanMs: number, { traffic, effect, random }: Scene): Card[] {
  const mean = (traffic.cardsPerHour * spanMs) / 3_600_000;
  return Array.from({ length: poisson(mean, random) }, () =>
    drawCard(random.next() * 100 < splitPercent, traffic, effect, random),
  );
}

function drawCard(isCandidate: boolean, traffic: Assumptions, effect: AssumedEffect, random: Random): Card {
  const { rates, latencyFactor } = isCandidate ? effect : harmlessOf(traffic);
  const delivered = random.next() >= rates.undeliveredRate;
  const answer = answerOf(random.next(), rates);
  const latencyMs = delivered
    ? traffic.latencyP50Ms * latencyFactor * Math.exp(spread(traffic) * random.normal())
    : null;
  const agent = `a${Math.floor(random.next() * traffic.agents)}`;
  const others = OTHERS.flatMap(({ rate, outcome }) => (random.next() < rates[rate] ? [outcome] : []));
  return {
    arm: isCandidate ? 'candidate' : 'baseline',
    outcomes: delivered ? [...answer, ...others] : [],
    latencyMs,
    agent,
    queue: 'q',
    firstOfConversation: true,
  };
}

const TOLD = RATES.flatMap(({ name, outcome }) =>
  outcome === null ? [] : [{ rate: name, outcome: outcome.name, isAnswer: outcome.isAnswer }],
);
const ANSWERED = TOLD.filter(({ isAnswer }) => isAnswer);
const OTHERS = TOLD.filter(({ isAnswer }) => !isAnswer);

/** The agent's one answer, or none. */
function answerOf(taste: number, rates: AssumedEffect['rates']): readonly Outcome[] {
  let upTo = 0;
  const found = ANSWERED.find(({ rate }) => taste < (upTo += Math.min(1, rates[rate])));
  return found === undefined ? [] : [found.outcome];
}

/** Standard deviation of the log latency from the two quantiles (z of 95 % is 1.6449). */
function spread({ latencyP50Ms, latencyP95Ms }: Assumptions): number {
  return Math.max(0, Math.log(latencyP95Ms / latencyP50Ms) / 1.6449);
}

/** Normal approximation above 50, where it is within a card or so; by products of uniforms below (Knuth). */
function poisson(mean: number, random: Random): number {
  if (mean > 50) return Math.max(0, Math.round(mean + Math.sqrt(mean) * random.normal()));
  const limit = Math.exp(-mean);
  let count = 0;
  for (let product = random.next(); product > limit; product *= random.next()) count += 1;
  return count;
}

/** Twice the guardrail's margin worse, in that metric alone; nothing where it is told from outside. */
export function harmOf({ metric, margin, worseWhen }: Guardrail, traffic: Assumptions): AssumedEffect {
  const none = harmlessOf(traffic);
  const definition = definitionOf(metric);
  if (definition.kind === 'rate') {
    const rate = definition.forecast.harmed(traffic.rates[definition.name], margin);
    return { ...none, rates: { ...none.rates, [definition.name]: rate } };
  }
  return definition.source === 'outside'
    ? none
    : { ...none, latencyFactor: harmFactor(traffic.latencyP95Ms, margin, worseWhen === 'higher' ? 1 : -1) };
}
