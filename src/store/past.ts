/** What the store remembers of a rollout beside what its run knows. */
import type { KnownPast, PastOnRecord, RecordedAct, RecordedEnd } from '../domain/rollout/past.ts';
import type { Queryable } from './database.ts';

interface PastRow {
  readonly highest: number;
  readonly lastSeq: number;
  readonly later: readonly RecordedAct[];
  readonly end: RecordedEnd | null;
}

/** The entries of a rollout bear its id and their number; others speak of it as well. */
const READ = `
with mine as (
  select split_part(key, '/', 2)::int as number, act, at from audit
  where rollout_id = $1 and key ~ '^[^/]+/[0-9]{1,9}$' and starts_with(key, $1 || '/')
)
select coalesce((select max(number) from mine), 0) as highest,
  coalesce((select max(seq) from exposures), 0) as "lastSeq",
  coalesce((select jsonb_agg(jsonb_build_object('act', act, 'atMs', ${msOf('at')}) order by number)
    from mine where number > $2::int), '[]') as later,
  (select jsonb_build_object('phase', phase, 'outcome', outcome, 'reason', reason, 'atMs', ${msOf('ended_at')})
    from rollouts where rollout_id = $1 and ended_at is not null) as "end"`;

function msOf(column: string): string {
  return `(extract(epoch from ${column}) * 1000)::float8`;
}

export async function readPast(db: Queryable, { rolloutId, told }: KnownPast): Promise<PastOnRecord> {
  const [row] = await db.query<PastRow>(READ, [rolloutId, told]);
  return row ?? { highest: 0, later: [], end: null, lastSeq: 0 };
}
