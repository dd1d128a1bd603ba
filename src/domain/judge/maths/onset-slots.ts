import { round, roundDown } from './rounding.ts';
import { boundLog, LOG_BOUND, logOfSum, logSumExp, safeLog } from './log-math.ts';

/**
 * An e-process for "something is wrong since some moment", mixed over effects (bets) and over moments of onset, and
 * tempered by the
 * agents' design effect.
 *
 * With e_t the e-value of block t under one bet and w_t >= 0 onset weights of sum <= 1, each known before block t's
 * outcomes,
 *
 *     S_t = (S_{t-1} + w_t) e_t,    M_t = S_t + (1 - w_1 - ... - w_t)
 *
 * is a nonnegative martingale from 1 under the null, so P(ever M_t >= 1/alpha) <= alpha (Ville). A third to two thirds
 * of the weight
 * is on harm from the start, most of the rest is spread evenly over ln(cards). The onsets are kept in a few slots,
 * young ones fine and old ones coarse; with independent cards slots make no difference, since merging two is adding
 * them. Where agents' cards are alike by a design effect D (see
 * design-effect.ts) the evidence of a slot, of information i out of I in all, counts to the power 1 / (1 + (D - 1) i /
 * I): e^(L/D) of a
 * Gaussian likelihood ratio whose variance was taken D times too small has mean 1 again, and by Slepian's lemma the sum
 * of alike cards,
 * being more alike over time than independent ones, crosses no more often. That part is asymptotic, not exact.
 *
 * References: J. Ville (1939); J. Shin, A. Ramdas, A. Rinaldo (2023), "E-detectors: a nonparametric framework for
 * sequential change
 * detection", NEJSDS 2(2), section 2 (here with budgeted weights, so that it stays an e-process); D. Slepian (1962),
 * Bell System
 * Technical Journal 41, lemma 1.
 * Worked number: two blocks of e = 3, one bet, no cards between: weights 0.45 and 0, S = 0.45 x 9 = 4.05, M = 4.6; with
 * D = 2: the
 * slot counts 0.45 x 9^(1/2) = 1.35, M = 1.9.
 */
export interface OnsetSlots {
  /** Onset weight of each slot, oldest first. */
  readonly weights: readonly number[];
  /** Information gathered before the onset of each slot. */
  readonly starts: readonly number[];
  /**
   * ln e-value of each bet from the start. A look adds the same to the logs of all slots, so they are kept as how far
   * they differ from these: slot after slot from the second on, ln of (weight x e-process) of each bet minus its sum.
   * (For the first that is its weight.)
   */
  readonly sums: readonly number[];
  readonly offsets: readonly number[];
  /** Onset weight given out so far, 0..1. */
  readonly spent: number;
  /** Information behind `spent`: effective cards. */
  readonly information: number;
}

/** How the weight of 1 is laid on moments of onset; the same at every step of a process. */
export interface OnsetPrior {
  /** Weight of harm from the start, 0..1. */
  readonly fromTheStart: number;
  /** Of the rest most is spread evenly over ln(1 + cards / spreadFrom), up to `spreadUntil` effective cards. */
  readonly spreadFrom: number;
  readonly spreadUntil: number;
}

const USUAL_ONSETS: OnsetPrior = { fromTheStart: 0.45, spreadFrom: 150, spreadUntil: 15_000 };
/** Left for onsets after that, however late. */
const FOR_LATER = 0.04;
const MAX_SLOTS = 8;

export const noOnsets: OnsetSlots = { weights: [], starts: [], sums: [], offsets: [], spent: 0, information: 0 };

/**
 * One block, kept in at most so many slots: `logEvidence[i]` is ln e of bet i; `information` that of this block. A
 * block that says nothing changes nothing.
 */
