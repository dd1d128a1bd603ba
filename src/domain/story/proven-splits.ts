/** The split over time as the organisation showed it, out of the log: while cards settle they do not tell it. */
import { beganAtMs } from './began.ts';
import type { SplitChange } from './course.ts';
import type { StoryEntry } from './entry.ts';

/** `percent` from `atMs` (ms since the rollout began) until the next. Empty: the log does not say. */
export function provenSplits(entries: readonly StoryEntry[]): readonly SplitChange[] {
  const beganMs = beganAtMs(entries);
  if (beganMs === null) return [];
  const changes: SplitChange[] = [];
  for (const { at, splitPercent: percent } of entries)
    if (percent !== undefined && percent !== changes.at(-1)?.percent)
      changes.push({ atMs: Math.max(0, Date.parse(at) - beganMs), percent });
  return changes;
}
