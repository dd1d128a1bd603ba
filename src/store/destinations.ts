/** Which destinations get a row of the outbox for each event, and who may send them. */
import type { Queryable } from './database.ts';

/** From now on each new event is also for these, and for no others. */
export async function setDestinations(db: Queryable, names: readonly string[]): Promise<void> {
  await db.query(
    `with known as (
       insert into destinations as d (name, enabled) select name, true from unnest($1::text[]) as name
       on conflict (name) do update set enabled = true where not d.enabled
     )
     update destinations set enabled = false where enabled and name <> all($1::text[])`,
    [names],
  );
}

/** Adds without taking any away: an events service may not know all of them. */
export async function addDestinations(db: Queryable, names: readonly string[]): Promise<void> {
  if (names.length === 0) return;
  await db.query(
    `insert into destinations as d (name, enabled) select name, true from unnest($1::text[]) as name
     on conflict (name) do update set enabled = true where not d.enabled`,
    [names],
  );
}

export interface LeaseRequest {
  readonly name: string;
  /** `<process>/<which of its>`. */
  readonly holder: string;
  readonly ttlMs: number;
  /** The store has one owner (embedded): the lease of another process is that of a dead one. */
  readonly ownsStore: boolean;
}

/**
 * Takes the lease, or renews it; null while somebody else holds it. The epoch grows whenever the holder changes, so
 * that what an
 * earlier one left under way can be told. Times are the database's: clocks of machines differ.
 */
export async function takeLease(
  db: Queryable,
  { name, holder, ttlMs, ownsStore }: LeaseRequest,
): Promise<number | null> {
  const [row] = await db.query<{ epoch: number }>(
    `insert into leases as l (name, holder, epoch, expires_at) values ($1, $2, 1, clock_timestamp() + $3::bigint * interval '1 ms')
     on conflict (name) do update set holder = excluded.holder, expires_at = excluded.expires_at,
       epoch = l.epoch + (l.holder <> excluded.holder)::int
     where l.holder = excluded.holder or l.expires_at < clock_timestamp()
       or ($4::boolean and split_part(l.holder, '/', 1) <> split_part(excluded.holder, '/', 1))
     returning epoch`,
    [name, holder, ttlMs, ownsStore],
  );
  return row?.epoch ?? null;
}

/** Another may take it at once. */
export async function releaseLease(
  db: Queryable,
  { name, holder }: Pick<LeaseRequest, 'name' | 'holder'>,
): Promise<void> {
  await db.query(`update leases set expires_at = '-infinity' where name = $1 and holder = $2`, [name, holder]);
}
