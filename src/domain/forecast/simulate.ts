/**
 * One rollout of a plan on made-up traffic: when would it end, and how? Random comes from the caller.
 */
import type { Card } from '../judge/types.ts';
import type { Plan } from '../plan/plan.ts';
import type { CardSource, Rehearsal } from '../rollout/rehearse.ts';
import { rehearse } from '../rollout/rehearse.ts';
import type { Random } from '../shared/random.ts';
import { RATES } from '../metrics/index.ts';
import type { Outcome } from '../metrics/index.ts';
import { harmlessOf, latencySpread } from './assumptions.ts';
import type { Assumptions, AssumedEffect } from './assumptions.ts';
import { shareIn } from './audiences.ts';
import type { AudienceShare } from './audiences.ts';
import type { Pace } from './pace.ts';
import { fineLooksOf, paceOf } from './pace.ts';

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
  return rehearse(plan, drawnCards({ traffic, effect, random }, fineLooksOf(plan), limits));
}

/**
 * Of cards that settle at once. Each time that cards are taken is a look, and in a bake that goes on for long some times
 * make one: how long it is, and by how much longer than its least time, costs next to nothing.
 */
function drawnCards(everywhere: Scene, fineLooks: number, { maxCards, audiences = [] }: SimulationLimits): CardSource {
  let [splitPercent, takenMs, lookedMs, drawn] = [0, 0, 0, 0];
  let scene = everywhere;
  let gathered: Card[] = [];
  let isLook: Pace['isLook'] = () => true;
  return {
    setSplit: (percent, atMs, of) => {
      splitPercent = percent;
      takenMs = atMs;
      scene = within(everywhere, shareIn(audiences, of));
    },
    takeUntil: (nowMs) => {
      const cards = drawCards(splitPercent, nowMs - takenMs, scene, maxCards - drawn);
      takenMs = nowMs;
      drawn += cards.length;
      for (const card of cards) gathered.push(card);
      const over = drawn >= maxCards;
      const arrived = cards.map(({ arm }) => ({ arm, arrivedAtMs: nowMs }));
      if (!over && !isLook(nowMs, lookedMs)) return { looks: [], arrived, over };
      const look = { atMs: nowMs, splitPercent, cards: gathered };
      gathered = [];
      lookedMs = nowMs;
      return { looks: [look], arrived, over };
    },
    everyMs: (bake) => {
      const pace = paceOf(bake, takenMs, fineLooks);
      isLook = pace.isLook;
      lookedMs = takenMs;
      return pace.everyMs;
    },
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

/** No more than there is room for: the volume is anybody's number. */
function drawCards(splitPercent: number, spanMs: number, { traffic, effect, random }: Scene, room: number): Card[] {
  const mean = (traffic.cardsPerHour * spanMs) / 3_600_000;
  return Array.from({ length: Math.min(poisson(mean, random), room) }, () =>
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
