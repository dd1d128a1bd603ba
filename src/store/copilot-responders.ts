/**
 * Which processes answer for rules, and up to which change of splits each has confirmed. One that cannot renew its lease
 * counts it from the start of its last good renewal by its own steady clock, which ends no later than it does here.
 */
import type { Queryable } from './database.ts';

export const RESPONDER_LEASE_MS = 5_000;
const LEASE = `interval '${RESPONDER_LEASE_MS} milliseconds'`;

/** `epoch`: up to which nothing of before is shown by it any more. */
/**
 * `true`: it had no lease, so nobody waited for it. Until it has read what stands now and renewed once more it shows no
 * candidate. So it is at its first renewal.
 */
export async function renewResponder(
  db: Queryable,
  { id, epoch }: { readonly id: string; readonly epoch: number },
): Promise<boolean> {
  const [row] = await db.query<{ readonly lapsed: boolean }>(
    `with before as (
       select lease_until > clock_timestamp() as live from copilot_responders where id = $1::uuid
     ), renewed as (
       insert into copilot_responders (id, epoch, lease_until)
       values ($1::uuid, $2::bigint, clock_timestamp() + ${LEASE})
       on conflict (id) do update set epoch = excluded.epoch, lease_until = excluded.lease_until
     )
     select not coalesce((select live from before), false) as lapsed`,
    [id, epoch],
  );
  return row?.lapsed ?? true;
}

/** It answers no more, and nobody need wait for it. */
export async function endResponder(db: Queryable, id: string): Promise<void> {
  await db.query('delete from copilot_responders where id = $1::uuid', [id]);
}

export interface LiveResponders {
  readonly live: number;
  /** Those that may still show what was before the epoch. */
  readonly behind: readonly { readonly id: string; readonly leaseMs: number }[];
}

export async function liveResponders(db: Queryable, epoch: number): Promise<LiveResponders> {
  const rows = await db.query<{ id: string; epoch: number; leaseMs: number }>(
    `select id, epoch, ceil(extract(epoch from lease_until - clock_timestamp()) * 1000)::float8 as "leaseMs"
     from copilot_responders where lease_until > clock_timestamp() order by id`,
  );
  return { live: rows.length, behind: rows.filter((row) => row.epoch < epoch) };
}
