/** From when on a rollout's time is counted, as far as its log tells. */
import type { StoryEntry } from './entry.ts';

/**
 * ms since the epoch: of the last thing on record before the version was brought into the organisation. Cards count from
 * there on, and however long a planned start was waited for before, it is no part of the rollout. Null: it was not.
 */
export function beganAtMs(entries: readonly StoryEntry[]): number | null {
  const deploying = entries.findIndex(({ act }) => act === 'deploying');
  const before = entries[Math.max(0, deploying - 1)];
  return deploying < 0 || before === undefined ? null : Date.parse(before.at);
}
