/** The decision record: everything the judge was shown, so that every verdict can be taken again. */
import type { Look } from '../domain/judge/types.ts';
import { chainFrom, chainTo, packed } from './chain.ts';
import type { Link } from './chain.ts';
import type { Queryable } from './database.ts';

export interface SavedLooks {
  readonly rolloutId: string;
  readonly fromCursor: number;
  readonly cursor: number;
  readonly looks: readonly Look[];
}

/** Does nothing when nothing was taken. A repeat, by a second watcher or after a crash, changes nothing. */
export async function saveLooks(db: Queryable, { rolloutId, fromCursor, cursor, looks }: SavedLooks): Promise<void> {
  if (looks.length === 0) return;
  await db.query(
    'insert into decision_looks (rollout_id, cursor, from_cursor, looks) values ($1, $2, $3, $4) on conflict ' +
      '(rollout_id, cursor) do nothing',
    [rolloutId, cursor, fromCursor, packed(looks)],
  );
}

/** The looks that led to `cursor`, oldest first. */
export async function looksUpTo(db: Queryable, rolloutId: string, cursor: number): Promise<Look[]> {
  const rows = await db.query<Link>(
    'select cursor, from_cursor as "fromCursor", looks as items from decision_looks where rollout_id = $1 and ' +
      'cursor <= $2::bigint order by cursor desc',
    [rolloutId, cursor],
  );
  return chainTo<Look>(rows, cursor);
}

/**
 * The looks kept after `cursor`, oldest first, and the cursor they lead to: what a watch took and had no time to keep
 * the judge's state of.
 */
export async function looksAfter(
  db: Queryable,
  rolloutId: string,
  cursor: number,
): Promise<{ readonly items: readonly Look[]; readonly cursor: number }> {
  const rows = await db.query<Link>(
    'select cursor, from_cursor as "fromCursor", looks as items from decision_looks where rollout_id = $1 and ' +
      'from_cursor >= $2::bigint order by from_cursor, cursor',
    [rolloutId, cursor],
  );
  const chain = chainFrom(rows, cursor);
  return { ...chain, items: chain.items as Look[] };
}
