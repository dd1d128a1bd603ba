/** Seeded looks whose cards carry a level. */
import type { Arm, Card, Look } from '../../../src/domain/judge/types.ts';
import type { Guardrail } from '../../../src/domain/plan/plan.ts';
import { seededRandom } from '../../../src/domain/shared/random.ts';
import type { Random } from '../../../src/domain/shared/random.ts';

export function level(more: Partial<Guardrail> = {}): Guardrail {
  return {
    metric: 'custom',
    name: 'handleTime',
    unit: 's',
    statistic: 'p50',
    worseWhen: 'higher',
    margin: { kind: 'absolute', value: 25 },
    alpha: 0.05,
    mode: 'enforce',
    ...more,
  };
}

type Draw = (random: Random, arm: Arm, look: number) => number;

export function normal(shape: (arm: Arm, look: number) => { readonly mean: number; readonly sd: number }): Draw {
  return (random, arm, look) => {
    const { mean, sd } = shape(arm, look);
    return mean + sd * random.normal();
  };
}

export interface CustomStream {
  readonly seed: number;
  readonly looks: number;
  readonly value: Draw;
  /** Baseline and candidate cards of a look. */
  readonly perArm?: readonly [number, number];
  /** Share of the cards that carry the level. */
  readonly coverage?: number;
  /**
   * The first `candidate` agents see the candidate alone, the others the baseline; each adds something of its own to
   * every value.
   */
  readonly agents?: { readonly all: number; readonly candidate: number; readonly spread: number };
}

export function customLooks({
  seed,
  looks,
  value,
  perArm = [45, 15],
  coverage = 1,
  agents = { all: 200, candidate: 50, spread: 0 },
}: CustomStream): readonly Look[] {
  const random = seededRandom(seed);
  const habits = Array.from({ length: agents.all }, () => agents.spread * random.normal());
  const arm = (which: Arm, count: number, from: number, to: number, look: number): readonly Card[] =>
    Array.from({ length: count }, () => {
      const agent = from + Math.floor(random.next() * (to - from));
      const known = random.next() < coverage;
      return {
        arm: which,
        outcomes: random.next() < 0.4 ? ['accepted'] : [],
        latencyMs: 200,
        agent: `agent-${agent}`,
        queue: 'q',
        firstOfConversation: true,
        custom: known ? { handleTime: value(random, which, look) + (habits[agent] ?? 0) } : {},
      };
    });
  return Array.from({ length: looks }, (_, i) => ({
    atMs: i * 60_000,
    splitPercent: 25,
    cards: [
      ...arm('baseline', perArm[0], agents.candidate, agents.all, i),
      ...arm('candidate', perArm[1], 0, agents.candidate, i),
    ],
  }));
}