export function stepOnsets(
  process: OnsetSlots,
  logEvidence: readonly number[],
  information: number,
  prior = USUAL_ONSETS,
  most = MAX_SLOTS,
): OnsetSlots {
  if (information === 0 && logEvidence.every((log) => log === 0)) return process;
  const weight = roundDown(spentBefore(process.information, prior) - process.spent, 7);
  const before = weight > 0 ? addOnset(process, weight, logEvidence.length) : process;
  const { weights, starts, offsets, spent } = before;
  const now = {
    weights,
    starts,
    offsets,
    spent,
    sums: logEvidence.map((log, i) => roundDown((before.sums[i] ?? 0) + boundLog(log), 6)),
    information: round(process.information + information, 3),
  };
  return now.weights.length > most ? mergeSlots(now, nearestOf(now)) : now;
}

/** ln M for prior weights of the bets (of sum 1) and a design effect for each. */
export function logValueOf(
  { weights: onsets, starts, sums, offsets, spent, information }: OnsetSlots,
  weights: readonly number[],
  designEffects: readonly number[] = [],
): number {
  const terms: number[] = [];
  const logWeights = weights.map(safeLog);
  for (let slot = 0; slot < onsets.length; slot++) {
    const part = information === 0 ? 0 : 1 - (starts[slot] ?? 0) / information;
    const onset = safeLog(onsets[slot] ?? 0);
    for (let i = 0; i < sums.length; i++) {
      const temper = 1 + (Math.max(1, designEffects[i] ?? 1) - 1) * part;
      const offset = slot === 0 ? onset : offsets[(slot - 1) * sums.length + i];
      const log = boundLog((sums[i] ?? 0) + (offset ?? -LOG_BOUND));
      terms.push((logWeights[i] ?? -LOG_BOUND) + onset + (log - onset) / temper);
    }
  }
  terms.push(safeLog(1 - spent));
  return logSumExp(terms);
}

/** Onset weight given out when so much information was gathered; rises to 1. */
function spentBefore(information: number, { fromTheStart, spreadFrom, spreadUntil }: OnsetPrior): number {
  const spread = Math.min(1, Math.log1p(information / spreadFrom) / Math.log1p(spreadUntil / spreadFrom));
  const late = 1 - 1 / (1 + Math.log1p(information / spreadUntil));
  return fromTheStart + (1 - fromTheStart - FOR_LATER) * spread + FOR_LATER * late;
}

function addOnset(process: OnsetSlots, weight: number, bets: number): OnsetSlots {
  const offsets = [...process.offsets];
  if (process.weights.length > 0)
    for (let i = 0; i < bets; i++) offsets.push(roundDown(safeLog(weight) - (process.sums[i] ?? 0), 3));
  const { sums, information } = process;
  return {
    sums,
    information,
    weights: [...process.weights, weight],
    starts: [...process.starts, process.information],
    offsets,
    spent: round(process.spent + weight, 7),
  };
}

/** The older of the two neighbours that are most alike in age; never the first, which is harm from the start. */
function nearestOf({ starts, information }: OnsetSlots): number {
  let nearest = 1;
  let least = Infinity;
  for (let i = 1; i + 1 < starts.length; i++) {
    const [older, younger] = [information - (starts[i] ?? 0), information - (starts[i + 1] ?? 0)];
    const ratio = older / Math.max(younger, Number.MIN_VALUE);
    if (ratio < least) [least, nearest] = [ratio, i];
  }
  return nearest;
}

/** With the slot at that place and the next as one. */
function mergeSlots(process: OnsetSlots, at: number): OnsetSlots {
  const [weights, starts, offsets] = [[...process.weights], [...process.starts], [...process.offsets]];
  const [a = 0, b = 0] = weights.slice(at);
  const [older = 0, younger = 0] = starts.slice(at);
  const bets = process.sums.length;
  const merged: number[] = [];
  const first = (at - 1) * bets;
  for (let i = first; i < first + bets; i++)
    merged.push(roundDown(logOfSum(offsets[i] ?? 0, offsets[i + bets] ?? 0), 3));
  weights.splice(at, 2, round(a + b, 7));
  starts.splice(at, 2, round((a * older + b * younger) / (a + b), 1));
  offsets.splice(first, 2 * bets, ...merged);
  const { sums, spent, information } = process;
  return { sums, spent, information, weights, starts, offsets };
}
