import { boundLog, LOG_BOUND, logSumExp, safeLog } from './log-math.ts';

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
  /** Oldest first. */
  readonly slots: readonly OnsetSlot[];
  /** Onset weight given out so far, 0..1. */
  readonly spent: number;
  /** Information behind `spent`: effective cards. */
  readonly information: number;
}

interface OnsetSlot {
  readonly weight: number;
  /** Information since the onset. */
  readonly information: number;
  /** ln of (weight x e-process) of each bet. */
  readonly logs: readonly number[];
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

export const noOnsets: OnsetSlots = { slots: [], spent: 0, information: 0 };

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
  const spent = spentBefore(process.information, prior);
  const weight = spent - process.spent;
  const fresh: OnsetSlot = { weight, information: 0, logs: logEvidence.map(() => safeLog(weight)) };
  const slots = [...process.slots, ...(weight > 0 ? [fresh] : [])].map((slot) => ({
    weight: slot.weight,
    information: slot.information + information,
    logs: slot.logs.map((log, i) => boundLog(log + (logEvidence[i] ?? 0))),
  }));
  return {
    slots: slots.length > most ? mergeNearest(slots) : slots,
    spent,
    information: process.information + information,
  };
}

/** ln M for prior weights of the bets (of sum 1) and a design effect for each. */
export function logValueOf(
  process: OnsetSlots,
  weights: readonly number[],
  designEffects: readonly number[] = [],
): number {
  const terms = process.slots.flatMap(({ weight, information, logs }) => {
    const part = process.information === 0 ? 0 : information / process.information;
    return logs.map((log, i) => {
      const temper = 1 + (Math.max(1, designEffects[i] ?? 1) - 1) * part;
      return safeLog(weights[i] ?? 0) + safeLog(weight) + (log - safeLog(weight)) / temper;
    });
  });
  return logSumExp([...terms, safeLog(1 - process.spent)]);
}

/** Onset weight given out when so much information was gathered; rises to 1. */
function spentBefore(information: number, { fromTheStart, spreadFrom, spreadUntil }: OnsetPrior): number {
  const spread = Math.min(1, Math.log1p(information / spreadFrom) / Math.log1p(spreadUntil / spreadFrom));
  const late = 1 - 1 / (1 + Math.log1p(information / spreadUntil));
  return fromTheStart + (1 - fromTheStart - FOR_LATER) * spread + FOR_LATER * late;
}

/** Merges the two neighbours that are most alike in age; never the first, which is harm from the start. */
function mergeNearest(slots: readonly OnsetSlot[]): readonly OnsetSlot[] {
  let best = 1;
  let least = Infinity;
  for (let i = 1; i + 1 < slots.length; i++) {
    const [older, younger] = [slots[i]?.information ?? 0, slots[i + 1]?.information ?? 0];
    const ratio = older / Math.max(younger, Number.MIN_VALUE);
    if (ratio < least) [least, best] = [ratio, i];
  }
  return slots.flatMap((slot, i) => {
    const next = slots[i + 1];
    if (i === best && next !== undefined) return [mergeSlots(slot, next)];
    return i === best + 1 ? [] : [slot];
  });
}

function mergeSlots(a: OnsetSlot, b: OnsetSlot): OnsetSlot {
  const weight = a.weight + b.weight;
  return {
    weight,
    information: (a.weight * a.information + b.weight * b.information) / weight,
    logs: a.logs.map((log, i) => logSumExp([log, b.logs[i] ?? -LOG_BOUND])),
  };
}
