/** That a judge is awake and has nothing new to keep is written down for all of this process at once. */
import type { Queryable } from '../store/database.ts';
import { touchJudgeStates } from '../store/judge-states.ts';

/** The guardian calls a rollout unwatched whose judge has kept nothing for two minutes. */
const TOGETHER_MS = 20_000;

const waiting = new WeakMap<Queryable, Map<string, number>>();

export function stillJudged(db: Queryable, rolloutId: string, atMs: number): void {
  const known = waiting.get(db);
  if (known !== undefined) return void known.set(rolloutId, atMs);
  const ids = new Map([[rolloutId, atMs]]);
  waiting.set(db, ids);
  const write = async (): Promise<void> => {
    waiting.delete(db);
    await touchJudgeStates(db, [...ids]);
  };
  // A store that is away shows in the watches themselves.
  setTimeout(() => void write().catch(() => undefined), TOGETHER_MS).unref();
}
