/** Which bets belong to which guardrail. */
import type { BaselineMemory } from './baseline-memory.ts';
import type { Block, RateOutcome } from './block.ts';
import type { BettingPlan, BlockEvidence } from './evidence.ts';
import { latencyBettingPlan, latencyEvidence, statisticOf } from './latency-bets.ts';
import { rateBettingPlan, rateEvidence } from './rate-bets.ts';
import type { Guardrail, MetricName } from '../plan/plan.ts';

const OUTCOME_OF: Readonly<Record<Exclude<MetricName, 'deliveryLatency'>, RateOutcome>> = {
  acceptanceRate: 'accepted',
  dismissalRate: 'dismissed',
  undeliveredRate: 'undelivered',
};

/** What a rate counts; null for latency, which is no rate. */
export function outcomeOf(metric: MetricName): RateOutcome | null {
  return metric === 'deliveryLatency' ? null : OUTCOME_OF[metric];
}

export function bettingPlanOf(guardrail: Guardrail): BettingPlan {
  const outcome = outcomeOf(guardrail.metric);
  return outcome === null ? latencyBettingPlan(statisticOf(guardrail)) : rateBettingPlan(outcome);
}

/** What one closed block says; `memory` is of the blocks before it. */
export function blockEvidence(guardrail: Guardrail, block: Block, memory: BaselineMemory): BlockEvidence {
  const outcome = outcomeOf(guardrail.metric);
  return outcome === null ? latencyEvidence(guardrail, block, memory) : rateEvidence(guardrail, outcome, block, memory);
}
