/**
 * How much evidence of harm is asked for.
 *
 * Ville's inequality promises P(ever e >= 1/alpha) <= alpha, and an e-process of looks spends about a third of that: a
 * look overshoots the
 * threshold, bets on one metric overlap, and weight lies on onsets that never come. So harm is said from 1/(c alpha)
 * on, c = 1.6 for a
 * usual budget. The promise that holds for any stream is then c alpha. That false rollbacks stay at or below alpha is
 * measured, over the
 * tolerable scenarios of `npm run bench:judge-calibration` (docs/judge.md has the table); beyond a budget of 0.1 the slack
 * shrinks, and
 * c falls to 1 with it.
 *
 * Worked number: alpha 0.04 in all: harm from e = 1 / (1.6 x 0.04) = 15.6 on, instead of 25.
 */
const MAX_SLACK = 1.6;
const USUAL_ALPHA = 0.1;

/** c for a budget of `alpha`, 0..1: 1 to 1.6. */
export function slackOf(alpha: number): number {
  const left = Math.min(1, Math.max(0, 1 - alpha) / (1 - USUAL_ALPHA));
  return 1 + (MAX_SLACK - 1) * left ** 4;
}

/** ln(1/alpha): what an e-value must reach. */
export function thresholdOf(alpha: number): number {
  return -Math.log(alpha);
}

/** What ln e must reach for harm, for a part `alpha` of a budget of `budget` in all. */
export function harmThresholdOf(alpha: number, budget: number): number {
  return -Math.log(alpha) - Math.log(slackOf(budget));
}
