/** The decision record: everything the judge was shown, so that every verdict can be taken again. */
import { gunzipSync, gzipSync } from 'node:zlib';
import type { Look } from '../domain/judge/types.ts';
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
    'insert into decision_looks (rollout_id, cursor, from_cursor, looks) values ($1, $2, $3, $4) on conflict (rollout_id, cursor) do nothing',
    [rolloutId, cursor, fromCursor, gzipSync(JSON.stringify(looks)).toString('base64')]);
}

interface Row {
  readonly cursor: number;
  readonly fromCursor: number;
  readonly looks: string;
}

/** The looks that led to `cursor`, oldest first: the chain of rows back from it, so that a second watcher's leftovers do not count. */
export async function looksUpTo(db: Queryable, rolloutId: string, cursor: number): Promise<Look[]> {
  const rows = await db.query<Row>(
    'select cursor, from_cursor as "fromCursor", looks from decision_looks where rollout_id = $1 and cursor <= $2::bigint order by cursor desc', [rolloutId, cursor]);
  const chain: Row[] = [];
  for (const row of rows) {
    const wanted = chain.at(-1)?.fromCursor ?? cursor;
    if (row.cursor === wanted) chain.push(row);
  }
  return chain.toReversed().flatMap(({ looks }) => JSON.parse(gunzipSync(Buffer.from(looks, 'base64')).toString('utf8')) as Look[]);
}
