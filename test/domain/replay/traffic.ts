/** Made-up cards of the past. */
import { gatherCards } from '../../../src/domain/replay/past-cards.ts';
import type { PastTraffic, Unit } from '../../../src/domain/replay/past-cards.ts';
import { DEFAULT_POLICIES } from '../../../src/domain/plan/default-policies.ts';
import { usualPlan } from '../../../src/domain/replay/usual-plan.ts';
import type { Guardrail, Plan } from '../../../src/domain/plan/plan.ts';
import { seededRandom } from '../../../src/domain/shared/random.ts';
import { NOON } from '../../helpers/events.ts';
import { acceptance as usualAcceptance } from '../judge/helpers.ts';

export interface Making {
  readonly seed?: number;
  readonly hours?: number;
  readonly cardsPerHour?: number;
  readonly agents?: number;
  /** How far agents' acceptance lies about 30 %, as a standard deviation. */
  readonly agentSpread?: number;
  readonly unit?: Unit;
}

export function traffic(making: Making = {}): PastTraffic {
  const { seed = 1, hours = 3, cardsPerHour = 2000, agents = 100, agentSpread = 0, unit = 'conversation' } = making;
  const random = seededRandom(seed);
  const acceptance = Array.from({ length: agents }, () =>
    Math.min(1, Math.max(0, 0.3 + agentSpread * random.normal())),
  );
  const gathering = gatherCards(unit);
  const cards = hours * cardsPerHour;
  for (let i = 0; i < cards; i += 1) {
    const agent = Math.floor(random.next() * agents);
    const atMs = NOON + (i * hours * 3_600_000) / cards;
    const taste = random.next();
    const accepts = taste < (acceptance[agent] ?? 0);
    // Every third card is another one of the conversation before.
    gathering.add(`conversation ${seed} ${i - (i % 3 === 2 ? 1 : 0)}`, {
      agent: `agent ${agent}`,
      queue: 'q',
      outcomes: accepts ? ['accepted'] : taste > 0.8 ? ['dismissed'] : [],
      latencyMs: random.next() < 0.01 ? null : Math.round(220 * Math.exp(0.5 * random.normal())),
      triggeredAtMs: atMs,
      arrivedAtMs: atMs + 400,
    });
  }
  return gathering.traffic(NOON + hours * 3_600_000);
}

const MINUTE = 60_000;
export const acceptance: Guardrail = { ...usualAcceptance, alpha: 0.05 };

export function planOf(more: Partial<Plan> = {}): Plan {
  return {
    ...usualPlan('RefundAssist'),
    steps: [
      { kind: 'setSplit', percent: 20 },
      { kind: 'bake', forMs: 15 * MINUTE, atMostMs: 30 * MINUTE, minCards: 50, require: 'noHarm' },
      { kind: 'setSplit', percent: 50 },
      { kind: 'bake', forMs: 30 * MINUTE, atMostMs: 90 * MINUTE, minCards: 100, require: 'safe' },
    ],
    guardrails: [acceptance],
    policies: { ...DEFAULT_POLICIES, settleMs: 30_000 },
    ...more,
  };
}
