/**
 * Bets on delivery latency, and on custom metrics alike. Only ranks count, so a heavy tail cannot upset it, and an
 * incident that
 * hits both arms drops out.
 *
 * Harm: "no slower than the baseline" against the tilts of latency-tilts.ts, given the block's pooled latencies, the
 * candidate's relieved of what is tolerated. Safe:
 * "the candidate's quantile is at or beyond the margin". With q the baseline's p-quantile, that means the candidate
 * exceeds (1 + margin) q at least as often as the baseline exceeds q. The remembered q is uncertain, so the candidate
 * is measured at its lower and the baseline at its upper one-sigma bound: both make the candidate look worse, so the
 * claim is harder to prove (conservative). Exact for a slowdown by a factor whatever q is; where shapes differ, it
 * speaks of a custom metric within a sigma or two of p. `mean` has no bound without a bound on the tail: it is judged
 * at p50, p90 and p99 together, each of which must be proven. A card without a latency (or without the metric) is not
 * in these tables at all (an undelivered one counts for undeliveredRate).
 *
 * Reference: S. Howard, A. Ramdas (2022), "Sequential estimation of quantiles with applications to A/B testing and
 * best-arm
 * identification", Bernoulli 28(3), section 2 (quantiles by exceedance indicators).
 * Worked number: lognormal, median 220 ms, sigma 0.5, p95 = 501 ms: 40 % slower puts 16.6 % beyond 501 ms instead of 5
 * %, odds ratio 3.8.
 */
import type { BaselineMemory } from '../gathering/baseline-memory.ts';
import { effectiveCards } from '../gathering/block.ts';
import type { Block } from '../gathering/block.ts';
import { reliefKey } from '../gathering/reliefs.ts';
import type { BettingPlan, Bets } from './evidence.ts';
import type { AgentScore } from '../gathering/agent-ledger.ts';
import { GUARDED_FROM, latencyQuantity, QUANTILES_OF, statisticOf } from './quantity.ts';
import type { Quantity } from './quantity.ts';
import { logOddsEvidence } from '../maths/fisher-noncentral.ts';
import type { TwoByTwo } from '../maths/fisher-noncentral.ts';
import { referenceOf } from '../maths/reference.ts';
import { addSketch, countAbove, emptySketch, quantileBin, quantileOn, sketchTotal } from '../maths/sketch.ts';
import type { Sketch, SketchedCards } from '../maths/sketch.ts';
import { LATENCY_TILTS, tiltEvidence, tiltWeights } from './latency-tilts.ts';
import type { Unguarded } from './latency-tilts.ts';
import { CUSTOM_TILTS, CUSTOM_WEIGHTS } from './custom-tilts.ts';
import { clamp } from '../maths/log-math.ts';
import { logOddsRatio } from '../maths/margin.ts';
import type { OnsetPrior } from '../maths/onset-slots.ts';
import type { JudgedStatistic } from '../../metrics/definition.ts';
import type { Guardrail } from '../../plan/plan.ts';

/** Remembered cards, before anything is proven safe. */
export const MIN_MEMORY = 200;
/** With so many remembered cards the block's own need not help to say what is slow. */
const ENOUGH_MEMORY = 60;
const SIGMAS = 1;
/** A few cards show that something is slower, so that late onsets need little weight. */
const ONSETS: OnsetPrior = { fromTheStart: 0.65, spreadFrom: 150, spreadUntil: 15_000 };

export function latencyBettingPlan(statistic: JudgedStatistic): BettingPlan {
  return {
    harmWeights: tiltWeights(statistic),
    onsets: ONSETS,
    harmScores: LATENCY_TILTS.map(({ score }) => (GUARDED_FROM[statistic] > 0.8 ? 'tail' : score)),
    safeClaims: QUANTILES_OF[statistic].length,
    safeWeights: [0.6, 0.4],
    safeScore: statistic === 'p50' ? 'location' : 'tail',
  };
}

/** A custom metric has one score for its agents, of its location, for all bets. */
export function customBettingPlan(statistic: JudgedStatistic, score: AgentScore): BettingPlan {
  return {
    ...latencyBettingPlan(statistic),
    harmWeights: CUSTOM_WEIGHTS[statistic],
    harmScores: CUSTOM_TILTS.map(() => score),
    safeScore: score,
  };
}

export function latencyEvidence(guardrail: Guardrail, { baseline, candidate }: Block, memory: BaselineMemory): Bets {
  const arms = {
    baseline: { cards: baseline.timed, sketch: baseline.latencies },
    candidate: { cards: candidate.timed, sketch: candidate.latencies },
    relieved: candidate.relieved[reliefKey(guardrail)]?.sketch ?? emptySketch,
  };
  return quantityEvidence(latencyQuantity(guardrail), statisticOf(guardrail), arms, {
    cards: memory.timed,
    sketch: memory.latencies,
  });
}

export interface SeenArms {
  readonly baseline: SketchedCards;
  readonly candidate: SketchedCards;
  /** The candidate's without what is tolerated. */
  readonly relieved: Sketch;
}

