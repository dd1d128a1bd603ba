/**
 * An e-process against "the share of bad cards is expected to be at most m", whatever the cards of a block have to do
 * with each other.
 *
 * Bet i multiplies its wealth by 1 + (c_i / m) (Y - m) for a block whose share of bad cards is Y. If E[Y | past] <= m
 * that has mean at most
 * 1, for any distribution on [0, 1]: no variance is assumed, and the cards within a block may depend on each other as
 * they like. Wealth is
 * mixed over bets and over moments of onset, with weights fixed before the data: S_t = (S_{t-1} + w_t) e_t, and M_t =
 * sum of S + what is
 * not given out yet, is a nonnegative supermartingale from 1, so P(ever M_t >= 1 / alpha) <= alpha (J. Ville 1939). A
 * fifth of the weight is on
 * harm from the start, the rest is spread evenly over the time that the watch is planned to last.
 *
 * References: I. Waudby-Smith, A. Ramdas (2024), "Estimating means of bounded random variables by betting", JRSS-B
 * 86(1), sections 3 and 4;
 * J. Shin, A. Ramdas, A. Rinaldo (2023), "E-detectors", NEJSDS 2(2), section 2 (onsets, here with budgeted weights).
 * Worked number: m = 0.2, c = 0.5, blocks of 1 and 0: (1 + 2.5 x 0.8) (1 - 2.5 x 0.2) = 3 x 0.5 = 1.5.
 */
import { boundLog, LOG_BOUND, safeLog } from '../judge/maths/log-math.ts';
import type { TestEvidence } from './types.ts';

/**
 * Parts of the wealth that are at stake. Small ones find a rare evil that becomes a little less rare, large ones a
 * common one.
 */
const STAKES = [0.02, 0.06, 0.15, 0.35, 0.7, 0.95] as const;
const FROM_THE_START = 0.2;

export const noEvidence: TestEvidence = { logs: STAKES.map(() => -LOG_BOUND), spent: 0, peak: 0, cards: 0, bad: 0 };

export interface BlockShare {
  readonly cards: number;
  readonly bad: number;
  /** m: at most so large a share is expected under the null; at 1 there is nothing to bet against. */
  readonly bound: number;
  /** Part of the planned time that was over when the block began, 0..1. */
  readonly elapsed: number;
}

/** One more block; a block without cards changes nothing. */
export function bet({ logs, spent, peak, cards, bad }: TestEvidence, block: BlockShare): TestEvidence {
  const counted = { cards: cards + block.cards, bad: bad + block.bad };
  if (block.cards === 0 || block.bound >= 1 || block.bound <= 0) return { logs, spent, peak, ...counted };
  const spentNow = Math.max(spent, FROM_THE_START + (1 - FROM_THE_START) * Math.min(1, Math.max(0, block.elapsed)));
  const fresh = safeLog((spentNow - spent) / STAKES.length);
  const excess = block.bad / block.cards / block.bound - 1;
  const after = logs.map((log, i) => boundLog(logAdd(log, fresh) + Math.log(1 + (STAKES[i] ?? 0) * excess)));
  const now = after.reduce(logAdd, safeLog(1 - spentNow));
  return { logs: after, spent: spentNow, peak: Math.max(peak, now), ...counted };
}

function logAdd(a: number, b: number): number {
  return Math.max(a, b) + Math.log1p(Math.exp(-Math.abs(a - b)));
}
