/**
 * ln of the binomial probability P(X = x), X ~ Binomial(n, p), accurate for counts of 0 and of 10^9 alike.
 *
 * Loader's saddle-point form: no difference of large log-gammas, so nothing cancels.
 * Reference: C. Loader (2000), "Fast and Accurate Computation of Binomial Probabilities", equations 3-5.
 * Worked number: x = 2, n = 4, p = 0.5 -> ln(6/16) = -0.9808292530.
 */
export function logBinomial(x: number, n: number, p: number): number {
  if (x < 0 || x > n) return -Infinity;
  if (p <= 0) return x === 0 ? 0 : -Infinity;
  if (p >= 1) return x === n ? 0 : -Infinity;
  if (x === 0) return n * Math.log1p(-p);
  if (x === n) return n * Math.log(p);
  const saddle =
    stirlingError(n) - stirlingError(x) - stirlingError(n - x) - deviance(x, n * p) - deviance(n - x, n * (1 - p));
  return saddle - 0.5 * (Math.log(2 * Math.PI * x) + Math.log1p(-x / n));
}

/** ln n! minus Stirling's ln(sqrt(2 pi n) (n/e)^n), for whole n >= 1. */
function stirlingError(n: number): number {
  if (n <= 15) return logFactorial(n) - (0.5 * Math.log(2 * Math.PI * n) + n * Math.log(n) - n);
  const square = n * n;
  return (1 / 12 - (1 / 360 - (1 / 1260 - (1 / 1680 - 1 / 1188 / square) / square) / square) / square) / n;
}

function logFactorial(n: number): number {
  let product = 1;
  for (let i = 2; i <= n; i++) product *= i;
  return Math.log(product);
}

/** x ln(x / m) + m - x, by a series where x is near m (Loader's bd0). */
function deviance(x: number, m: number): number {
  if (Math.abs(x - m) >= 0.1 * (x + m)) return x * Math.log(x / m) + m - x;
  const v = (x - m) / (x + m);
  let sum = (x - m) * v;
  let term = 2 * x * v;
  for (let j = 1; ; j++) {
    term *= v * v;
    const next = sum + term / (2 * j + 1);
    if (next === sum) return sum;
    sum = next;
  }
}
