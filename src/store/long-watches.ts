/** The watch after promotion: the version's own record, where the watch stands, and every card that it was shown. */
import type { LongWatchRecord } from '../domain/long-watch/retake.ts';
import type { LongWatchReport, OwnRecord, WatchedCard } from '../domain/long-watch/types.ts';
import { chainTo, packed } from './chain.ts';
import type { Link } from './chain.ts';
import type { Database, Queryable } from './database.ts';

export interface StoredLongWatch {
  readonly rolloutId: string;
  /** Last `seq` of the exposures that the watch has seen. */
  readonly cursor: number;
  readonly own: OwnRecord;
  /** The watcher's memory around the state; plain JSON. */
  readonly state: object;
  readonly report: LongWatchReport;
  readonly updatedAt: Date;
}

export interface SavedLongWatch extends StoredLongWatch {
  /** The cards that led here from there; none: only the report is news. */
  readonly fromCursor: number;
  readonly cards: readonly WatchedCard[];
}

/**
 * In one transaction, so that no card is counted twice or missed. A watcher that lost its lease never turns it back.
 */
export async function saveLongWatch(db: Database, saved: SavedLongWatch): Promise<void> {
  const { rolloutId, cursor, fromCursor, cards } = saved;
  await db.tx(async (trx) => {
    if (cursor > fromCursor) {
      await trx.query(
        'insert into long_watch_cards (rollout_id, cursor, from_cursor, cards) values ($1, $2, $3, $4) on ' +
          'conflict (rollout_id, cursor) do nothing',
        [rolloutId, cursor, fromCursor, packed(cards)],
      );
    }
    await trx.query(
      `insert into long_watches (rollout_id, cursor, own_record, state, report, updated_at)
       values ($1, $2, $3, $4, $5, $6)
       on conflict (rollout_id) do update set cursor = excluded.cursor, state = excluded.state,
         report = excluded.report, updated_at = excluded.updated_at
       where long_watches.cursor <= excluded.cursor`,
      [rolloutId, cursor, saved.own, saved.state, saved.report, saved.updatedAt],
    );
  });
}

export async function loadLongWatch(db: Queryable, rolloutId: string): Promise<StoredLongWatch | null> {
  const [row] = await db.query<StoredLongWatch>(
    'select rollout_id as "rolloutId", cursor, own_record as own, state, report, updated_at as "updatedAt" from ' +
      'long_watches where rollout_id = $1',
    [rolloutId],
  );
  return row ?? null;
}

/** What the verdict can be taken from again; null where there was no long watch. */
export async function longWatchRecordOf(db: Queryable, rolloutId: string): Promise<LongWatchRecord | null> {
  const stored = await loadLongWatch(db, rolloutId);
  if (stored === null) return null;
  const rows = await db.query<Link>(
    'select cursor, from_cursor as "fromCursor", cards as items from long_watch_cards where rollout_id = $1 and ' +
      'cursor <= $2::bigint order by cursor desc',
    [rolloutId, stored.cursor],
  );
  return { own: stored.own, cards: chainTo<WatchedCard>(rows, stored.cursor), report: stored.report };
}
