/** What could not be taken in, or not be forwarded: kept with the reason, to be looked at and tried again. */
import type { Queryable } from './database.ts';
import { OUTBOX_CHANNEL, takenBy } from './outbox.ts';

export type DeadLetterKind = 'intake' | 'forward';

export interface DeadLetter {
  readonly id: number;
  readonly kind: DeadLetterKind;
  readonly code: string;
  readonly reason: string;
  readonly receivedAt: Date;
  /** When the same came last, and how often it came. */
  readonly lastAt: Date;
  readonly times: number;
  /** Of the whole; more than is kept when it was cut. */
  readonly bodyBytes: number;
  readonly cut: boolean;
  readonly source: string | null;
  readonly destination: string | null;
  readonly eventId: string | null;
  readonly replayedAt: Date | null;
  /** What came of the replay. */
  readonly replay: string | null;
}

export interface RefusedPush {
  readonly source: string;
  readonly receivedAt: Date;
  readonly code: string;
  readonly reason: string;
  /** Of the whole body: the same refused again is the same dead letter. */
  readonly digest: string;
  /** What is kept. */
  readonly body: Uint8Array;
  /** Of the whole; that of `body` if absent. */
  readonly bodyBytes?: number;
}

const MAX_KEPT_BYTES = 64 * 1024;
/** Of pushes that were refused; the oldest make room. */
export const MAX_REFUSED_KEPT = 2_000;

/** All in one statement; resolves when they are durable. The same twice is one that came twice. */
export async function keepRefused(db: Queryable, pushes: readonly RefusedPush[]): Promise<void> {
  const column = <T>(of: (push: RefusedPush) => T): T[] => [...counted.values()].map(({ push }) => of(push));
  const counted = new Map<string, { push: RefusedPush; times: number }>();
  for (const push of pushes) counted.set(push.digest, { push, times: (counted.get(push.digest)?.times ?? 0) + 1 });
  await db.query(
    `with room as (
       delete from dead_letters where kind = 'intake' and id in (
         select id from dead_letters where kind = 'intake' order by id desc offset $9::bigint)
     )
     insert into dead_letters as l (kind, digest, code, reason, received_at, last_at, body, body_bytes, source, times)
     select 'intake', digest, code, reason, to_timestamp(received_ms / 1000), to_timestamp(received_ms / 1000), body,
       bytes, source, times::integer
     from unnest($1::text[], $2::text[], $3::text[], $4::float8[], $5::bytea[], $6::bigint[], $7::text[], $8::bigint[])
       as t (digest, code, reason, received_ms, body, bytes, source, times)
     on conflict (kind, digest) do update set times = l.times + excluded.times, last_at = excluded.last_at,
       code = excluded.code, reason = excluded.reason,
       replayed_at = null, replay = null`,
    [
      column(({ digest }) => digest),
      column(({ code }) => code),
      column(({ reason }) => reason),
      column(({ receivedAt }) => receivedAt.getTime()),
      column(({ body }) => body.subarray(0, MAX_KEPT_BYTES)),
      column(({ body, bodyBytes }) => bodyBytes ?? body.byteLength),
      column(({ source }) => source),
      [...counted.values()].map(({ times }) => times),
      Math.max(0, MAX_REFUSED_KEPT - counted.size),
    ],
  );
}

export interface Buried {
  readonly code: string;
  readonly reason: string;
  readonly at: Date;
  /** Of several receivers these have it. */
  readonly taken?: readonly string[] | undefined;
}

/** Gives up on a message: each of its rows becomes a dead letter, and what waited behind them goes on. */
export async function buryMessage(
  db: Queryable,
  message: { readonly destination: string; readonly id: string },
  why: Buried,
): Promise<void> {
  await db.query(
    `with gone as (
       delete from outbox where destination = $1 and message_id = $2 returning *
     ), logged as (
       update message_log m set given_up_at = $5::timestamptz, attempts = gone.attempts + 1, next_try_at = null,
         problem = $4
       from gone where m.destination = $1 and m.key = gone.key
     )
     insert into dead_letters as l (kind, digest, code, reason, received_at, last_at, body, body_bytes, source,
       destination, ordering_key, event_id)
     select 'forward', $1 || '/' || coalesce(e.source || '/' || e.id, g.seq::text), $3, $4, g.added_at, $5::timestamptz,
       convert_to(coalesce(g.body || $6::jsonb, e.raw, 'null')::text, 'UTF8'),
       octet_length(coalesce(g.body || $6::jsonb, e.raw, 'null')::text), g.source, $1, g.ordering_key, g.event_id
     from gone g left join events e on e.source = g.source and e.id = g.event_id order by g.seq
     on conflict (kind, digest) do update set times = l.times + 1, last_at = excluded.last_at,
       code = excluded.code, reason = excluded.reason,
       replayed_at = null, replay = null`,
    [message.destination, message.id, why.code, why.reason, why.at, takenBy(why.taken)],
  );
}

