import { boundLog, LOG_BOUND, logSumExp, safeLog } from './log-math.ts';

/**
 * An e-process for "something is wrong since some moment", mixed over effects (components) and over moments of onset.
 *
 * With e_t the e-values of one component and w_t >= 0 onset weights of sum <= 1, each known before block t's outcomes,
 *
 *     S_t = (S_{t-1} + w_t) e_t        M_t = S_t + (1 - w_1 - ... - w_t)
 *
 * is a nonnegative martingale from 1 under the null, so P(ever M_t >= 1/alpha) <= alpha (Ville). S_t holds every onset
 * at once: nothing is kept per onset. Half of the weight is on harm from the start, the rest is spread over ln(cards),
 * so that harm after 10 000 cards costs a few nats more than harm after 100.
 *
 * References: J. Ville (1939); J. Shin, A. Ramdas, A. Rinaldo (2023), "E-detectors: a nonparametric framework for
 * sequential change detection", NEJSDS 2(2), section 2 (SR recursion; here with budgeted weights, so that it stays an
 * e-process). Worked number: two blocks of e = 3, one component, no cards between: weights 1/2 and 0,
 * S = 1/2 * 9 = 4.5, M = 5.0.
 */
export interface OnsetMixture {
  /** ln S of each component. */
  readonly logSums: readonly number[];
  /** Onset weight given out so far, 0..1. */
  readonly spent: number;
  /** Cards behind `spent`, in units of one balanced pair's worth: baseline x candidate / both. */
  readonly effectiveCards: number;
}

const FROM_THE_START = 0.5;
const FIRST_SPREAD = 50;

export function startOnsetMixture(components: number): OnsetMixture {
  return { logSums: Array.from({ length: components }, () => -LOG_BOUND), spent: 0, effectiveCards: 0 };
}

/** One block: `logEvidence[i]` is ln e of component i; `effectiveCards` are those of this block. */
export function stepOnsetMixture(process: OnsetMixture, logEvidence: readonly number[], effectiveCards: number): OnsetMixture {
  const spent = spentBefore(process.effectiveCards);
  const logWeight = safeLog(spent - process.spent);
  const logSums = process.logSums.map((log, i) => boundLog(logSumExp([log, logWeight]) + (logEvidence[i] ?? 0)));
  return { logSums, spent, effectiveCards: process.effectiveCards + effectiveCards };
}

/** ln M for the given prior weights of the components (of sum 1). */
export function logValueOf(process: OnsetMixture, weights: readonly number[]): number {
  const components = process.logSums.map((log, i) => log + safeLog(weights[i] ?? 0));
  return logSumExp([...components, safeLog(1 - process.spent)]);
}

function spentBefore(effectiveCards: number): number {
  return 1 - (1 - FROM_THE_START) / (1 + Math.log1p(effectiveCards / FIRST_SPREAD));
}
