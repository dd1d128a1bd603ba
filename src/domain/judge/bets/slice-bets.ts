/** How the guardrails bet on one slice: a two-by-two table each, at odds that stand for bad harm. */
import { withChanges } from '../../shared/with-changes.ts';
import type { AgentScore } from '../gathering/agent-ledger.ts';
import { rememberedRate } from '../gathering/baseline-memory.ts';
import type { BaselineMemory } from '../gathering/baseline-memory.ts';
import { effectiveCards, rateTable } from '../gathering/block.ts';
import type { Block } from '../gathering/block.ts';
import type { DesignEffects } from '../clusters/design-effect.ts';
import { designEffectOf } from './evidence.ts';
import { logOddsEvidence } from '../maths/fisher-noncentral.ts';
import type { TwoByTwo } from '../maths/fisher-noncentral.ts';
import { quantileMs, shareAboveMs } from '../maths/sketch.ts';
import { round } from '../maths/rounding.ts';
import { clamp } from '../maths/log-math.ts';
import { logOddsRatio, toleranceTimes, worsen, worseSign } from '../maths/margin.ts';
import { logValueOf } from '../maths/onset-slots.ts';
import type { OnsetSlots } from '../maths/onset-slots.ts';
import { harmBets } from './rate-bets.ts';
import { reliefKey } from '../gathering/reliefs.ts';
import { rateOf } from '../../metrics/index.ts';
import type { RateName } from '../../metrics/index.ts';
import type { Guardrail, Slices } from '../../plan/plan.ts';
import { toleranceOf } from '../../plan/tolerance.ts';

export interface SlicedGuardrail {
  /** With the margin that is bad harm; the tolerance is what it was. */
  readonly guardrail: Guardrail;
  /** null: latency, by the share of slow cards. */
  readonly rate: RateName | null;
  /** Part of the slice's bets, of sum 1. */
  readonly weight: number;
}

/** Sums over blocks of weight, of share x weight by arm, and of weight^2 / the baseline's cards: its noise. */
export type SliceSums = readonly [weight: number, baseline: number, candidate: number, baselineNoise: number];
export const noSums: SliceSums = [0, 0, 0, 0];

/** Bets in units of the bad margin. */
const MARGINS = [1, 2.3] as const;
const SLOW = 0.95;
const MIN_MEMORY = 50;
/** Effective cards of the slice. */
const MIN_OWN = 10;
const [MIN_LOG_ODDS, MAX_LOG_ODDS] = [0.2, 3];

/** The enforced guardrails on rates and on latency. */
export function slicedGuardrails(guardrails: readonly Guardrail[], slices: Slices): readonly SlicedGuardrail[] {
  const before = known.get(guardrails);
  if (before?.slices === slices) return before.sliced;
  const sliced = sliceGuardrails(guardrails, slices);
  known.set(guardrails, { slices, sliced });
  return sliced;
}

/** Asked for at every look. */
const known = new WeakMap<
  readonly Guardrail[],
  { readonly slices: Slices; readonly sliced: readonly SlicedGuardrail[] }
>();

function sliceGuardrails(guardrails: readonly Guardrail[], { times }: Slices): readonly SlicedGuardrail[] {
  const enforced = guardrails.filter(
    (guardrail) =>
      guardrail.mode === 'enforce' && (guardrail.metric === 'deliveryLatency' || rateOf(guardrail.metric) !== null),
  );
  const alphas = enforced.reduce((sum, { alpha }) => sum + alpha, 0);
  return enforced.map((guardrail) => ({
    guardrail: {
      ...guardrail,
      tolerance: toleranceOf(guardrail),
      margin: { ...guardrail.margin, value: times * guardrail.margin.value },
    },
    rate: rateOf(guardrail.metric),
    weight: guardrail.alpha / alphas,
  }));
}

/** ln e-value of each bet; `memory` is of the blocks before, of all slices, `sums` of the slice's own. */
export function sliceBets(
  { guardrail, rate }: SlicedGuardrail,
  block: Block,
  memory: BaselineMemory,
  sums: SliceSums,
): readonly number[] {
  if (memory.cards < MIN_MEMORY) return MARGINS.map(() => 0);
  if (rate !== null)
    return harmBets(guardrail, rateTable(block, rate), ownRate(sums) ?? rememberedRate(memory, rate), MARGINS);
  const table = relievedTable(block, guardrail);
  return MARGINS.map((times) => logOddsEvidence(table, slowLogOdds(guardrail, memory, times)));
}

/** The slice's own, which may be far from that of all; null while it is hardly known. */
function ownRate([cards, baseline]: SliceSums): number | null {
  return cards < MIN_OWN ? null : (baseline + 0.5) / (cards + 1);
}

/** ln of the slice's e-process; with `only`, of one guardrail's part of it. */
export function logSlice(
  process: OnsetSlots,
  guardrails: readonly SlicedGuardrail[],
  design: DesignEffects,
  only?: number,
): number {
  const weights = guardrails.flatMap(({ weight }, i) =>
    MARGINS.map(() => (only === undefined ? weight : only === i ? 1 : 0) / MARGINS.length),
  );
  return logValueOf(
    process,
    weights,
    guardrails.flatMap(({ rate }) => MARGINS.map(() => designEffectOf(design, sliceScore(rate)))),
  );
}

export function addToSums(sums: SliceSums, sliced: SlicedGuardrail | undefined, block: Block): SliceSums {
  if (sliced === undefined) return sums;
  const { baselineHits, baselineCards, candidateHits, candidateCards } =
    sliced.rate === null ? slowTable(block) : rateTable(block, sliced.rate);
  const weight = effectiveCards(baselineCards, candidateCards);
  if (weight === 0) return sums;
  const [all, baseline, candidate, noise] = sums;
  return [
    round(all + weight, 3),
    round(baseline + (weight * baselineHits) / baselineCards, 3),
    round(candidate + (weight * candidateHits) / candidateCards, 3),
    round(noise + weight ** 2 / baselineCards, 3),
  ];
}

/** In which agents of a slice may differ. */
export function sliceScore(rate: RateName | null): AgentScore {
  return rate ?? 'tail';
}

function slowTable({ baseline, candidate }: Block): TwoByTwo {
  return {
    baselineHits: baseline.tail,
    baselineCards: baseline.timed,
    candidateHits: candidate.tail,
    candidateCards: candidate.timed,
  };
}

/** With the candidate's latencies as they would be without what is tolerated. */
function relievedTable(block: Block, guardrail: Guardrail): TwoByTwo {
  return withChanges(slowTable(block), { candidateHits: block.candidate.relieved[reliefKey(guardrail)]?.tail ?? 0 });
}

/**
 * Of being among the slowest 5 % though relieved, for a candidate whose latencies are so many margins worse in the shape of the
 * remembered ones.
 */
function slowLogOdds(guardrail: Guardrail, { latencies }: BaselineMemory, times: number): number {
  const limit = quantileMs(latencies, SLOW) ?? 0;
  const tolerated = worsen(guardrail, limit, toleranceTimes(guardrail));
  const factor = limit <= 0 ? 1 : worsen(guardrail, limit, times) / tolerated;
  const size =
    factor <= 0 ? MAX_LOG_ODDS : logOddsRatio(shareAboveMs(latencies, limit / factor), shareAboveMs(latencies, limit));
  return worseSign(guardrail) * clamp(Math.abs(size), MIN_LOG_ODDS, MAX_LOG_ODDS);
}
