import type { Outcome } from '../../../src/domain/metrics/index.ts';
import { addSketch, emptySketch } from '../../../src/domain/judge/maths/sketch.ts';
import type { Sketch } from '../../../src/domain/judge/maths/sketch.ts';
import type { Guardrail } from '../../../src/domain/plan/plan.ts';
import type { Arm, Card, Look } from '../../../src/domain/judge/types.ts';

export const acceptance: Guardrail = {
  metric: 'acceptanceRate',
  worseWhen: 'lower',
  margin: { kind: 'relative', value: 0.2 },
  alpha: 0.01,
  mode: 'enforce',
};
export const dismissal: Guardrail = {
  metric: 'dismissalRate',
  worseWhen: 'higher',
  margin: { kind: 'relative', value: 0.3 },
  alpha: 0.01,
  mode: 'enforce',
};
export const undelivered: Guardrail = {
  metric: 'undeliveredRate',
  worseWhen: 'higher',
  margin: { kind: 'absolute', value: 0.03 },
  alpha: 0.01,
  mode: 'enforce',
};
export const p95: Guardrail = {
  metric: 'deliveryLatency',
  statistic: 'p95',
  worseWhen: 'higher',
  margin: { kind: 'relative', value: 0.4 },
  alpha: 0.01,
  mode: 'enforce',
};

export function card(arm: Arm, outcome: Outcome | 'none' = 'none', latencyMs: number | null = 220): Card {
  return {
    arm,
    outcomes: outcome === 'none' ? [] : [outcome],
    latencyMs,
    agent: 'a',
    queue: 'q',
    firstOfConversation: false,
  };
}

/** `accepted` accepted cards out of `count`, the rest without an outcome. */
export function cards(arm: Arm, count: number, accepted: number, latencyMs: number | null = 220): readonly Card[] {
  return Array.from({ length: count }, (_, i) => card(arm, i < accepted ? 'accepted' : 'none', latencyMs));
}

export function look(atMs: number, shown: readonly Card[], splitPercent: number | null = 50): Look {
  return { atMs, splitPercent, cards: shown };
}

export function choose(n: number, k: number): number {
  if (k < 0 || k > n) return 0;
  let product = 1;
  for (let i = 0; i < k; i++) product = (product * (n - i)) / (i + 1);
  return product;
}

/** P(candidate hits = k | margins) when the arms do not differ, by counting. */
export function tableProbability(k: number, candidate: number, baseline: number, hits: number): number {
  return (choose(candidate, k) * choose(baseline, hits - k)) / choose(candidate + baseline, hits);
}

/** A sketch by bin. */
export function sketchBy(weights: Readonly<Record<number, number>>): Sketch {
  return Object.entries(weights).reduce(
    (sum, [bin, weight]) => addSketch(sum, { from: Number(bin), weights: [weight] }),
    emptySketch,
  );
}

/** Every number in a JSON-like value. */
export function numbersIn(value: unknown): readonly number[] {
  if (typeof value === 'number') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(numbersIn);
}

/** The candidate is accepted half as often; its cards come as soon. */
export function halfAccepted(count: number): readonly Look[] {
  return Array.from({ length: count }, (_, at) => ({
    atMs: (at + 1) * 20_000,
    splitPercent: at < count / 2 ? 10 : 50,
    cards: Array.from({ length: 20 }, (__, i) => ({
      ...card(
        i % 2 === 0 ? 'baseline' : 'candidate',
        i % (i % 2 === 0 ? 4 : 8) < 2 ? 'accepted' : 'none',
        200 + ((at * 7 + i * 13) % 90),
      ),
      agent: `agent-${(at + i) % 9}`,
    })),
  }));
}

/** The same cards, two and two in these queues by turns. */
export function inQueues(looks: readonly Look[], queues: readonly string[]): readonly Look[] {
  return looks.map((one) => ({
    ...one,
    cards: one.cards.map((shown, at) => ({ ...shown, queue: queues[Math.floor(at / 2) % queues.length] ?? 'q' })),
  }));
}