const COLUMNS = `id, kind, code, reason, received_at as "receivedAt", last_at as "lastAt", times,
  body_bytes as "bodyBytes", octet_length(body) < body_bytes as cut, source, destination, event_id as "eventId",
  replayed_at as "replayedAt", replay`;

export interface DeadLetterQuery {
  readonly kind?: DeadLetterKind | undefined;
  /** Those that were replayed too. */
  readonly all?: boolean | undefined;
  readonly afterId?: number | undefined;
  readonly limit?: number | undefined;
}

/** Oldest first. */
export async function listDeadLetters(
  db: Queryable,
  { kind, all = false, afterId = 0, limit = 100 }: DeadLetterQuery,
): Promise<DeadLetter[]> {
  return db.query<DeadLetter>(
    `select ${COLUMNS} from dead_letters
     where id > $1::bigint and ($2::text is null or kind = $2) and ($3::boolean or replayed_at is null)
     order by id limit $4::bigint`,
    [afterId, kind ?? null, all, limit],
  );
}

export interface WholeDeadLetter extends DeadLetter {
  readonly body: Uint8Array;
}

export async function getDeadLetter(db: Queryable, id: number): Promise<WholeDeadLetter | null> {
  const [row] = await db.query<WholeDeadLetter>(`select ${COLUMNS}, body from dead_letters where id = $1::bigint`, [
    id,
  ]);
  return row ?? null;
}

export async function countDeadLetters(db: Queryable, kind: DeadLetterKind): Promise<number> {
  const [row] = await db.query<{ n: number }>(
    'select count(*) as n from dead_letters where kind = $1 and replayed_at is null',
    [kind],
  );
  return row?.n ?? 0;
}

export async function markReplayed(db: Queryable, id: number, at: Date, replay: string): Promise<void> {
  await db.query('update dead_letters set replayed_at = $2::timestamptz, replay = $3 where id = $1::bigint', [
    id,
    at,
    replay,
  ]);
}

/** What it says is gone: it was forwarded by its row, which left before the letter was written. */
export function isHollow({ kind, body }: Pick<WholeDeadLetter, 'kind' | 'body'>): boolean {
  return kind === 'forward' && Buffer.from(body).toString() === 'null';
}

/**
 * As the letter kept it, behind everything that waits for the same conversation now. False when it was replayed before,
 * or holds nothing.
 */
export async function returnToOutbox(db: Queryable, id: number, at: Date): Promise<boolean> {
  const rows = await db.query<{ done: number }>(
    `with letter as (
       update dead_letters set replayed_at = $2::timestamptz, replay = 'returned to the outbox'
       where id = $1::bigint and kind = 'forward' and replayed_at is null and body <> 'null'::bytea returning *
     ), added as (
       insert into outbox (destination, ordering_key, source, event_id, body, alone, key)
       select l.destination, l.ordering_key, case when l.event_id is not null then l.source end, l.event_id, o.body,
         coalesce(d.kind = 'messages', false), case when d.kind = 'messages' then o.body->>'id' end
       from letter l left join destinations d on d.name = l.destination cross join lateral (
         select convert_from(l.body, 'UTF8')::jsonb as body) as o
       returning seq, destination, key
     ), logged as (
       update message_log m set given_up_at = null, attempts = 0, problem = null from added
       where m.destination = added.destination and m.key = added.key
     )
     select count(*) as done,
       (select count(*) from (select pg_notify('${OUTBOX_CHANNEL}', '') from added) as told) as told
     from added having count(*) > 0`,
    [id, at],
  );
  return rows.length > 0;
}
