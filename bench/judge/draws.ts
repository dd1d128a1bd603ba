/** Draws that the scenarios need beyond uniform and normal. */
import type { Random } from '../../src/domain/shared/random.ts';

const CHUNK = 16;

/** Poisson, by multiplying uniforms (Knuth) in pieces small enough not to underflow. */
export function poisson(random: Random, mean: number): number {
  let count = 0;
  for (let left = mean; left > 0; left -= CHUNK) count += smallPoisson(random, Math.min(left, CHUNK));
  return count;
}

function smallPoisson(random: Random, mean: number): number {
  const limit = Math.exp(-mean);
  let count = -1;
  for (let product = 1; product > limit; count++) product *= random.next();
  return count;
}

/**
 * Beta with the given mean and intra-class correlation: alpha + beta = 1 / icc - 1, so two outcomes of one agent
 * correlate by icc.
 * Worked number: mean 0.2, icc 0.03: Beta(6.47, 25.87), standard deviation sqrt(0.03 * 0.16) = 0.069.
 */
export function betaByCorrelation(random: Random, mean: number, icc: number): number {
  const size = 1 / icc - 1;
  const hits = gamma(random, mean * size);
  return hits / (hits + gamma(random, (1 - mean) * size));
}

/**
 * Gamma with scale 1, by Marsaglia and Tsang (2000), "A simple method for generating gamma variables", ACM TOMS 26(3).
 */
function gamma(random: Random, shape: number): number {
  if (shape < 1) return gamma(random, shape + 1) * (1 - random.next()) ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = random.normal();
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(1 - random.next()) < (x * x) / 2 + d - d * v + d * Math.log(v)) return d * v;
  }
}
