/** What to expect of a plan before it starts: measured by seeded simulation with the real judge. */
import { valueText } from '../metrics/format.ts';
import { rateOf } from '../metrics/index.ts';
import { formatDuration } from '../shared/duration.ts';
import { guardrailLabel } from '../plan/guardrail-label.ts';
import { noCardIn } from '../plan/no-card.ts';
import type { Guardrail, Plan } from '../plan/plan.ts';
import type { Rehearsal } from '../rollout/rehearse.ts';
import type { Random } from '../shared/random.ts';
import { harmlessOf } from './assumptions.ts';
import type { Assumptions, AssumedEffect } from './assumptions.ts';
import type { SimulationLimits } from './simulate.ts';
import { harmOf, tolerableOf } from './effects.ts';
import type { BudgetForecast } from './budgets.ts';
import { budgetForecasts, budgetsSentence, hasBudget, unbounded } from './budgets.ts';
import { goalsSentence, hasGoal, reachingOf, withoutGoals } from './goals.ts';
import { cardsTimesOf, needsSentence } from './needs.ts';
import { simulateRun } from './simulate.ts';
import { median, shareOf } from '../shared/share.ts';
import type { Share } from '../shared/share.ts';

export interface GuardrailForecast {
  readonly metric: Guardrail['metric'];
  readonly statistic?: Guardrail['statistic'];
  /** A harm of twice the margin in this metric alone: how often it is caught within the plan, and after how long. */
  readonly caught: Share;
  readonly caughtAfterMs: number | null;
  readonly caughtAfterCards: number | null;
  /** A harmless version: how often this guardrail is proven safe within the plan, and after how long (median). */
  readonly provenSafe: Share;
  readonly safeAfterMs: number | null;
  /**
   * Where the planned end leaves a harmless version undecided: so many times the cards would prove it in four of five.
   * null where that is seldom.
   */
  readonly needsCardsTimes: number | null;
}

export interface Forecast {
  readonly guardrails: readonly GuardrailForecast[];
  /**
   * Custom metrics of the plan: no traffic can be made up for what nothing is known of, so all else is forecast
   * without them.
   */
  readonly notForecast: readonly string[];
  /** A harmless version: how it ends. */
  readonly promoted: Share;
  readonly wronglyRolledBack: Share;
  readonly undecided: Share;
  readonly endsAfterMs: number | null;
  /** A version that is worse by all that the enforced guardrails tolerate, in each of them: how it ends. */
  readonly tolerable: { readonly promoted: Share; readonly calledHarm: Share };
  /** Harm budgets, and what would do; empty where the plan sets none. */
  readonly maxCards: readonly BudgetForecast[];
  /** How often a version that is better by twice each goal is promoted; null: the plan sets none that can be forecast. */
  readonly goals: Share | null;
  /** Runs were cut at the most cards that a forecast draws: times are then at least what they say. */
  readonly cut: boolean;
  /** No guardrail can reach what the plan asks for: starting it is pointless. */
  readonly pointless: boolean;
  readonly sentence: string;
}

export interface ForecastOptions extends SimulationLimits {
  readonly runs: number;
  /** A source of its own for each run. */
  readonly random: (run: number) => Random;
}

export function forecast(plan: Plan, traffic: Assumptions, options: ForecastOptions): Forecast {
  const { known: withGoals, notForecast } = withoutCustom(plan);
  const known = withoutGoals(withGoals);
  const simulate = (effect: AssumedEffect, of: Plan = known): Rehearsal[] =>
    Array.from({ length: options.runs }, (_, run) => simulateRun(of, traffic, effect, options.random(run), options));
  const harmless = simulate(harmlessOf(traffic));
  const tolerable = simulate(tolerableOf(known.guardrails, traffic));
  const guardrails = known.guardrails.map((guardrail, index) =>
    guardrailForecast(guardrail, index, harmless, simulate(harmOf(guardrail, traffic))),
  );
  const maxCards = hasBudget(known) ? budgetForecasts(known, simulate(harmlessOf(traffic), unbounded(known))) : [];
  const goals = hasGoal(withGoals)
    ? shareOf(simulate(reachingOf(withGoals.guardrails, traffic), withGoals), ({ end }) => end === 'promoted')
    : null;
  const share = (end: Rehearsal['end']): Share => shareOf(harmless, (run) => run.end === end);
  const facts = {
    guardrails,
    notForecast,
    promoted: share('promoted'),
    wronglyRolledBack: share('rolledBack'),
    undecided: share('undecided'),
    tolerable: {
      promoted: shareOf(tolerable, ({ end }) => end === 'promoted'),
      calledHarm: shareOf(tolerable, isHarmed),
    },
    endsAfterMs: median(harmless.filter(({ end }) => end === 'promoted').map(({ endAtMs }) => endAtMs)),
    maxCards,
    goals,
    cut: harmless.some(({ by }) => by === 'over'),
  };
  const pointless = facts.promoted.hits === 0 && !facts.cut && isEnforced(known);
  return {
    ...facts,
    pointless,
    sentence:
      noCardIn(plan) !== null
        ? noCardSentence(notForecast)
        : (isEnforced(known)
            ? withBudgets(sentence(facts, pointless, known, traffic), maxCards) +
              goalsSentence(goals) +
              needsOf(known, guardrails, traffic)
            : 'No guardrail of this plan that is enforced can be forecast.') + customSentence(notForecast),
  };
}

function needsOf({ guardrails }: Plan, forecasts: readonly GuardrailForecast[], traffic: Assumptions): string {
  return needsSentence(
    guardrails.map((guardrail, index) => ({
      guardrail,
      cardsTimes: isShareOfNothing(guardrail, traffic) ? null : (forecasts[index]?.needsCardsTimes ?? null),
    })),
  );
}

