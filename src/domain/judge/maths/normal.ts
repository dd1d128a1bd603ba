/**
 * The standard normal distribution's quantile, to about 1e-7.
 * Reference: M. J. Wichura (1988), "Algorithm AS 241: The Percentage Points of the Normal Distribution", Applied
 * Statistics 37(3) (PPND7).
 * Worked number: quantile(0.975) = 1.959964.
 */
export function normalQuantile(quantile: number): number {
  const q = quantile - 0.5;
  if (Math.abs(q) <= 0.425) {
    const r = 0.180625 - q * q;
    return (
      (q * (((59.10937472 * r + 159.29113202) * r + 50.434271938) * r + 3.3871327179)) /
      (((67.1875636 * r + 78.757757664) * r + 17.895169469) * r + 1)
    );
  }
  const tail = Math.sqrt(-Math.log(Math.max(1e-300, q < 0 ? quantile : 1 - quantile)));
  const size = tail <= 5 ? nearTail(tail - 1.6) : farTail(tail - 5);
  return q < 0 ? -size : size;
}

function nearTail(r: number): number {
  return (
    (((0.17023821103 * r + 1.3067284816) * r + 2.75681539) * r + 1.4234372777) /
    ((0.12021132975 * r + 0.7370016425) * r + 1)
  );
}

function farTail(r: number): number {
  return (
    (((0.017337203997 * r + 0.42868294337) * r + 3.081226386) * r + 6.657905115) /
    ((0.012258202635 * r + 0.24197894225) * r + 1)
  );
}

/**
 * P(Z > z), to 1.2e-7 of its own size however small.
 * Reference: W. Press et al., "Numerical Recipes", section 6.2 (Chebyshev fit of erfc). Worked number: tail(1.959964) =
 * 0.025.
 */
export function normalTail(z: number): number {
  const x = Math.abs(z) / Math.SQRT2;
  const t = 1 / (1 + 0.5 * x);
  let series = 0;
  for (let i = ERFC.length - 1; i >= 0; i--) series = series * t + (ERFC[i] ?? 0);
  const tail = 0.5 * t * Math.exp(-x * x + series);
  return z >= 0 ? tail : 1 - tail;
}

const ERFC = [
  -1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587, -0.82215223,
  0.17087277,
] as const;
