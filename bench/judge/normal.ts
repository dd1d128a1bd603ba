/** The standard normal distribution, as far as the peers' rules, the bounds and the intervals need it. */

/**
 * P(Z <= z), by Abramowitz and Stegun (1964), "Handbook of Mathematical Functions", 7.1.26 (error below 1.5e-7).
 * Worked number: normalCdf(1.96) = 0.9750.
 */
export function normalCdf(z: number): number {
  const x = Math.abs(z) / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * x);
  const tail = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429)))) * Math.exp(-x * x);
  return z >= 0 ? 1 - tail / 2 : tail / 2;
}

/** The z with `normalCdf(z) = p`, by bisection. Worked number: normalQuantile(0.99) = 2.326. */
export function normalQuantile(p: number): number {
  let [low, high] = [-10, 10];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (normalCdf(middle) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** 95 % score interval of a share. Reference: E. B. Wilson (1927), JASA 22. Worked number: 10 of 200: 2.7 % to 9.0 %. */
export function wilson(hits: number, n: number): { readonly low: number; readonly high: number } {
  if (n === 0) return { low: 0, high: 1 };
  const z2 = 1.959964 ** 2;
  const share = hits / n;
  const middle = (share + z2 / (2 * n)) / (1 + z2 / n);
  const half = (Math.sqrt(z2) / (1 + z2 / n)) * Math.sqrt((share * (1 - share)) / n + z2 / (4 * n * n));
  return { low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}
