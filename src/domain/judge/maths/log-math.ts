/** Sums of numbers that are kept as natural logarithms. */

/**
 * Stands for ln 0 and bounds every stored logarithm, because plain JSON has no infinities. e^-700 is still a normal
 * double.
 */
export const LOG_BOUND = 700;

/** ln of a sum of exponentials; `-LOG_BOUND` for an empty list. Never overflows. */
export function logSumExp(logs: readonly number[]): number {
  let top = -LOG_BOUND;
  for (const log of logs) top = Math.max(top, log);
  let sum = 0;
  for (const log of logs) sum += Math.exp(log - top);
  return sum === 0 ? -LOG_BOUND : boundLog(top + Math.log(sum));
}

/** ln of the sum of two exponentials, of any size. */
export function logOfSum(a: number, b: number): number {
  return Math.max(a, b) + Math.log1p(Math.exp(-Math.abs(a - b)));
}

/** The nearest finite stored logarithm; a NaN (which no caller should make) counts as "no evidence", ln 1. */
export function boundLog(log: number): number {
  if (Number.isNaN(log)) return 0;
  return Math.min(LOG_BOUND, Math.max(-LOG_BOUND, log));
}

export function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}

/** ln 0 as it is stored. */
export function safeLog(value: number): number {
  return value <= 0 ? -LOG_BOUND : boundLog(Math.log(value));
}
