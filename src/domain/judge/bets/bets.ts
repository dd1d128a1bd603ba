/** Which bets belong to which guardrail. */
import type { BaselineMemory } from '../gathering/baseline-memory.ts';
import { effectiveCards } from '../gathering/block.ts';
import type { Block } from '../gathering/block.ts';
import type { BettingPlan, Bets, BlockEvidence } from './evidence.ts';
import { goalTimes } from '../maths/margin.ts';
import { blockGain, customGain } from './gain-bets.ts';
import { customQuantity, QUANTILES_OF, statisticOf } from './quantity.ts';
import type { Quantity } from './quantity.ts';
import { stepBets } from './step-bets.ts';
import type { JudgedStatistic } from '../../metrics/definition.ts';
import type { SketchedCards } from '../maths/sketch.ts';
import {
  MIN_MEMORY,
  quantityEvidence,
  latencyBettingPlan,
  latencyEvidence,
  customBettingPlan,
} from './quantity-bets.ts';
import { meanEvidence } from './mean-bets.ts';
import { customScore } from '../gathering/custom-ledger.ts';
import type { CustomBlock, CustomTrack } from '../gathering/custom-track.ts';
import { rateBettingPlan, rateEvidence } from './rate-bets.ts';
import { rateOf } from '../../metrics/index.ts';
import type { Guardrail } from '../../plan/plan.ts';

export function bettingPlanOf(guardrail: Guardrail): BettingPlan {
  const before = known.get(guardrail);
  if (before !== undefined) return before;
  const plan = makeBettingPlan(guardrail);
  known.set(guardrail, plan);
  return plan;
}

/** Asked for at every look. */
const known = new WeakMap<Guardrail, BettingPlan>();

function makeBettingPlan(guardrail: Guardrail): BettingPlan {
  const { metric, name = '' } = guardrail;
  if (metric === 'custom') return customBettingPlan(statisticOf(guardrail), customScore(name));
  const rate = rateOf(metric);
  return rate === null ? latencyBettingPlan(statisticOf(guardrail)) : rateBettingPlan(rate);
}

/**
 * What one closed block says of latency or a rate; `memory` is of the blocks before it. null for a custom metric, which
 * has blocks of its own.
 */
export function blockEvidence(guardrail: Guardrail, block: Block, memory: BaselineMemory): BlockEvidence | null {
  if (guardrail.metric === 'custom') return null;
  const rate = rateOf(guardrail.metric);
  const bets = rate === null ? latencyEvidence(guardrail, block, memory) : rateEvidence(guardrail, rate, block, memory);
  return withGains(guardrail, bets, (times) => blockGain(guardrail, block, memory, times));
}

function withGains(
  guardrail: Guardrail,
  { harm, safe, effectiveCards: cards }: Bets,
  gain: (times: number) => BlockEvidence['better'],
): BlockEvidence {
  const times = goalTimes(guardrail);
  return { harm, safe, effectiveCards: cards, better: gain(0), goal: times === null ? null : gain(times) };
}

/** What a closed block of a custom metric says. */
export function customEvidence(guardrail: Guardrail, track: CustomTrack, block: CustomBlock): BlockEvidence | null {
  const bets = customBets(guardrail, track, block);
  return bets === null ? null : withGains(guardrail, bets, (times) => customGain(guardrail, track, block, times));
}

function customBets(guardrail: Guardrail, { place, memory }: CustomTrack, block: CustomBlock): Bets | null {
  if (place === null) return null;
  const statistic = statisticOf(guardrail);
  const ofMean = statistic === 'mean' ? meanEvidence(guardrail, place, block, memory) : null;
  if (ofMean !== null)
    return {
      harm: ofMean.harm,
      safe: QUANTILES_OF[statistic].map(() => ofMean.safe),
      effectiveCards: effectiveCards(block.baseline.cards, block.candidate.cards),
    };
  const quantity = customQuantity(guardrail, place);
  const said = quantityEvidence(quantity, statistic, { ...block, relieved: block.candidate.relieved }, memory);
  return statistic === 'mean' ? said : { ...said, safe: stepwise(quantity, statistic, block, memory) ?? said.safe };
}

/** null where the baseline's values are too few to know yet, or too many. */
function stepwise(
  quantity: Quantity,
  statistic: JudgedStatistic,
  block: CustomBlock,
  memory: SketchedCards,
): Bets['safe'] | null {
  const [quantile = 0.5] = QUANTILES_OF[statistic];
  const bets = memory.cards < MIN_MEMORY ? null : stepBets(quantity, block, memory, quantile);
  return bets === null ? null : [bets];
}
