/** Which bets belong to which guardrail. */
import type { BaselineMemory } from '../gathering/baseline-memory.ts';
import type { Block, RateOutcome } from '../gathering/block.ts';
import type { BettingPlan, BlockEvidence } from './evidence.ts';
import { levelFigure, statisticOf } from './figure.ts';
import { figureEvidence, latencyBettingPlan, latencyEvidence, levelBettingPlan } from './latency-bets.ts';
import { levelScore } from '../gathering/level-track.ts';
import type { LevelBlock, LevelTrack } from '../gathering/level-track.ts';
import { rateBettingPlan, rateEvidence } from './rate-bets.ts';
import type { Guardrail, MetricName } from '../../plan/plan.ts';

const OUTCOME_OF: Readonly<Record<Exclude<MetricName, 'deliveryLatency' | 'level'>, RateOutcome>> = {
  acceptanceRate: 'accepted',
  dismissalRate: 'dismissed',
  undeliveredRate: 'undelivered',
};

/** What a rate counts; null for latency and levels, which are no rates. */
export function outcomeOf(metric: MetricName): RateOutcome | null {
  return metric === 'deliveryLatency' || metric === 'level' ? null : OUTCOME_OF[metric];
}

/** `levelPlace`: which level of the plan it is (0, 1, ...); only for a level. */
export function bettingPlanOf(guardrail: Guardrail, levelPlace = 0): BettingPlan {
  const outcome = outcomeOf(guardrail.metric);
  if (guardrail.metric === 'level') return levelBettingPlan(statisticOf(guardrail), levelScore(levelPlace));
  return outcome === null ? latencyBettingPlan(statisticOf(guardrail)) : rateBettingPlan(outcome);
}

/**
 * What one closed block says of latency or a rate; `memory` is of the blocks before it. null for a level, which has
 * blocks of its own.
 */
export function blockEvidence(guardrail: Guardrail, block: Block, memory: BaselineMemory): BlockEvidence | null {
  if (guardrail.metric === 'level') return null;
  const outcome = outcomeOf(guardrail.metric);
  return outcome === null ? latencyEvidence(guardrail, block, memory) : rateEvidence(guardrail, outcome, block, memory);
}

/** What a closed block of a level says. */
export function levelEvidence(
  guardrail: Guardrail,
  { place, memory }: LevelTrack,
  block: LevelBlock,
): BlockEvidence | null {
  return place === null ? null : figureEvidence(levelFigure(guardrail, place), statisticOf(guardrail), block, memory);
}
