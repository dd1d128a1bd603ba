/** Seeded looks for what a look costs and how large a state gets: cards of twelve queues that carry three metrics. */
import { seededRandom } from '../../src/domain/shared/random.ts';
import type { Random } from '../../src/domain/shared/random.ts';
import { MAX_SLICES } from '../../src/domain/judge/bets/slices.ts';
import type { Arm, Card, Look } from '../../src/domain/judge/types.ts';
import type { Guardrail, Slices } from '../../src/domain/plan/plan.ts';

export interface Traffic {
  readonly seed: number;
  readonly looks: number;
  /** Cards of a look. */
  readonly baseline: number;
  readonly candidate: number;
  readonly agents: number;
}

const usual = { worseWhen: 'higher', alpha: 0.0125, mode: 'enforce' } as const;
const relative = (value: number) => ({ kind: 'relative', value }) as const;

export const fourGuardrails: readonly Guardrail[] = [
  { ...usual, metric: 'acceptanceRate', worseWhen: 'lower', margin: relative(0.1) },
  { ...usual, metric: 'dismissalRate', margin: relative(0.1) },
  { ...usual, metric: 'deliveryLatency', statistic: 'p95', margin: relative(0.25) },
  { ...usual, metric: 'undeliveredRate', margin: { kind: 'absolute', value: 0.02 } },
];

export const threeMetrics: readonly Guardrail[] = [
  { ...usual, metric: 'custom', name: 'handleTime', unit: 's', statistic: 'p50', margin: relative(0.1) },
  { ...usual, metric: 'custom', name: 'sentiment', statistic: 'mean', margin: { kind: 'absolute', value: 0.1 } },
  { ...usual, metric: 'custom', name: 'satisfaction', statistic: 'p95', margin: relative(0.1) },
];

export const twelveSlices: Slices = { by: ['queue'], times: 2, alpha: 0.01 };

/** A tenth of the agents see the candidate alone, the others the baseline. */
export function* costLooks({ seed, looks, baseline, candidate, agents }: Traffic): Generator<Look> {
  const random = seededRandom(seed);
  const first = Math.round(agents / 10);
  const splitPercent = (100 * candidate) / (baseline + candidate);
  for (let i = 1; i <= looks; i++) {
    yield {
      atMs: i * 60_000,
      splitPercent,
      cards: [
        ...drawCards(random, 'baseline', baseline, [first, agents]),
        ...drawCards(random, 'candidate', candidate, [0, first]),
      ],
    };
  }
}

function drawCards(random: Random, arm: Arm, count: number, agents: readonly [number, number]): readonly Card[] {
  return Array.from({ length: count }, () => drawCard(random, arm, agents));
}

function drawCard(random: Random, arm: Arm, [from, to]: readonly [number, number]): Card {
  const outcome = random.next();
  const delivered = random.next() >= 0.01;
  return {
    arm,
    outcomes: !delivered || outcome >= 0.4 ? [] : [outcome < 0.2 ? 'accepted' : 'dismissed'],
    latencyMs: delivered ? Math.round(400 * Math.exp(0.7 * random.normal())) : null,
    agent: `agent-${from + Math.floor(random.next() * (to - from))}`,
    queue: `queue-${Math.floor(random.next() * MAX_SLICES)}`,
    firstOfConversation: true,
    custom: {
      handleTime: 300 * Math.exp(0.5 * random.normal()),
      sentiment: Math.tanh(random.normal()),
      satisfaction: 1 + Math.floor(5 * random.next()),
    },
  };
}
