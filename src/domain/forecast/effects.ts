/** Versions that a forecast tries: one that is harm by one guardrail, and one that is all that the plan tolerates. */
import { toleranceTimes, worsen } from '../judge/maths/margin.ts';
import type { Statistic } from '../metrics/definition.ts';
import { harmFactor } from '../metrics/definition.ts';
import { definitionOf, rateOf } from '../metrics/index.ts';
import type { Guardrail } from '../plan/plan.ts';
import { toleranceOf } from '../plan/tolerance.ts';
import type { Assumptions, AssumedEffect } from './assumptions.ts';
import { harmlessOf, latencySpread } from './assumptions.ts';

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

/** Worse by exactly the tolerance in every rate that is enforced, and in latency by as much as all of them tolerate. */
export function tolerableOf(guardrails: readonly Guardrail[], traffic: Assumptions): AssumedEffect {
  const none = harmlessOf(traffic);
  const enforced = guardrails.filter(({ mode }) => mode === 'enforce');
  const undelivered = enforced.find(({ metric }) => metric === 'undeliveredRate');
  const lost = traffic.rates.undeliveredRate;
  const lostOfCandidate = undelivered === undefined ? lost : tolerated(undelivered, lost);
  const rates = { ...none.rates, undeliveredRate: lostOfCandidate };
  for (const guardrail of enforced) {
    const rate = rateOf(guardrail.metric);
    // What becomes of a card is drawn among the delivered ones; a guardrail counts it among all.
    if (rate !== null && rate !== 'undeliveredRate')
      rates[rate] = tolerated(guardrail, none.rates[rate] * (1 - lost)) / (1 - lostOfCandidate);
  }
  return { ...none, rates, ...tolerableLatency(enforced, traffic) };
}

function tolerated(guardrail: Guardrail, value: number): number {
  return worsen(guardrail, value, toleranceTimes(guardrail));
}

/** A share of each card's latency; or the same time for each, where a guardrail tolerates a time. */
function tolerableLatency(
  enforced: readonly Guardrail[],
  traffic: Assumptions,
): Pick<AssumedEffect, 'latencyFactor' | 'latencyPlusMs'> {
  const guarded = enforced.filter(({ metric }) => metric === 'deliveryLatency');
  if (guarded.length === 0) return { latencyFactor: 1, latencyPlusMs: 0 };
  if (guarded.every(({ margin }) => margin.kind === 'relative'))
    return { latencyFactor: 1 + Math.min(...guarded.map(toleranceOf)), latencyPlusMs: 0 };
  const times = guarded.map((guardrail) =>
    guardrail.margin.kind === 'absolute'
      ? toleranceOf(guardrail)
      : toleranceOf(guardrail) * quickestGuarded(guardrail.statistic, traffic),
  );
  return { latencyFactor: 1, latencyPlusMs: Math.min(...times) };
}

/** Normal quantiles; a mean guards the quick cards too. */
const QUICKEST: Readonly<Record<Statistic, number>> = {
  p1: -2.3263,
  p5: -1.6449,
  p50: 0,
  p95: 1.6449,
  p99: 2.3263,
  mean: -2.3263,
};

function quickestGuarded(statistic: Statistic = 'p95', traffic: Assumptions): number {
  return traffic.latencyP50Ms * Math.exp(QUICKEST[statistic] * latencySpread(traffic));
}
