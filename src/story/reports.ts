/** Stories of rollouts on record, as reports ask for them. */
import type { Story } from '../domain/story/story.ts';

/** Of a rollout by its id, however many came after it; without one, of the action's newest. */
export type TellStory = (action: string, rolloutId?: string) => Promise<Story>;

/** Whoever opens a link in a message does so with others: its course is taken again once for all of them. */
const FRESH_MS = 15_000;
/** Of one that goes on: it may end in the next moment, and who is told of that must not read that it has not. */
const FRESH_UNENDED_MS = 1_000;
const MAX_KEPT = 20;

export function createReports(tell: TellStory, clock: () => number): TellStory {
  const kept = new Map<string, { untilMs: number; readonly story: Promise<Story> }>();
  return (action, rolloutId) => {
    const key = JSON.stringify([action, rolloutId ?? null]);
    const last = kept.get(key);
    if (last !== undefined && clock() < last.untilMs) return last.story;
    const story = tell(action, rolloutId);
    const atMs = clock();
    const mine = { untilMs: atMs + FRESH_UNENDED_MS, story };
    kept.set(key, mine);
    story.then(
      ({ rollout }) => {
        if (rollout.endedAt !== null) mine.untilMs = atMs + FRESH_MS;
      },
      () => kept.delete(key),
    );
    for (const oldest of kept.keys()) if (kept.size > MAX_KEPT) kept.delete(oldest);
    return story;
  };
}
