/**
 * ln of the likelihood ratio of "the candidate's cards are drawn with their odds multiplied by g" to "the arms do not
 * differ", given
 * which cards there were in all. A card's g depends on its category, so only the counts by category matter:
 *
 *     e = prod over candidate cards of g  /  mean of that product over all ways to choose the candidate's n of the N
 *     cards.
 *
 * Its mean is 1 when all choices are alike, whatever the cards are like: what the day does to both arms drops out, and
 * g may be
 * chosen from the pooled cards and all earlier ones. With two categories it is the noncentral hypergeometric ratio of
 * fisher-noncentral.ts. The mean is e_n(g) / C(N, n), e_n the elementary symmetric polynomial: multiplied out for a few
 * cards, else
 * read off by the saddle point of its generating function, with the second-order term, both for g and for g = 1.
 *
 * Reference: H. E. Daniels (1954), "Saddlepoint Approximations in Statistics", Annals of Mathematical Statistics 25(4),
 * equation 2.6;
 * R. D. Turner, A. Ly, P. Grunwald (2024), JSPI 230 (e-variables for exchangeable groups).
 * Worked number: candidate 2 of 2 cards in the category with g = 2, baseline 0 of 2: e = 4 / ((4 + 4 x 2 + 1) / 6) =
 * 24/13.
 */
export interface Category {
  readonly candidate: number;
  readonly both: number;
}

const MULTIPLIED_OUT = 6;
const MAX_POOLED = 4000;

export function logTiltEvidence(categories: readonly Category[], logTilts: readonly number[]): number {
  let [candidate, both, found, top] = [0, 0, 0, -Infinity];
  for (const log of logTilts) top = Math.max(top, log);
  for (let i = 0; i < categories.length; i++) {
    const category = categories[i];
    if (category === undefined) continue;
    candidate += category.candidate;
    both += category.both;
    found += category.candidate * ((logTilts[i] ?? 0) - top);
  }
  if (candidate === 0 || candidate === both) return 0;
  const tilts = logTilts.map((log) => Math.exp(log - top));
  const totals = categories.map((category) => category.both);
  return found - logMeanProduct(totals, tilts, candidate, both);
}

/**
 * ln of the mean product of the tilts over all choices of `n` of the cards; the fewer of chosen and left out are
 * counted.
 */
function logMeanProduct(totals: readonly number[], tilts: readonly number[], n: number, both: number): number {
  if (2 * n <= both) return logMeanOf(totals, tilts, n, both);
  const all = totals.reduce((sum, total, i) => sum + total * Math.log(tilts[i] ?? 1), 0);
  const low = Math.min(...tilts);
  return (
    all -
    (both - n) * Math.log(low) +
    logMeanOf(
      totals,
      tilts.map((tilt) => low / tilt),
      both - n,
      both,
    )
  );
}

function logMeanOf(totals: readonly number[], tilts: readonly number[], n: number, both: number): number {
  if (n <= MULTIPLIED_OUT && both <= MAX_POOLED) return Math.log(meanProduct(totals, tilts, n));
  return logCoefficient(totals, tilts, n) - logCoefficient([both], [1], n);
}

/**
 * The coefficient of z^n in prod (1 + g z)^total, multiplied out category by category, over the number of choices. All
 * terms are positive, and C(4000, 6) is no large number.
 */
function meanProduct(totals: readonly number[], tilts: readonly number[], n: number): number {
  const product = [1];
  for (let k = 1; k <= n; k++) product.push(0);
  let both = 0;
  for (let i = 0; i < totals.length; i++) {
    multiplyBy(product, totals[i] ?? 0, tilts[i] ?? 1);
    both += totals[i] ?? 0;
  }
  let choices = 1;
  for (let k = 0; k < n; k++) choices *= (both - k) / (k + 1);
  return (product[n] ?? 0) / choices;
}

/** The first coefficients of a product, times (1 + g z)^total, in place. */
function multiplyBy(product: number[], total: number, tilt: number): void {
  for (let k = product.length - 1; k > 0; k--) {
    let sum = product[k] ?? 0;
    for (let j = 1, power = 1; j <= Math.min(k, total); j++) {
      power *= ((total - j + 1) / j) * tilt;
      sum += power * (product[k - j] ?? 0);
    }
    product[k] = sum;
  }
}

/** ln of the coefficient of z^n in prod (1 + g z)^total. */
function logCoefficient(totals: readonly number[], tilts: readonly number[], n: number): number {
  let s = startOf(totals, tilts, n);
  let sums = cumulants(totals, tilts, s);
  for (let i = 0; i < 60 && Math.abs(sums.first - n) > 1e-9 * n; i++) {
    s -= Math.max(-2, Math.min(2, (sums.first - n) / Math.max(1e-12, sums.second)));
    sums = cumulants(totals, tilts, s);
  }
  const { second, third, fourth } = sums;
  const value = logProduct(totals, tilts, Math.exp(s));
  const variance = Math.max(1e-3, second);
  const correction = fourth / (8 * variance ** 2) - (5 * third ** 2) / (24 * variance ** 3);
  return value - n * s - 0.5 * Math.log(2 * Math.PI * variance) + Math.log1p(Math.max(-0.5, Math.min(0.5, correction)));
}

/** Where the mean would be reached if every tilt were the average one. */
function startOf(totals: readonly number[], tilts: readonly number[], n: number): number {
  const both = totals.reduce((sum, total) => sum + total, 0);
  const average = totals.reduce((sum, total, i) => sum + total * (tilts[i] ?? 1), 0) / both;
  return Math.log(n / (both - n)) - Math.log(average);
}

function cumulants(totals: readonly number[], tilts: readonly number[], s: number) {
  let [first, second, third, fourth] = [0, 0, 0, 0];
  const z = Math.exp(s);
  for (let i = 0; i < totals.length; i++) {
    const total = totals[i] ?? 0;
    const odds = (tilts[i] ?? 1) * z;
    const p = odds / (1 + odds);
    const pq = p * (1 - p);
    first += total * p;
    second += total * pq;
    third += total * pq * (1 - 2 * p);
    fourth += total * pq * (1 - 6 * pq);
  }
  return { first, second, third, fourth };
}

/** ln of prod (1 + g z)^total. */
function logProduct(totals: readonly number[], tilts: readonly number[], z: number): number {
  let sum = 0;
  for (let i = 0; i < totals.length; i++) sum += (totals[i] ?? 0) * Math.log1p((tilts[i] ?? 1) * z);
  return sum;
}
