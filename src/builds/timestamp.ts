/** An instant as Temporal's server writes it. */
export interface Timestamp {
  readonly seconds?: number | string | { toString(): string } | null;
  readonly nanos?: number | null;
}

/** ms since the epoch. */
export function timestampMs({ seconds, nanos }: Timestamp): number {
  return Number((seconds ?? 0).toString()) * 1000 + Math.floor((nanos ?? 0) / 1e6);
}
