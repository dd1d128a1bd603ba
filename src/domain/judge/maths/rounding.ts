/** Fewer digits, to keep the state small. */

export function round(value: number, decimals: number): number {
  const parts = 10 ** decimals;
  return Math.round(value * parts) / parts;
}

/** Of a log e-value, or of a prior's weight, less is always valid. */
export function roundDown(value: number, decimals: number): number {
  const parts = 10 ** decimals;
  return Math.floor(value * parts) / parts;
}
