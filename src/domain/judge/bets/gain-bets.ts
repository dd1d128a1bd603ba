/**
 * Bets that the candidate is better: than the baseline (`times` 0), or than a goal so many margins beyond it. What is bet
 * against is "no better than that", by the kind of bet that proves safe, with the edge moved to the better side. Each
 * sequence of such bets is an e-process of its own: it is said from 1/alpha on (Ville), so of a version that is no better
 * with a chance of at most the guardrail's alpha; it takes no part in harm or safe, so that those spend what they spent.
 *
 * Worked number: baseline 20 %, margin 10 % lower, goal 5 % higher (times 0.5): the edge is 21 %, the bets are candidates
 * of 22 %, 23 % and 26 %.
 */
import { rememberedRate } from '../gathering/baseline-memory.ts';
import type { BaselineMemory } from '../gathering/baseline-memory.ts';
import { rateTable } from '../gathering/block.ts';
import type { Block } from '../gathering/block.ts';
import type { CustomBlock, CustomTrack } from '../gathering/custom-track.ts';
import type { TwoByTwo } from '../maths/fisher-noncentral.ts';
import { GAIN_WEIGHTS } from '../maths/gain-weights.ts';
import { clamp } from '../maths/log-math.ts';
import { marginLine, worsen, worseSign } from '../maths/margin.ts';
import { logMarginEvidence } from '../maths/margin-evidence.ts';
import { rateOf } from '../../metrics/index.ts';
import type { Guardrail } from '../../plan/plan.ts';
import { meanGain } from './mean-bets.ts';
import { customQuantity, latencyQuantity, QUANTILES_OF, statisticOf } from './quantity.ts';
import { quantityGain } from './quantity-bets.ts';

/** Beyond the edge, in margins. */
const GAIN_MARGINS = [0.5, 1, 2.5] as const;
/** Remembered cards. */
const MIN_MEMORY = 20;

/** ln e-values of one block, for each claim that must be proven. */
export type Gain = readonly (readonly number[])[];

export function blockGain(guardrail: Guardrail, block: Block, memory: BaselineMemory, times: number): Gain {
  const rate = rateOf(guardrail.metric);
  if (rate !== null)
    return [
      memory.cards < MIN_MEMORY
        ? NOTHING
        : rateGain(guardrail, rateTable(block, rate), rememberedRate(memory, rate), times),
    ];
  const { baseline, candidate } = block;
  const arms = {
    baseline: { cards: baseline.timed, sketch: baseline.latencies },
    candidate: { cards: candidate.timed, sketch: candidate.latencies },
  };
  const quantity = { ...latencyQuantity(guardrail), worsen: (ms: number) => worsen(guardrail, ms, -times) };
  const remembered = { cards: memory.timed, sketch: memory.latencies };
  return QUANTILES_OF[statisticOf(guardrail)].map((quantile) => quantityGain(quantity, arms, remembered, quantile));
}

export function customGain(guardrail: Guardrail, track: CustomTrack, block: CustomBlock, times: number): Gain {
  const { place, memory } = track;
  const statistic = statisticOf(guardrail);
  if (place === null) return QUANTILES_OF[statistic].map(() => NOTHING);
  const ofMean =
    statistic === 'mean' ? meanGain(guardrail, place, block, memory, { times, margins: GAIN_MARGINS }) : null;
  if (ofMean !== null) return QUANTILES_OF[statistic].map(() => ofMean);
  const turn = worseSign(guardrail);
  const quantity = {
    ...customQuantity(guardrail, place),
    worsen: (value: number) => turn * worsen(guardrail, turn * value, -times),
  };
  return QUANTILES_OF[statistic].map((quantile) => quantityGain(quantity, block, memory, quantile));
}

const NOTHING = GAIN_WEIGHTS.map(() => 0);

function rateGain(guardrail: Guardrail, table: TwoByTwo, rate: number, times: number): readonly number[] {
  const line = marginLine(guardrail, -times);
  return GAIN_MARGINS.map((margins) => {
    // A bet on (almost) none or all would be ruined by the first card that says otherwise.
    const candidate = clamp(worsen(guardrail, rate, -times - margins), rate / 4, 1 - (1 - rate) / 4);
    return logMarginEvidence(table, line, { baseline: rate, candidate });
  });
}