function noCardSentence(notForecast: readonly string[]): string {
  return (
    `Nothing of this plan can be forecast: it compares conversations with a card and without one by ` +
    `${notForecast.join(', ')}, of which nothing is known beforehand.`
  );
}

/** What is left of it to forecast, and the custom metrics that nothing is known of beforehand. */
export function withoutCustom(plan: Plan): { readonly known: Plan; readonly notForecast: readonly string[] } {
  const isCustom = ({ metric }: Guardrail): boolean => metric === 'custom';
  return {
    known: { ...plan, guardrails: plan.guardrails.filter((guardrail) => !isCustom(guardrail)) },
    notForecast: plan.guardrails.filter(isCustom).map(guardrailLabel),
  };
}

function isEnforced({ guardrails }: Plan): boolean {
  return guardrails.some(({ mode }) => mode === 'enforce');
}

function customSentence(notForecast: readonly string[]): string {
  return notForecast.length === 0
    ? ''
    : ` Left out, since nothing is known of its figures beforehand: ${notForecast.join(', ')}. Where it is ` +
        'enforced, a rollout waits for that proof too.';
}

/**
 * Can this plan promote a harmless version at all? A short look for the start of a rollout; null when it can, or when
 * that would take too long to say.
 */
export function whyPointless(plan: Plan, traffic: Assumptions, options: ForecastOptions): string | null {
  const known = withoutGoals(withoutCustom(plan).known);
  if (plan.policies.onUndecided === 'promote' || !isEnforced(known)) return null;
  for (let run = 0; run < options.runs; run += 1) {
    const { end, by } = simulateRun(known, traffic, harmlessOf(traffic), options.random(run), options);
    if (end === 'promoted' || by === 'over') return null;
  }
  const never = sentence(
    { promoted: shareOf(Array.from({ length: options.runs }), () => false) },
    true,
    known,
    traffic,
  );
  if (!hasBudget(known)) return never;
  const runs = Array.from({ length: options.runs }, (_, run) =>
    simulateRun(unbounded(known), traffic, harmlessOf(traffic), options.random(run), options),
  );
  return withBudgets(never, budgetForecasts(known, runs));
}

/** A budget that another number would do for is what to change, and nothing else. */
function withBudgets(end: string, budgets: readonly BudgetForecast[]): string {
  const said = budgetsSentence(budgets);
  const isWayOut = said !== '' && budgets.every(({ enough }) => enough !== null);
  return `${isWayOut ? end.replace(REMEDY, '.') : end}${said}`;
}

const REMEDY = /: bake longer.*$/;

function guardrailForecast(
  guardrail: Guardrail,
  index: number,
  harmless: readonly Rehearsal[],
  harmed: readonly Rehearsal[],
): GuardrailForecast {
  const caught = harmed.filter(isHarmed);
  const safeAt = harmless.map(({ safeAtMs }) => safeAtMs[index] ?? null);
  return {
    metric: guardrail.metric,
    ...(guardrail.statistic === undefined ? {} : { statistic: guardrail.statistic }),
    caught: shareOf(harmed, isHarmed),
    caughtAfterMs: median(caught.map(({ endAtMs }) => endAtMs)),
    caughtAfterCards: median(caught.map(({ report }) => report.n.candidate)),
    provenSafe: shareOf(safeAt, (at) => at !== null),
    safeAfterMs: median(safeAt.filter((at) => at !== null)),
    needsCardsTimes: cardsTimesOf(index, harmless),
  };
}

function isHarmed({ by }: Rehearsal): boolean {
  return by === 'harm';
}

type Endings = Pick<Forecast, 'promoted'> & Partial<Pick<Forecast, 'endsAfterMs' | 'wronglyRolledBack'>>;

function sentence(facts: Endings, pointless: boolean, plan: Plan, traffic: Assumptions): string {
  const nothing = nothingSentence(plan, traffic);
  const end = endSentence(facts, pointless, traffic);
  return nothing === '' ? end : `${end.replace(REMEDY, '.')}${nothing}`;
}

function nothingSentence({ guardrails }: Plan, traffic: Assumptions): string {
  const names = guardrails.filter((guardrail) => isShareOfNothing(guardrail, traffic)).map(guardrailLabel);
  if (names.length === 0) return '';
  return (
    ` A share of 0 is nothing: with ${names.join(', ')} at 0, a margin in % proves nothing however many cards ` +
    'come; give it in pp.'
  );
}

/** A margin that is a share of 0 is nothing: more cards or a larger one prove no more. */
function isShareOfNothing({ metric, margin }: Guardrail, traffic: Assumptions): boolean {
  const rate = rateOf(metric);
  return margin.kind === 'relative' && rate !== null && traffic.rates[rate] === 0;
}

function endSentence(facts: Endings, pointless: boolean, traffic: Assumptions): string {
  const volume =
    `${Math.round(traffic.cardsPerHour)} cards an hour, acceptance ` +
    valueText({ metric: 'acceptanceRate' }, traffic.rates.acceptanceRate);
  if (pointless)
    return (
      `With ${volume}, a harmless version was never proven safe within this plan (0 of ${facts.promoted.of} ` +
      'simulated rollouts): bake longer, split wider, or take larger margins.'
    );
  const end = facts.endsAfterMs == null ? '' : ` after ${formatDuration(facts.endsAfterMs)} (median)`;
  return (
    `With ${volume}, a harmless version is promoted in ${facts.promoted.hits} of ${facts.promoted.of} simulated ` +
    `rollouts${end}, wrongly rolled back in ${facts.wronglyRolledBack?.hits ?? 0}.`
  );
}
