/** Which bets belong to which guardrail. */
import type { BaselineMemory } from '../gathering/baseline-memory.ts';
import type { Block, RateOutcome } from '../gathering/block.ts';
import type { BettingPlan, BlockEvidence } from './evidence.ts';
import { customQuantity, statisticOf } from './quantity.ts';
import { quantityEvidence, latencyBettingPlan, latencyEvidence, customBettingPlan } from './latency-bets.ts';
import { customScore } from '../gathering/custom-track.ts';
import type { CustomBlock, CustomTrack } from '../gathering/custom-track.ts';
import { rateBettingPlan, rateEvidence } from './rate-bets.ts';
import type { MetricName } from '../../metrics/index.ts';
import type { Guardrail } from '../../plan/plan.ts';

const OUTCOME_OF: Readonly<Record<Exclude<MetricName, 'deliveryLatency' | 'custom'>, RateOutcome>> = {
  acceptanceRate: 'accepted',
  dismissalRate: 'dismissed',
  undeliveredRate: 'undelivered',
};

/** What a rate counts; null for latency and custom metrics, which are no rates. */
export function outcomeOf(metric: MetricName): RateOutcome | null {
  return metric === 'deliveryLatency' || metric === 'custom' ? null : OUTCOME_OF[metric];
}

/** `customPlace`: which custom metric of the plan it is (0, 1, ...); only for a custom metric. */
export function bettingPlanOf(guardrail: Guardrail, customPlace = 0): BettingPlan {
  const outcome = outcomeOf(guardrail.metric);
  if (guardrail.metric === 'custom') return customBettingPlan(statisticOf(guardrail), customScore(customPlace));
  return outcome === null ? latencyBettingPlan(statisticOf(guardrail)) : rateBettingPlan(outcome);
}

/**
 * What one closed block says of latency or a rate; `memory` is of the blocks before it. null for a custom metric, which has
 * blocks of its own.
 */
export function blockEvidence(guardrail: Guardrail, block: Block, memory: BaselineMemory): BlockEvidence | null {
  if (guardrail.metric === 'custom') return null;
  const outcome = outcomeOf(guardrail.metric);
  return outcome === null ? latencyEvidence(guardrail, block, memory) : rateEvidence(guardrail, outcome, block, memory);
}

/** What a closed block of a custom metric says. */
export function customEvidence(
  guardrail: Guardrail,
  { place, memory }: CustomTrack,
  block: CustomBlock,
): BlockEvidence | null {
  return place === null
    ? null
    : quantityEvidence(customQuantity(guardrail, place), statisticOf(guardrail), block, memory);
}
