/** Signatures of acts that began something: each is good for one run. */
import type { Database } from './database.ts';

/** Older ones have expired, whatever they said of themselves. */
const KEPT = '2 days';

/** True for the first run that uses it, however often it asks; false for any other. */
export async function useSignature(db: Database, id: string, runId: string): Promise<boolean> {
  await db.query('delete from used_signatures where used_at < now() - $1::interval', [KEPT]);
  const [row] = await db.query<{ runId: string }>(
    `with used as (insert into used_signatures (id, run_id, used_at) values ($1, $2, now())
       on conflict (id) do nothing returning run_id)
     select run_id as "runId" from used union all select run_id from used_signatures where id = $1 limit 1`,
    [id, runId],
  );
  // Seen by neither half: another took it in this very moment.
  return row === undefined ? useSignature(db, id, runId) : row.runId === runId;
}
