import { logBinomial } from './binomial.ts';

/** A look's cards by arm and by a yes/no outcome. Whole numbers, `hits <= cards` in each arm. */
export interface TwoByTwo {
  readonly baselineHits: number;
  readonly baselineCards: number;
  readonly candidateHits: number;
  readonly candidateCards: number;
}

/**
 * ln of P(table; odds ratio psi) / P(table; odds ratio 1), both conditional on all margins of the table, given ln psi.
 *
 * Given the margins the candidate's hits follow Fisher's noncentral hypergeometric distribution, which knows the odds
 * ratio and nothing of the base rate: whatever the day does to both arms drops out. The ratio is an e-variable for
 * "psi <= 1" when psi > 1 (and mirrored), because the family has a monotone likelihood ratio. Summed exactly from the
 * mode outwards, at most some ten standard deviations either way, so the cost grows with the root of the counts.
 *
 * Reference: J. Liao, O. Rosen (2001), "Fast and Stable Algorithms for Computing and Sampling From the Noncentral
 * Hypergeometric Distribution", The American Statistician 55(4), 366-369, section 2 (mode and recursion).
 * Worked number: candidate 2 of 2, baseline 0 of 2, psi = 2: P(2; 2) = 4/(1 + 8 + 4), P(2; 1) = 1/6, ratio 24/13.
 */
export function logOddsEvidence(table: TwoByTwo, logPsi: number): number {
  const { candidateCards, baselineCards } = table;
  const hits = table.candidateHits + table.baselineHits;
  const total = candidateCards + baselineCards;
  if (candidateCards === 0 || baselineCards === 0 || hits === 0 || hits === total) return 0;
  const psi = Math.exp(logPsi);
  const mode = modeOf(candidateCards, baselineCards, hits, psi);
  const share = hits / total;
  const logCentral =
    logBinomial(mode, candidateCards, share) +
    logBinomial(hits - mode, baselineCards, share) -
    logBinomial(hits, total, share);
  return (
    (table.candidateHits - mode) * logPsi -
    logCentral -
    Math.log(massAroundMode(candidateCards, baselineCards, hits, psi, mode))
  );
}

/** Most likely number of candidate hits (Liao and Rosen, equation for the mode), inside its support. */
function modeOf(candidate: number, baseline: number, hits: number, psi: number): number {
  const low = Math.max(0, hits - baseline);
  const high = Math.min(candidate, hits);
  const a = psi - 1;
  const b = -((hits + candidate + 2) * psi + baseline - hits);
  const c = psi * (candidate + 1) * (hits + 1);
  const root = Math.sqrt(Math.max(0, b * b - 4 * a * c));
  // Of the two equal forms, the one that subtracts nothing.
  const solution = b <= 0 ? (2 * c) / (root - b) : -(b + root) / (2 * a);
  return Math.min(high, Math.max(low, Math.floor(solution)));
}

/**
 * Sum over the support of P(k; psi) / P(mode; psi). Terms fall on both sides of the mode, faster than geometrically in
 * the end.
 */
function massAroundMode(candidate: number, baseline: number, hits: number, psi: number, mode: number): number {
  const negligible = 1e-18;
  let sum = 1;
  for (let k = mode, term = 1; k < Math.min(candidate, hits) && term > negligible * sum; k++) {
    term *= (psi * (candidate - k) * (hits - k)) / ((k + 1) * (baseline - hits + k + 1));
    sum += term;
  }
  for (let k = mode, term = 1; k > Math.max(0, hits - baseline) && term > negligible * sum; k--) {
    term *= (k * (baseline - hits + k)) / (psi * (candidate - k + 1) * (hits - k + 1));
    sum += term;
  }
  return sum;
}