/** What one block says of a quantity; `memory` is what the baseline was like in the blocks before it. */
export function quantityEvidence(
  quantity: Quantity,
  statistic: JudgedStatistic,
  arms: SeenArms,
  memory: SketchedCards,
): Bets {
  return {
    harm: harmBets(quantity, statistic, arms, memory),
    safe: QUANTILES_OF[statistic].map((quantile) => safeBets(quantity, arms, memory, quantile)),
    effectiveCards: effectiveCards(arms.baseline.cards, arms.candidate.cards),
  };
}

function harmBets(
  quantity: Quantity,
  statistic: JudgedStatistic,
  { baseline, candidate, relieved }: SeenArms,
  memory: SketchedCards,
): readonly number[] {
  if (baseline.cards === 0 || candidate.cards === 0) return quantity.tilts.map(() => 0);
  const seen =
    memory.cards >= ENOUGH_MEMORY ? memory.sketch : addSketch(addSketch(memory.sketch, baseline.sketch), relieved);
  const reference = referenceOf(seen, quantity.grid);
  if (reference === null) return quantity.tilts.map(() => 0);
  const [quantile = 0.5] = QUANTILES_OF[statistic];
  const value = quantileOn(quantity.grid, memory.cards > 0 ? memory.sketch : baseline.sketch, quantile);
  const shiftBy = quantity.shiftBy(value, reference.spread);
  const tolerated = shiftBy(quantity.tolerance);
  return tiltEvidence(
    { baseline: baseline.sketch, candidate: relieved },
    reference,
    (margins) => shiftBy(margins) - tolerated,
    quantity.sign,
    quantity.tilts,
    unguarded(GUARDED_FROM[statistic], seen, quantity.sign),
  );
}

/**
 * Where the guarded quantile lies, by what was seen alone, whatever its shape, and a sigma towards the worse end: few
 * cards do not know it.
 */
function unguarded(from: number, seen: Sketch, sign: 1 | -1): Unguarded {
  if (from === 0) return { from, isBelow: () => false };
  const total = Math.max(1, sketchTotal(seen));
  const share = Math.min(1, from + SIGMAS * Math.sqrt((from * (1 - from)) / total));
  const edge = quantileBin(seen, sign === 1 ? share : 1 - share) ?? 0;
  // A bin lies where its middle card does.
  const middle = (countAbove(seen, edge - 1) + countAbove(seen, edge)) / 2 / total;
  const isEdgeBelow = sign === 1 ? 1 - middle <= share : middle <= share;
  return { from, isBelow: (bin) => (bin === edge ? isEdgeBelow : sign === 1 ? bin < edge : bin > edge) };
}

function safeBets(quantity: Quantity, arms: SeenArms, memory: SketchedCards, quantile: number): readonly number[] {
  const thresholds = safeThresholds(quantity, memory, quantile);
  if (thresholds === null) return [0, 0];
  const { sign } = quantity;
  const expected =
    -sign * logOddsRatio(shareAbove(memory, thresholds.candidate), shareAbove(memory, thresholds.baseline));
  const size = clamp(expected, 0.2, 3);
  const table = exceedances(arms, thresholds.baseline, thresholds.candidate);
  return [size, size / 2].map((logOdds) => logOddsEvidence(table, -sign * logOdds));
}

/** ln odds by which the candidate's share beyond the edge is bet to be smaller. */
const GAIN_LOG_ODDS = [0.25, 0.7, 1.5] as const;

/** As safe is bet on, with the edge that `quantity.worsen` says on the better side. */
export function quantityGain(
  quantity: Quantity,
  arms: Pick<SeenArms, 'baseline' | 'candidate'>,
  memory: SketchedCards,
  quantile: number,
): readonly number[] {
  const thresholds = safeThresholds(quantity, memory, quantile);
  if (thresholds === null) return GAIN_LOG_ODDS.map(() => 0);
  const table = exceedances(arms, thresholds.baseline, thresholds.candidate);
  return GAIN_LOG_ODDS.map((logOdds) => logOddsEvidence(table, -quantity.sign * logOdds));
}

interface Thresholds {
  readonly baseline: number;
  readonly candidate: number;
}

function safeThresholds({ grid, sign, worsen }: Quantity, memory: SketchedCards, quantile: number): Thresholds | null {
  if (memory.cards < MIN_MEMORY) return null;
  const slack = SIGMAS * Math.sqrt((quantile * (1 - quantile)) / memory.cards);
  const baseline = quantileBin(memory.sketch, clamp(quantile + sign * slack, 0, 1));
  const reference = quantileBin(memory.sketch, clamp(quantile - sign * slack, 0, 1));
  if (baseline === null || reference === null) return null;
  // Rounded to the grid against the candidate: down where higher is worse, up where lower is.
  const limit = grid.binOf(worsen(grid.upperEdgeOf(sign === 1 ? reference - 1 : reference)));
  return { baseline: sign === 1 ? baseline : baseline - 1, candidate: sign === 1 ? limit - 1 : limit };
}

function exceedances(
  { baseline, candidate }: Pick<SeenArms, 'baseline' | 'candidate'>,
  baselineBin: number,
  candidateBin: number,
): TwoByTwo {
  return {
    baselineHits: countAbove(baseline.sketch, baselineBin),
    baselineCards: baseline.cards,
    candidateHits: countAbove(candidate.sketch, candidateBin),
    candidateCards: candidate.cards,
  };
}

function shareAbove({ cards, sketch }: SketchedCards, bin: number): number {
  return (countAbove(sketch, bin) + 0.5) / (cards + 1);
}
