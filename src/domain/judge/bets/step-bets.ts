/**
 * Bets on "the candidate's quantile is at or beyond the margin" where the baseline takes few values, so that a quantile is
 * one of them: a candidate just like the baseline passes the margin by a whole step, and no comparison of exceedances
 * with the baseline's own can show it.
 *
 * With a the remembered p-quantile and L one margin beyond it: if the baseline's quantile is a or worse, the claim says
 * that at least 1 - p of the candidate's cards lie at L or beyond; if it is better than a, at most 1 - p of the
 * baseline's lie at a or beyond. Either is bet against by its own arm's cards (a binomial likelihood ratio, at the
 * remembered share), and one of the two is an e-value whatever the baseline's quantile is, so that the lesser of them is.
 *
 * Reference: S. Howard, A. Ramdas (2022), Bernoulli 28(3), section 2; R. Berger (1982), Technometrics 24(4) (the lesser of
 * several). Worked number: p = 0.5, 70 % of the remembered cards at a or beyond and 30 % at L: a block of 10 and 10 cards,
 * 7 and 3 of them: both (0.7 / 0.5)^7 (0.3 / 0.5)^3 = 2.28.
 */
import { isFewValued } from '../maths/bin-spans.ts';
import type { Quantity } from './quantity.ts';
import { clamp } from '../maths/log-math.ts';
import { countAbove, quantileBin } from '../maths/sketch.ts';
import type { SketchedCards } from '../maths/sketch.ts';

/** Of the way from 1 - p to the remembered share. */
const PARTS = [1, 0.5] as const;
/** Nearer to it there is nothing to bet on. */
const MIN_APART = 0.03;
const EDGE = 0.005;

/** ln e-values for one block, values turned so that higher is worse; null where the remembered ones are not few. */
export function stepBets(
  { grid, worsen }: Quantity,
  arms: { readonly baseline: SketchedCards; readonly candidate: SketchedCards },
  memory: SketchedCards,
  quantile: number,
): readonly number[] | null {
  const step = quantileBin(memory.sketch, quantile);
  if (step === null || !isFewValued(memory.sketch)) return null;
  const limit = grid.binOf(worsen(grid.valueAt(step, 0)));
  const beyond = 1 - quantile;
  const [atStep, atLimit] = [shareFrom(memory, step), shareFrom(memory, limit)];
  if (limit === step || atStep < beyond + MIN_APART * beyond || atLimit > beyond - MIN_APART * beyond) return null;
  return PARTS.map((part) => {
    const at = (share: number): number => clamp(beyond + part * (share - beyond), EDGE * beyond, 1 - EDGE);
    return Math.min(
      logBinomialRatio(arms.candidate, limit, at(atLimit), beyond),
      logBinomialRatio(arms.baseline, step, at(atStep), beyond),
    );
  });
}

function shareFrom({ cards, sketch }: SketchedCards, bin: number): number {
  return (countAbove(sketch, bin - 1) + 0.5) / (cards + 1);
}

function logBinomialRatio({ cards, sketch }: SketchedCards, from: number, bet: number, claimed: number): number {
  const hits = countAbove(sketch, from - 1);
  return hits * Math.log(bet / claimed) + (cards - hits) * Math.log((1 - bet) / (1 - claimed));
}
