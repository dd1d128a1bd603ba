/**
 * Bets on a rate (acceptance, dismissal, undelivered).
 *
 * Harm: "worse by at most the tolerance", a half-plane of pairs of rates, against candidates at 1.3, 2.5 and 5 margins
 * from the baseline's remembered rate, each divided by its nearest tolerable point (margin-evidence.ts). The base rate
 * of the block at hand need not be known for that, nor what becomes of it: the odds ratio of a tolerance would.
 * Safe: "worse than the margin" against an equal, a better and a half-way candidate. Worked number: baseline 40 %,
 * margin 20 %
 * lower: harm bets at 29.6 %, 20 % and 3.2 % (odds ratios 0.63, 0.375, and 0 kept to 0.05), safe bets (40 %, 40 %), (40
 * %, 44 %), (40 %, 36 %). Tolerated, with a tolerance of 10 %, are 36 % (odds ratio 0.84).
 */
import { rememberedRate } from '../gathering/baseline-memory.ts';
import type { BaselineMemory } from '../gathering/baseline-memory.ts';
import { effectiveCards, rateTable } from '../gathering/block.ts';
import type { Block } from '../gathering/block.ts';
import type { BettingPlan, Bets } from './evidence.ts';
import type { TwoByTwo } from '../maths/fisher-noncentral.ts';
import { clamp, logSumExp } from '../maths/log-math.ts';
import { logOddsRatio, marginLine, toleranceTimes, worsen } from '../maths/margin.ts';
import { logMarginEvidence } from '../maths/margin-evidence.ts';
import type { MarginLine } from '../maths/margin-evidence.ts';
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
const FIRST_RATES = [0.01, 0.03, 0.1, 0.2, 0.3, 0.4, 0.5, 0.65, 0.8, 0.92] as const;
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

export function rateEvidence(guardrail: Guardrail, rate: RateName, block: Block, memory: BaselineMemory): Bets {
  const table = rateTable(block, rate);
  const isKnown = memory.cards >= MIN_MEMORY;
  const remembered = rememberedRate(memory, rate);
  return {
    harm: isKnown ? harmBets(guardrail, table, remembered, HARM_MARGINS) : firstBets(guardrail, table, HARM_MARGINS),
    safe: [SAFE_PLACES.map((place) => (isKnown ? safeBet(guardrail, table, remembered, place) : 0))],
    effectiveCards: effectiveCards(table.baselineCards, table.candidateCards),
  };
}

/** ln e-value against "worse by at most the tolerance", for bets of so many margins from the baseline's `rate`, in (0, 1). */
export function harmBets(
  guardrail: Guardrail,
  table: TwoByTwo,
  rate: number,
  margins: readonly number[],
): readonly number[] {
  const { slope, offset, worse } = marginLine(guardrail, toleranceTimes(guardrail));
  const tolerable: MarginLine = { slope, offset, worse: worse === 1 ? -1 : 1 };
  const least = logOddsAt(guardrail, rate, toleranceTimes(guardrail)) + MIN_LOG_ODDS;
  return margins.map((times) => {
    const size = clamp(logOddsAt(guardrail, rate, times), least, Math.max(MAX_LOG_ODDS, 2 * least));
    return logMarginEvidence(table, tolerable, { baseline: rate, candidate: shiftOdds(rate, worse * size) });
  });
}

/** Before anything is remembered: the mean of the bets at rates that any metric may have. */
function firstBets(guardrail: Guardrail, table: TwoByTwo, margins: readonly number[]): readonly number[] {
  const bets = FIRST_RATES.map((rate) => harmBets(guardrail, table, rate, margins));
  return margins.map((_, i) => logSumExp(bets.map((logs) => logs[i] ?? 0)) - Math.log(FIRST_RATES.length));
}

function shiftOdds(rate: number, logOdds: number): number {
  const odds = (rate / (1 - rate)) * Math.exp(logOdds);
  return odds / (1 + odds);
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
