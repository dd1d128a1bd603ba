/**
 * The largest share that a record is compatible with, one-sided: Wilson's score bound, for so many effective cards.
 * Reference: E. B. Wilson (1927), "Probable inference, the law of succession, and statistical inference", JASA 22.
 * Worked number: 0 of
 * 100, z = 1.645: 2.706 / 102.706 = 2.6 %.
 */
export function upperShare(share: number, effectiveCards: number, z: number): number {
  const n = effectiveCards;
  const middle = share + (z * z) / (2 * n);
  const half = z * Math.sqrt((share * (1 - share)) / n + (z * z) / (4 * n * n));
  return Math.min(1, (middle + half) / (1 + (z * z) / n));
}
