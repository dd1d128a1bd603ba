/**
 * One rollout of a plan on made-up traffic: when would it end, and how? Random comes from the caller.
 */
import type { Card } from '../judge/types.ts';
import type { Plan } from '../plan/plan.ts';
import type { Bake } from '../plan/steps/definition.ts';
import type { CardSource, Rehearsal } from '../rollout/rehearse.ts';
import { rehearse } from '../rollout/rehearse.ts';
import type { Random } from '../shared/random.ts';
import { RATES } from '../metrics/index.ts';
import type { Outcome } from '../metrics/index.ts';
import { harmlessOf, latencySpread } from './assumptions.ts';
import type { Assumptions, AssumedEffect } from './assumptions.ts';
import { shareIn } from './audiences.ts';
import type { AudienceShare } from './audiences.ts';

export interface SimulationLimits {
  /** Cards drawn at most in one run. */
  readonly maxCards: number;
  /** Of the parts of the audience that splits are for; absent: nothing is known of them. */
  readonly audiences?: readonly AudienceShare[];
}

interface Scene {
  readonly traffic: Assumptions;
  readonly effect: AssumedEffect;
  readonly random: Random;
}

export function simulateRun(
  plan: Plan,
  traffic: Assumptions,
  effect: AssumedEffect,
  random: Random,
  limits: SimulationLimits,
): Rehearsal {
  return rehearse(plan, drawnCards({ traffic, effect, random }, limits));
}

/** One look each time, of cards that settle at once. */
function drawnCards(everywhere: Scene, { maxCards, audiences = [] }: SimulationLimits): CardSource {
  let [splitPercent, takenMs, drawn] = [0, 0, 0];
  let scene = everywhere;
  return {
    setSplit: (percent, atMs, of) => {
      splitPercent = percent;
      takenMs = atMs;
      scene = within(everywhere, shareIn(audiences, of));
    },
    takeUntil: (nowMs) => {
      const cards = drawCards(splitPercent, nowMs - takenMs, scene);
      takenMs = nowMs;
      drawn += cards.length;
      return {
        looks: [{ atMs: nowMs, splitPercent, cards }],
        arrived: cards.map(({ arm }) => ({ arm, arrivedAtMs: nowMs })),
        over: drawn >= maxCards,
      };
    },
    everyMs: lookSpanMs,
  };
}

/** Only the cards of the audience are compared, and only its agents see them. */
function within({ traffic, ...scene }: Scene, share: number): Scene {
  const { cardsPerHour, agents } = traffic;
  return {
    ...scene,
    traffic: { ...traffic, cardsPerHour: cardsPerHour * share, agents: Math.max(1, Math.round(agents * share)) },
  };
}

/** Fine enough to time what happens in a bake, and never so fine that a look of a quiet queue holds nothing. */
function lookSpanMs(step: Bake): number {
  return Math.min(10 * 60_000, Math.max(1000, step.forMs / 30));
}

function drawCards(splitPercent: number, spanMs: number, { traffic, effect, random }: Scene): Card[] {
  const mean = (traffic.cardsPerHour * spanMs) / 3_600_000;
  return Array.from({ length: poisson(mean, random) }, () =>
    drawCard(random.next() * 100 < splitPercent, traffic, effect, random),
  );
}

function drawCard(isCandidate: boolean, traffic: Assumptions, effect: AssumedEffect, random: Random): Card {
  const { rates, latencyFactor, latencyPlusMs } = isCandidate ? effect : harmlessOf(traffic);
  const delivered = random.next() >= rates.undeliveredRate;
  const answer = answerOf(random.next(), rates);
  const latencyMs = delivered
    ? traffic.latencyP50Ms * latencyFactor * Math.exp(latencySpread(traffic) * random.normal()) + latencyPlusMs
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

/** Normal approximation above 50, where it is within a card or so; by products of uniforms below (Knuth). */
function poisson(mean: number, random: Random): number {
  if (mean > 50) return Math.max(0, Math.round(mean + Math.sqrt(mean) * random.normal()));
  const limit = Math.exp(-mean);
  let count = 0;
  for (let product = random.next(); product > limit; product *= random.next()) count += 1;
  return count;
}
