/**
 * Acts that were refused are on record, but a flood of them must neither fill the audit log nor a workflow's history.
 */
import type { Refusals } from './state.ts';

/** So many are told one by one; then they are counted. */
export const MAX_TOLD = 20;
const MAX_LATELY = 20;
const LATELY_MS = 10 * 60_000;

export function oneMore({ count, latelyAtMs }: Refusals, atMs: number): Refusals {
  return { count: count + 1, latelyAtMs: [...latelyAtMs, atMs].slice(-MAX_LATELY) };
}

/** What is refused from now on is not looked into any more: it is not possible, and enough of that is on record. */
export function isToldEnough({ count }: Refusals): boolean {
  return count >= MAX_TOLD;
}

/** Until when nobody is asked who may, ms since the epoch; null: as ever. */
export function floodEndsAtMs({ latelyAtMs }: Refusals, nowMs: number): number | null {
  const [first] = latelyAtMs;
  if (latelyAtMs.length < MAX_LATELY || first === undefined || nowMs >= first + LATELY_MS) return null;
  return first + LATELY_MS;
}
