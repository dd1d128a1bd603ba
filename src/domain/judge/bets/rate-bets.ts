/**
 * Bets on a rate (acceptance, dismissal, undelivered).
 *
 * Harm: "worse by at most the tolerance" against odds ratios at 1, 2.3 and 5 margins. The evidence is the table's
 * likelihood at a bet's odds over that at the tolerance's, whose ratio falls with the true odds (the family has a
 * monotone likelihood ratio), so its mean is at most 1 for every candidate inside the tolerance. What odds a tolerance
 * in shares is depends on the rate: both are taken from the pooled one (the margins of the tables are given, so they
 * may be used).
 * Safe: "worse than the margin" against an equal, a better and a half-way candidate. Worked number: baseline 40 %,
 * margin 20 %
 * lower: harm bets at 32 %, 21.6 % and 0.4 % (odds ratios 0.71, 0.41, 0.006 kept to 0.05), safe bets (40 %, 40 %), (40
 * %, 44 %), (40 %, 36 %). Tolerated, with a tolerance of 10 %, are 36 % (odds ratio 0.84).
 */
import { rememberedRate } from '../gathering/baseline-memory.ts';
import type { BaselineMemory } from '../gathering/baseline-memory.ts';
import { effectiveCards, rateTable } from '../gathering/block.ts';
import type { Block } from '../gathering/block.ts';
import type { BettingPlan, BlockEvidence } from './evidence.ts';
import { logOddsEvidence } from '../maths/fisher-noncentral.ts';
import type { TwoByTwo } from '../maths/fisher-noncentral.ts';
import { clamp } from '../maths/log-math.ts';
import { logOddsRatio, marginLine, toleranceTimes, worsen, worseSign } from '../maths/margin.ts';
import { logMarginEvidence } from '../maths/margin-evidence.ts';
import type { OnsetPrior } from '../maths/onset-slots.ts';
import type { RateName } from '../../metrics/index.ts';
import type { Guardrail } from '../../plan/plan.ts';

const HARM_MARGINS = [1.3, 2.5, 5] as const;
/** Share of the way from the baseline's rate to the limit; negative is better. */
const SAFE_PLACES = [0, -0.5, 0.5] as const;
/** Without this many remembered cards there is nothing to say what the baseline is like. */
const MIN_MEMORY = 20;
/** Each card says little of a rate, so a late fall is paid for with more weight on late onsets than a latency's. */
const ONSETS: OnsetPrior = { fromTheStart: 0.31, spreadFrom: 500, spreadUntil: 8000 };
const MAX_LOG_ODDS = 3;
const MIN_LOG_ODDS = 0.02;

export function rateBettingPlan(rate: RateName): BettingPlan {
  return {
    harmWeights: [0.28, 0.35, 0.37],
    onsets: ONSETS,
    harmScores: HARM_MARGINS.map(() => rate),
    safeClaims: 1,
    safeWeights: [0.6, 0.2, 0.2],
    safeScore: rate,
  };
}

export function rateEvidence(
  guardrail: Guardrail,
  rate: RateName,
  block: Block,
  memory: BaselineMemory,
): BlockEvidence {
  const table = rateTable(block, rate);
  const pooled = pooledRate(table, memory, rate);
  return {
    harm: harmBets(guardrail, table, pooled, HARM_MARGINS),
    safe: [
      SAFE_PLACES.map((place) =>
        memory.cards < MIN_MEMORY ? 0 : safeBet(guardrail, table, rememberedRate(memory, rate), place),
      ),
    ],
    effectiveCards: effectiveCards(table.baselineCards, table.candidateCards),
  };
}

function pooledRate(table: TwoByTwo, memory: BaselineMemory, rate: RateName): number {
  const hits = memory.hits[rate] + table.baselineHits + table.candidateHits;
  return (hits + 0.5) / (memory.cards + table.baselineCards + table.candidateCards + 1);
}

/** ln e-value against "worse by at most the tolerance", for bets of so many margins. */
export function harmBets(
  guardrail: Guardrail,
  table: TwoByTwo,
  rate: number,
  margins: readonly number[],
): readonly number[] {
  const tolerated = logOddsAt(guardrail, rate, toleranceTimes(guardrail));
  const attained = tolerated === 0 ? 0 : logOddsEvidence(table, worseSign(guardrail) * tolerated);
  return margins.map((times) => {
    const bet = clamp(
      logOddsAt(guardrail, rate, times),
      tolerated + MIN_LOG_ODDS,
      Math.max(MAX_LOG_ODDS, 2 * tolerated),
    );
    return logOddsEvidence(table, worseSign(guardrail) * bet) - attained;
  });
}

/** Size of the ln odds ratio between a rate and one that is so many margins worse. */
function logOddsAt(guardrail: Guardrail, rate: number, times: number): number {
  return Math.abs(logOddsRatio(worsen(guardrail, rate, times), rate));
}

/** A bet on the baseline's rate and the candidate `place` of the way to the limit. */
export function safeBet(guardrail: Guardrail, table: TwoByTwo, rate: number, place: number): number {
  const towards = rate + place * (worsen(guardrail, rate) - rate);
  // A bet on (almost) none would be ruined by the first hit.
  const candidate = clamp(towards, rate / 2, 1 - (1 - rate) / 2);
  return logMarginEvidence(table, marginLine(guardrail), { baseline: rate, candidate });
}
