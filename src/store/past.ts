/** What the store remembers of a rollout beside what its run knows. */
import type { KnownPast, PastOnRecord } from '../domain/rollout/past.ts';
import type { Queryable } from './database.ts';

/** What serves by now is another's. */
const REPLACED = 'exists (select 1 from rollouts l where l.action = r.action and l.started_at > r.started_at)';

/** The entries of a rollout bear its id and their number; others speak of it as well. */
const READ = `
with mine as (
  select split_part(key, '/', 2)::int as number, act, at from audit
  where rollout_id = $1 and key ~ '^[^/]+/[0-9]{1,9}$' and starts_with(key, $1 || '/')
)
select coalesce((select max(number) from mine), 0) as highest,
  (select count(*) from mine where number > $3::int and number <= $4::int) as kept,
  coalesce((select max(seq) from exposures), 0) as "lastSeq",
  coalesce((select jsonb_agg(jsonb_build_object('act', act, 'atMs', ${msOf('at')}) order by number)
    from mine where number > $2::int), '[]') as later,
  (select jsonb_build_object('phase', phase, 'reason', reason, 'atMs', ${msOf('ended_at')},
      'outcome', case when ${REPLACED} then null else outcome end)
    from rollouts r where rollout_id = $1 and ended_at is not null) as "end"`;

function msOf(column: string): string {
  return `(extract(epoch from ${column}) * 1000)::float8`;
}

export async function readPast(
  db: Queryable,
  { rolloutId, told, written, lostTo = 0 }: KnownPast,
): Promise<PastOnRecord> {
  const [row] = await db.query<PastOnRecord>(READ, [rolloutId, told, lostTo, written]);
  return row ?? { highest: 0, kept: 0, later: [], end: null, lastSeq: 0 };
}

/** Those of the rollouts that the log knows: it forgets none. */
export async function onRecord(db: Queryable, rolloutIds: readonly string[]): Promise<Set<string>> {
  const rows = await db.query<{ id: string }>(
    'select distinct rollout_id as id from audit where rollout_id = any($1::text[])',
    [rolloutIds],
  );
  return new Set(rows.map(({ id }) => id));
}
