/**
 * Where a trace goes on: what came in with a card, and what the judge said of a rollout, lie in traces of other processes
 * and other days. Kept only while this process traces; nothing that is decided depends on it.
 */
import { activeTraceparent, tracing } from '../telemetry/spans.ts';
import type { Queryable } from './database.ts';

const KEPT = `interval '7 days'`;

/** Each write takes some that are old with it, so that no more are kept than came in lately. */
const KEEP = `
with old as (
  select key from trace_links where kept_at < now() - ${KEPT} and key <> all($1::text[])
  order by kept_at limit 2 * cardinality($1::text[]) for update skip locked
), gone as (
  delete from trace_links where key in (select key from old)
)
insert into trace_links (key, traceparent)
select distinct on (key) key, traceparent from unnest($1::text[], $2::text[]) as t (key, traceparent) order by key
on conflict (key) do update set traceparent = excluded.traceparent, kept_at = now()`;

export interface TracedCards {
  readonly events: readonly { readonly cardId: string }[];
  /** Of the request that brought them; the active span if absent. */
  readonly traceparent?: string | null;
}

/** Never rejects: an intake that cannot be traced takes events in all the same. */
export async function keepCardTraces(db: Queryable, batches: readonly TracedCards[]): Promise<void> {
  if (tracing() === null) return;
  const active = activeTraceparent();
  const rows = batches.flatMap(({ events, traceparent = active }) =>
    traceparent === null ? [] : events.map(({ cardId }) => [`card/${cardId}`, traceparent] as const),
  );
  await keep(db, rows);
}

/** Never rejects. */
export async function keepVerdictTrace(db: Queryable, rolloutId: string): Promise<void> {
  const active = activeTraceparent();
  if (active !== null) await keep(db, [[`verdict/${rolloutId}`, active]]);
}

async function keep(db: Queryable, rows: readonly (readonly [key: string, traceparent: string])[]): Promise<void> {
  if (rows.length === 0) return;
  await db.query(KEEP, [rows.map(([key]) => key), rows.map(([, traceparent]) => traceparent)]).catch(() => []);
}

/** That of the last card within these that came in with one; null where none did, or nobody can be asked. */
export async function traceOfCards(
  db: Queryable,
  { actionIds, after, upTo }: { readonly actionIds: readonly string[]; readonly after: number; readonly upTo: number },
): Promise<string | null> {
  if (tracing() === null) return null;
  return firstOf(
    db.query<Found>(
      `select t.traceparent from exposures x join trace_links t on t.key = 'card/' || x.card_id
       where x.action_id = any($1::text[]) and x.seq > $2::bigint and x.seq <= $3::bigint order by x.seq desc limit 1`,
      [actionIds, after, upTo],
    ),
  );
}

/** Of the look after which a rollout was rolled back. */
export async function traceOfVerdict(db: Queryable, rolloutId: string): Promise<string | null> {
  if (tracing() === null) return null;
  return firstOf(db.query<Found>('select traceparent from trace_links where key = $1', [`verdict/${rolloutId}`]));
}

interface Found {
  readonly traceparent: string;
}

async function firstOf(rows: Promise<Found[]>): Promise<string | null> {
  return (await rows.catch(() => []))[0]?.traceparent ?? null;
}
