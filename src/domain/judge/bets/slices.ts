/**
 * Slices: no queue (or media type, or language) may be badly harmed behind a good mean.
 *
 * Each slice is judged for harm on its own cards, look by look, by the enforced guardrails together: bets at `times`
 * their margins and
 * beyond (rate-bets.ts; for latency on the share of cards in the slowest 5 % of the remembered baseline's), mixed with
 * the guardrails'
 * alphas as weights into one e-process with onsets and the slice's own design effect. Slice k in order of its first
 * appearance has
 *
 *     alpha_k = alpha x 6 / (pi^2 k^2),
 *
 * of sum alpha however many there will be, so the chance that any slice of a harmless candidate is ever called harmed
 * is at most `alpha`.
 * Slices that appear in one look are ordered by their cards. The first twelve are followed, agents under a few keys
 * each (slice-agents.ts).
 *
 * Reference: S. Holm (1979), "A simple sequentially rejective multiple test procedure", Scandinavian Journal of
 * Statistics 6 (unequal
 * weights); P. Grunwald, R. de Heide, W. Koolen (2024), "Safe testing", JRSS B 86(5) (mixtures). Worked number: alpha
 * 0.01: the first slice
 * is called harmed at 1:164, the second at 1:658, the twelfth at 1:23687.
 */
import { withChanges } from '../../shared/with-changes.ts';
import { addToLedger, emptyLedger } from '../gathering/agent-ledger.ts';
import type { AgentLedger, AgentScore } from '../gathering/agent-ledger.ts';
import { effectiveCards, fillBlock, hasBothArms, mayJoin, startBlock } from '../gathering/block.ts';
import type { Block, CardScores } from '../gathering/block.ts';
import type { BaselineMemory } from '../gathering/baseline-memory.ts';
import { designEffects } from '../clusters/design-effect.ts';
import { roundDown } from '../maths/rounding.ts';
import { thresholdOf } from '../maths/calibration.ts';
import { noOnsets, stepOnsets } from '../maths/onset-slots.ts';
import type { OnsetSlots } from '../maths/onset-slots.ts';
import { AGENTS_BY_CELL, SLICE_TALLIES } from '../clusters/slice-agents.ts';
import { addToSums, logSlice, noSums, sliceBets, slicedGuardrails } from './slice-bets.ts';
import type { SlicedGuardrail, SliceSums } from './slice-bets.ts';
import { RATES } from '../../metrics/index.ts';
import type { Guardrail, SliceKey, Slices } from '../../plan/plan.ts';
import type { ArmCounts, Card, Look } from '../types.ts';

export interface Slice {
  readonly by: SliceKey;
  readonly name: string;
  readonly cards: ArmCounts;
  readonly process: OnsetSlots;
  /** ln e-value as it stands, and the highest so far: harmed stays harmed. */
  readonly now: number;
  readonly peak: number;
  /** For each sliced guardrail. */
  readonly sums: readonly SliceSums[];
  readonly pending: Block | null;
  /** Of `SLICE_SCORES`, which are the same in all slices. */
  readonly ledger: Omit<AgentLedger, 'scores'>;
}

export const MAX_SLICES = 12;
const MAX_ONSETS = 3;
/** Of latency a slice asks only for the slow cards (slice-bets.ts). */
const SLICE_SCORES: readonly AgentScore[] = [...RATES.map(({ name }) => name), 'tail'];

/** The slices after a look; `memory` and `scores` are of the blocks before. */
export function takeSlices(
  slices: readonly Slice[],
  plan: Slices,
  look: Look,
  context: SliceContext,
): readonly Slice[] {
  const cards = new Map<string, Card[]>();
  for (const by of plan.by) for (const card of look.cards) fileCard(cards, by, card);
  const guardrails = slicedGuardrails(context.guardrails, plan);
  return addNewSlices(slices, cards, guardrails.length).map((slice) => {
    const own = cards.get(keyOf(slice.by, slice.name));
    return own === undefined
      ? slice
      : takeSlice(slice, { atMs: look.atMs, splitPercent: look.splitPercent, cards: own }, guardrails, context);
  });
}

export interface SliceContext {
  readonly guardrails: readonly Guardrail[];
  readonly memory: BaselineMemory;
  readonly scores: CardScores;
}

