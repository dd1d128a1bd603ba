/** Which process follows which queue: each one by one process, shared out evenly among those that live. */
import type { Database } from '../database.ts';
import { LOCKS } from '../locks.ts';
import { LEASE } from './instances.ts';

/**
 * Renews the lease on the queues that the process follows, takes what is free and gives away what is above its share.
 * Answers the queues that it follows from now on. The process must be known (`renewInstance`).
 */
export async function takeFeeds(
  db: Database,
  { instanceId, queues }: { readonly instanceId: string; readonly queues: readonly string[] },
): Promise<string[]> {
  return db.tx(async (trx) => {
    await trx.query('select pg_advisory_xact_lock($1)', [LOCKS.panelFeeds]);
    const rows = await trx.query<{ queueId: string }>(TAKE, [instanceId, queues]);
    await trx.query('delete from panel_feeds where instance_id = $1::uuid and queue_id <> all($2::text[])', [
      instanceId,
      rows.map(({ queueId }) => queueId),
    ]);
    return rows.map(({ queueId }) => queueId);
  });
}

/** Its own come first, so that a queue changes hands only where the share asks for it. */
const TAKE = `
with wanted as (
  select distinct q.id, f.instance_id = $1::uuid as own from unnest($2::text[]) as q (id)
  left join panel_feeds f on f.queue_id = q.id and f.lease_until > clock_timestamp()
  where f.queue_id is null or f.instance_id = $1::uuid
), share as (
  select ceil(cardinality(array(select distinct unnest($2::text[])))::numeric / greatest(1, count(*)))::bigint as n
  from panel_instances where lease_until > clock_timestamp()
), taken as (
  select id from wanted order by own desc nulls last, id limit (select n from share)
)
insert into panel_feeds (queue_id, instance_id, lease_until)
select id, $1::uuid, clock_timestamp() + ${LEASE} from taken
on conflict (queue_id) do update set instance_id = excluded.instance_id, lease_until = excluded.lease_until
returning queue_id as "queueId"`;
