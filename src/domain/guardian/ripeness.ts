/** Has it gone on long enough to be acted upon? */
import type { GuardianFinding } from './finding.ts';
import type { GuardianRules } from './seen.ts';

export type Ripeness = Pick<GuardianFinding, 'ripe' | 'ripeInMs'>;

export const RIPE: Ripeness = { ripe: true };

/** `sinceMs`: as Temporal tells it, ms since the epoch; 0: it does not. */
export function ripenessOf(sinceMs: number, nowMs: number, { frozenMs }: Pick<GuardianRules, 'frozenMs'>): Ripeness {
  if (sinceMs === 0) return RIPE;
  const ripeInMs = Math.max(0, sinceMs + frozenMs - nowMs);
  return { ripe: ripeInMs === 0, ripeInMs };
}
