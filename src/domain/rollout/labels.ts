const UNITS: readonly (readonly [string, number])[] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
];

/** Largest unit that divides the duration with at most one decimal: 90_000 -> `1.5m`, 250 -> `250ms`. */
export function duration(ms: number): string {
  for (const [unit, size] of UNITS) {
    const value = ms / size;
    if (value >= 1) return `${Number(value.toFixed(1))}${unit}`;
  }
  return '0s';
}
