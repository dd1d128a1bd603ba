/** Goals in a forecast: a harmless version reaches none, so how it fares is told without them, and what reaches them besides. */
import { goalTimes, worsen } from '../judge/maths/margin.ts';
import { rateOf } from '../metrics/index.ts';
import type { Guardrail, Plan } from '../plan/plan.ts';
import type { Share } from '../shared/share.ts';
import type { Assumptions, AssumedEffect } from './assumptions.ts';
import { harmlessOf } from './assumptions.ts';

export function hasGoal({ guardrails }: Pick<Plan, 'guardrails'>): boolean {
  return guardrails.some(({ goal }) => goal !== undefined);
}

export function withoutGoals(plan: Plan): Plan {
  return {
    ...plan,
    guardrails: plan.guardrails.map(withoutGoal),
    steps: plan.steps.map((step) =>
      step.kind === 'bake' && step.require === 'goal' ? { ...step, require: 'safe' as const } : step,
    ),
  };
}

function withoutGoal(guardrail: Guardrail): Guardrail {
  const { goal, ...others } = guardrail;
  return goal === undefined ? guardrail : others;
}

const TIMES = 2;

/** Better by twice each goal. */
export function reachingOf(guardrails: readonly Guardrail[], traffic: Assumptions): AssumedEffect {
  return guardrails.reduce((effect, guardrail) => withGain(effect, guardrail, traffic), harmlessOf(traffic));
}

function withGain(effect: AssumedEffect, guardrail: Guardrail, traffic: Assumptions): AssumedEffect {
  const times = goalTimes(guardrail);
  const rate = rateOf(guardrail.metric);
  if (times === null || guardrail.metric === 'custom') return effect;
  if (rate !== null) {
    const better = Math.min(0.99, worsen(guardrail, traffic.rates[rate], -TIMES * times));
    return { ...effect, rates: { ...effect.rates, [rate]: better } };
  }
  const gain = TIMES * (guardrail.goal ?? 0);
  return guardrail.margin.kind === 'relative'
    ? { ...effect, latencyFactor: Math.min(effect.latencyFactor, Math.max(0.05, 1 - gain)) }
    : { ...effect, latencyPlusMs: Math.min(effect.latencyPlusMs, -gain) };
}

export function goalsSentence(reached: Share | null): string {
  if (reached === null) return '';
  return (
    ` That is without its goals: what is no better is not promoted by this plan; a version that is better by ${TIMES} ` +
    `times each goal is, in ${reached.hits} of ${reached.of}.`
  );
}
