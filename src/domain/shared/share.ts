/** A share that was counted, with what it may be. */
export interface Share {
  readonly of: number;
  readonly hits: number;
  /** 95 % Wilson interval. */
  readonly low: number;
  readonly high: number;
}

export function shareOf<T>(all: readonly T[], holds: (one: T) => boolean): Share {
  const hits = all.filter(holds).length;
  return { of: all.length, hits, ...wilson(hits, all.length) };
}

/**
 * 95 % score interval of a share. Reference: E. B. Wilson (1927), JASA 22. Worked number: 10 of 200: 2.7 % to 9.0 %.
 */
export function wilson(hits: number, n: number): { readonly low: number; readonly high: number } {
  if (n === 0) return { low: 0, high: 1 };
  const z2 = 1.959964 ** 2;
  const share = hits / n;
  const middle = (share + z2 / (2 * n)) / (1 + z2 / n);
  const half = (Math.sqrt(z2) / (1 + z2 / n)) * Math.sqrt((share * (1 - share)) / n + z2 / (4 * n * n));
  // Exact where rounding is not.
  return { low: hits === 0 ? 0 : middle - half, high: hits === n ? 1 : middle + half };
}

/** The value that so large a part of them (0..1) lies below; null of none. */
export function quantileOf(values: readonly number[], part: number): number | null {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * part)] ?? null;
}

export function median(values: readonly number[]): number | null {
  return quantileOf(values, 0.5);
}