/** The slice's part of alpha; its place in the order of appearance is 0, 1, ... */
export function sliceAlpha(alpha: number, place: number): number {
  return (alpha * 6) / (Math.PI * (place + 1)) ** 2;
}

/** What the slice's ln e-value must reach. */
export function sliceThreshold(alpha: number, place: number): number {
  return thresholdOf(sliceAlpha(alpha, place));
}

/** Highest evidence of harm in any slice, as a part of what proves it there. */
export function sliceEvidence(slicing: Slices | null, slices: readonly Slice[]): number {
  return slicing === null
    ? 0
    : slices.reduce(
        (most, { peak }, place) => Math.max(most, Math.exp(peak - sliceThreshold(slicing.alpha, place))),
        0,
      );
}

/** A card that does not say is in no slice. */
function fileCard(cards: Map<string, Card[]>, by: SliceKey, card: Card): void {
  const name = card[by];
  if (name === undefined || name === '') return;
  const key = keyOf(by, name);
  const known = cards.get(key);
  if (known === undefined) cards.set(key, [card]);
  else known.push(card);
}

function keyOf(by: SliceKey, name: string): string {
  return `${by} ${name}`;
}

function addNewSlices(
  slices: readonly Slice[],
  cards: ReadonlyMap<string, readonly Card[]>,
  guardrails: number,
): readonly Slice[] {
  if (slices.length >= MAX_SLICES) return slices;
  const known = new Set(slices.map(({ by, name }) => keyOf(by, name)));
  const fresh = [...cards]
    .filter(([key]) => !known.has(key))
    .toSorted(([a, some], [b, others]) => others.length - some.length || (a < b ? -1 : 1));
  return [...slices, ...fresh.slice(0, MAX_SLICES - slices.length).map(([key]) => startSlice(key, guardrails))];
}

function startSlice(key: string, guardrails: number): Slice {
  const at = key.indexOf(' ');
  return {
    by: key.slice(0, at) as SliceKey,
    name: key.slice(at + 1),
    cards: { baseline: 0, candidate: 0 },
    process: noOnsets,
    now: 0,
    peak: 0,
    sums: Array.from({ length: guardrails }, () => noSums),
    pending: null,
    ledger: withoutScores(emptyLedger(SLICE_SCORES)),
  };
}

function takeSlice(
  slice: Slice,
  look: Look,
  guardrails: readonly SlicedGuardrail[],
  { memory, scores }: SliceContext,
): Slice {
  const started = slice.pending !== null && mayJoin(slice.pending, look) ? slice.pending : startBlock(look);
  const block = fillBlock(started, look.cards, scores, SLICE_TALLIES);
  const cards = addCards(slice.cards, look.cards);
  return hasBothArms(block)
    ? compareSlice(slice, { block, cards }, guardrails, memory)
    : withChanges(slice, { cards, pending: block });
}

function compareSlice(
  slice: Slice,
  { block, cards }: { readonly block: Block; readonly cards: ArmCounts },
  guardrails: readonly SlicedGuardrail[],
  memory: BaselineMemory,
): Slice {
  const ledger = addToLedger(sliceLedger(slice), block, AGENTS_BY_CELL);
  const design = designEffects(ledger);
  const bets = guardrails.map((sliced, i) => sliceBets(sliced, block, memory, slice.sums[i] ?? noSums));
  const information = effectiveCards(block.baseline.cards, block.candidate.cards);
  const process = stepOnsets(slice.process, bets.flat(), information, undefined, MAX_ONSETS);
  const now = design.tooFew ? 0 : roundDown(logSlice(process, guardrails, design), 6);
  return withChanges(slice, {
    cards,
    ledger: withoutScores(ledger),
    process,
    now,
    peak: Math.max(slice.peak, now),
    pending: null,
    sums: slice.sums.map((sums, i) => addToSums(sums, guardrails[i], block)),
  });
}

/** The agents of the slice. */
export function sliceLedger({ ledger }: Slice): AgentLedger {
  return Object.assign({ scores: SLICE_SCORES }, ledger);
}

function withoutScores({ cells, effectiveCards: weight, cards, residuals, squares }: AgentLedger): Slice['ledger'] {
  return { cells, effectiveCards: weight, cards, residuals, squares };
}

function addCards({ baseline, candidate }: ArmCounts, cards: readonly Card[]): ArmCounts {
  const counts = { baseline, candidate };
  for (const card of cards) counts[card.arm]++;
  return counts;
}
