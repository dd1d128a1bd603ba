/**
 * Events of live conversations that came by HTTP, for whoever follows their queues. They are kept for a minute and no
 * longer, whether somebody has read them or not.
 */
import type { Queryable } from './database.ts';
import { LOCKS } from './locks.ts';
import { jsonText } from './values.ts';

/** Payload: empty; there is news. */
export const LIVE_EVENTS_CHANNEL = 'live_events';

export interface LiveEventRow {
  /** Of the source; the same event twice is one. */
  readonly id: string;
  readonly topic: string;
  readonly body: unknown;
  /** When the source says that it happened. */
  readonly toldAt: Date;
}

export interface ReadLiveEvent extends LiveEventRow {
  readonly seq: number;
  /** Since it came. */
  readonly ageMs: number;
}

const KEPT = "interval '60 seconds'";

/** Answers how many are new. Sequence numbers are in the order of the commits, so that a reader misses none. */
export async function addLiveEvents(db: Queryable, events: readonly LiveEventRow[]): Promise<number> {
  if (events.length === 0) return 0;
  const [row] = await db.query<{ added: number }>(ADD, [
    jsonText(events.map(({ id, topic, body, toldAt }) => ({ id, topic, body, toldAt }))),
    LOCKS.liveEvents,
  ]);
  return row?.added ?? 0;
}

const ADD = `
with locked as materialized (
  select pg_advisory_xact_lock($2::bigint)
), added as (
  insert into live_events (id, topic, body, told_at, received_at)
  select g.id, g.topic, g.body, g."toldAt", clock_timestamp()
  from locked, jsonb_to_recordset($1::jsonb) as g (id text, topic text, body jsonb, "toldAt" timestamptz)
  on conflict (id) do nothing
  returning seq
), told as (
  select pg_notify('${LIVE_EVENTS_CHANNEL}', '') from (select 1 from added limit 1) as any_added
)
select (select count(*) from told) as told, (select count(*) from added)::int as added`;

/** Where a reader begins that wants only what comes from now on. */
export async function lastLiveEvent(db: Queryable): Promise<number> {
  const [row] = await db.query<{ seq: number }>('select coalesce(max(seq), 0)::bigint as seq from live_events');
  return row?.seq ?? 0;
}

export async function readLiveEvents(db: Queryable, afterSeq: number, limit: number): Promise<ReadLiveEvent[]> {
  return db.query<ReadLiveEvent>(
    `select seq, id, topic, body, told_at as "toldAt",
       (extract(epoch from clock_timestamp() - received_at) * 1000)::float8 as "ageMs"
     from live_events where seq > $1::bigint order by seq limit $2::bigint`,
    [afterSeq, limit],
  );
}

export async function sweepLiveEvents(db: Queryable): Promise<void> {
  await db.query(`delete from live_events where received_at < clock_timestamp() - ${KEPT}`);
}
