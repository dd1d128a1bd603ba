/**
 * Nearest rank: the smallest value that at least `level` (0..1) of all values do not exceed. NaN when there is none.
 */
export function quantile(values: readonly number[], level: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(level * sorted.length) - 1)] ?? Number.NaN;
}
