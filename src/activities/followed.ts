/** Cards that were judged are looked at once more, for what came of them after they had settled. */
import type { Arm, FollowedCards } from '../domain/judge/types.ts';
import { awaitedBy } from '../domain/metrics/awaited.ts';
import { clusterOf, noCardArm, versionsOf } from '../domain/rollout/deployment.ts';
import type { Database } from '../store/database.ts';
import { readFollowed } from '../store/followed-cards.ts';
import type { WatchInput } from './types.ts';
import type { WatchMemory } from './watch-memory.ts';

/** For how long after it has settled a card is followed: four times as long as it took, ten minutes at most. */
const [FOLLOW_TIMES, MAX_FOLLOW_MS] = [4, 600_000];
const BATCH = 5000;

/** null: none is due. Where one arm shows no card there is nothing to compare. */
export async function followCards(
  db: Database,
  { deployment, policies, guardrails }: WatchInput,
  { followedSeq, cursor }: Pick<WatchMemory, 'followedSeq' | 'cursor'>,
  nowMs: number,
): Promise<FollowedCards | null> {
  if (noCardArm(deployment) !== null) return null;
  const cards = await readFollowed(db, {
    actionIds: versionsOf(deployment).map(({ id }) => id),
    afterSeq: followedSeq,
    upToSeq: cursor,
    nowMs,
    settleMs: policies.settleMs,
    followMs: Math.min(MAX_FOLLOW_MS, FOLLOW_TIMES * policies.settleMs),
    custom: awaitedBy(guardrails).custom,
    limit: BATCH,
  });
  const last = cards.at(-1);
  if (last === undefined) return null;
  const sums = new Map<string, { arm: Arm; agent: string; cards: number; late: number }>();
  for (const { actionId, late, ...card } of cards) {
    const agent = clusterOf(deployment, card);
    const arm = actionId === deployment.candidate?.id ? 'candidate' : 'baseline';
    const key = `${arm} ${agent}`;
    const sum = sums.get(key) ?? { arm, agent, cards: 0, late: 0 };
    sum.cards += 1;
    sum.late += late ? 1 : 0;
    sums.set(key, sum);
  }
  return { toSeq: last.seq, agents: [...sums.values()] };
}
