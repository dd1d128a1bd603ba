/** Traffic as the demo's organisation makes it, one look at a time. */
import type { Guardrail } from '../../src/domain/plan/plan.ts';
import type { Arm, Card, Look } from '../../src/domain/judge/types.ts';
import type { Random } from '../../src/domain/shared/random.ts';

export interface ArmModel {
  readonly acceptance: number;
  readonly dismissal: number;
  readonly undelivered: number;
  readonly medianMs: number;
  readonly sigma: number;
}

const CARDS_PER_LOOK = 75;
const AGENTS = 40;
export const LOOK_MS = 250;

export const baselineModel: ArmModel = {
  acceptance: 0.4,
  dismissal: 0.2,
  undelivered: 0.01,
  medianMs: 220,
  sigma: 0.5,
};
export const harmfulModel: ArmModel = {
  ...baselineModel,
  acceptance: 0.4 * 0.65,
  dismissal: 0.2 * 1.4,
  medianMs: 220 * 1.8,
};

export const demoGuardrails: readonly Guardrail[] = [
  {
    metric: 'acceptanceRate',
    worseWhen: 'lower',
    margin: { kind: 'relative', value: 0.2 },
    alpha: 0.01,
    mode: 'enforce',
  },
  {
    metric: 'dismissalRate',
    worseWhen: 'higher',
    margin: { kind: 'relative', value: 0.3 },
    alpha: 0.01,
    mode: 'enforce',
  },
  {
    metric: 'deliveryLatency',
    statistic: 'p95',
    worseWhen: 'higher',
    margin: { kind: 'relative', value: 0.4 },
    alpha: 0.01,
    mode: 'enforce',
  },
  {
    metric: 'undeliveredRate',
    worseWhen: 'higher',
    margin: { kind: 'absolute', value: 0.03 },
    alpha: 0.01,
    mode: 'enforce',
  },
];

export function demoLook(random: Random, candidate: ArmModel, splitPercent: number, atMs: number): Look {
  const cards = Array.from({ length: CARDS_PER_LOOK }, () => {
    const arm: Arm = random.next() * 100 < splitPercent ? 'candidate' : 'baseline';
    return drawCard(random, arm, arm === 'candidate' ? candidate : baselineModel);
  });
  return { atMs, splitPercent, cards };
}

function drawCard(random: Random, arm: Arm, model: ArmModel): Card {
  const lost = random.next() < model.undelivered;
  const draw = random.next();
  const latencyMs = model.medianMs * Math.exp(model.sigma * random.normal());
  return {
    arm,
    outcomes: lost ? [] : engagement(draw, model),
    latencyMs: lost ? null : latencyMs,
    agent: `agent-${Math.floor(random.next() * AGENTS)}`,
    queue: 'refunds',
    firstOfConversation: random.next() < 0.7,
  };
}

function engagement(draw: number, model: ArmModel): Card['outcomes'] {
  if (draw < model.acceptance) return ['accepted'];
  return draw < model.acceptance + model.dismissal ? ['dismissed'] : [];
}
