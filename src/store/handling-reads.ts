/** Which conversations are still to be asked for, what was read of them, and the custom values that come of it. */
import type { Database, Queryable } from './database.ts';
import { EXPOSURES_CHANNEL } from './events.ts';
import { jsonText } from './values.ts';

export interface HandlingValues {
  /** By the name of the custom metric. */
  readonly values: Readonly<Record<string, number>>;
  readonly endedAt: string;
}

export interface DueConversation {
  readonly conversationId: string;
  /** When its first card came. */
  readonly since: Date;
  readonly tries: number;
  readonly before: HandlingValues | null;
}

const MAX_AT_ONCE = 20_000;

/**
 * Conversations of cards that came since the last call, of rollouts that are open and whose plan guards one of the names
 * (a row without a plan may); a card of no such rollout is never asked for.
 */
export async function enrolConversations(db: Database, names: readonly string[]): Promise<void> {
  await db.tx(async (trx) => {
    await trx.query(
      `insert into handling_cursor (seq) select coalesce(max(seq), 0) from exposures
         where not exists (select 1 from rollouts where ended_at is null) on conflict (one) do nothing`,
    );
    await trx.query('insert into handling_cursor (seq) values (0) on conflict (one) do nothing');
    // Plans are JSON as text.
    await trx.query(ENROL, [MAX_AT_ONCE, names.map((name) => `"name":${JSON.stringify(name)}`)]);
  });
}

/** Sequence numbers are in the order of the commits, so what is passed is never filled in later. */
const ENROL = `
with cursor as materialized (
  select seq from handling_cursor for update
), measured as materialized (
  select r.action || ' v' as prefix from rollouts r where r.ended_at is null and (r.plan is null
    or exists (select 1 from unnest($2::text[]) as named where strpos(r.plan, named) > 0))
), upto as (
  select max(seq) as seq from (
    select x.seq from exposures x, cursor c where x.seq > c.seq order by x.seq limit $1::bigint) as next
), moved as (
  update handling_cursor set seq = upto.seq from upto where upto.seq is not null
)
insert into handling_reads (conversation_id, since, next_at)
select x.conversation_id, min(x.first_seen_at), clock_timestamp()
from exposures x, cursor c, upto
where x.seq > c.seq and x.seq <= upto.seq and x.conversation_id <> '' and exists (
  select 1 from measured m where left(x.action_name, length(m.prefix)) = m.prefix)
group by x.conversation_id
on conflict (conversation_id) do nothing`;

export async function dueConversations(db: Queryable, limit: number): Promise<DueConversation[]> {
  return db.query<DueConversation>(
    `select conversation_id as "conversationId", since, tries, value as before from handling_reads
     where done_at is null and next_at <= clock_timestamp() order by next_at, conversation_id limit $1::bigint`,
    [limit],
  );
}

/** To be asked for again; `value` is what was said now. */
export async function askAgain(
  db: Queryable,
  conversations: readonly {
    readonly conversationId: string;
    readonly afterMs: number;
    readonly value: HandlingValues | null;
  }[],
): Promise<void> {
  if (conversations.length === 0) return;
  await db.query(
    `update handling_reads r set tries = tries + 1, value = g.value,
       next_at = clock_timestamp() + g."afterMs" * interval '1 millisecond'
     from jsonb_to_recordset($1::jsonb) as g ("conversationId" text, "afterMs" float8, value jsonb)
     where r.conversation_id = g."conversationId" and r.done_at is null`,
    [jsonText(conversations)],
  );
}

/** Nothing will come of these; each with why. */
export async function giveUp(
  db: Queryable,
  conversations: readonly { readonly conversationId: string; readonly missing: string }[],
): Promise<void> {
  if (conversations.length === 0) return;
  await db.query(
    `update handling_reads r set done_at = clock_timestamp(), missing = g.missing
     from jsonb_to_recordset($1::jsonb) as g ("conversationId" text, missing text)
     where r.conversation_id = g."conversationId" and r.done_at is null`,
    [jsonText(conversations)],
  );
}

/** Of all cards of these conversations. A value that somebody has told before stays; twice adds once. */
export async function storeHandling(
  db: Queryable,
  conversations: readonly ({ readonly conversationId: string } & HandlingValues)[],
): Promise<void> {
  if (conversations.length === 0) return;
  const rows = conversations.flatMap(({ conversationId, endedAt, values }) =>
    Object.entries(values).map(([name, value]) => ({ conversationId, endedAt, name, value })),
  );
  await db.query(STORE, [jsonText(rows), conversations.map(({ conversationId }) => conversationId)]);
}

const STORE = `
with given as (
  select * from jsonb_to_recordset($1::jsonb) as g ("conversationId" text, "endedAt" timestamptz, name text, value float8)
), written as (
  insert into custom_values (card_id, name, value, occurred_at, seen_at)
  select x.card_id, g.name, g.value, g."endedAt", clock_timestamp()
  from given g join exposures x on x.conversation_id = g."conversationId"
  on conflict (card_id, name) do nothing
  returning card_id
), told as (
  select pg_notify('${EXPOSURES_CHANNEL}', string_agg(action_id, ',')) from (
    select action_id, (row_number() over (order by action_id) - 1) / 10 as part from (
      select distinct x.action_id from written w join exposures x on x.card_id = w.card_id) as ids
  ) as parts group by part
), done as (
  update handling_reads set done_at = clock_timestamp(), missing = null where conversation_id = any($2::text[])
)
select count(*) as told from told`;

/** Since when, and of how many conversations, nothing will come; by why. */
export async function missingHandling(
  db: Queryable,
): Promise<{ readonly why: string; readonly conversations: number }[]> {
  return db.query(
    `select missing as why, count(*)::int as conversations from handling_reads where missing is not null
     group by 1 order by 2 desc, 1`,
  );
}

/** What is long over is not looked at again. */
export async function forgetHandling(db: Queryable): Promise<void> {
  await db.query("delete from handling_reads where done_at < clock_timestamp() - interval '7 days'");
}
