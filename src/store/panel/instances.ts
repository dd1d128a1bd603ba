/**
 * Which panel processes live, and up to which change of splits each has confirmed. A process that cannot renew its lease
 * counts it from the start of its last good renewal by its own steady clock, which ends no later than it does here.
 */
import type { Queryable } from '../database.ts';

/** So long a process may go on by what it last read. */
export const PANEL_LEASE_MS = 5_000;
export const LEASE = `interval '${PANEL_LEASE_MS} milliseconds'`;

export interface Renewed {
  /** Latest change of splits: the process applies all up to it, and then confirms it by its next renewal. */
  readonly epoch: number;
  /**
   * It had no lease, so nobody waited for it: until it has applied `epoch` it serves the baseline alone. So it is at its
   * first renewal.
   */
  readonly lapsed: boolean;
}

/** `epoch`: up to which it has applied all, with the cards of what serves no more off its pages. */
export async function renewInstance(
  db: Queryable,
  { id, epoch }: { readonly id: string; readonly epoch: number },
): Promise<Renewed> {
  const [row] = await db.query<Renewed>(
    `with before as (
       select lease_until > clock_timestamp() as live from panel_instances where id = $1::uuid
     ), renewed as (
       insert into panel_instances as i (id, epoch, lease_until) values ($1::uuid, $2::bigint, clock_timestamp() + ${LEASE})
       on conflict (id) do update set epoch = excluded.epoch, lease_until = excluded.lease_until
     )
     select not coalesce((select live from before), false) as lapsed,
       coalesce((select max(epoch) from panel_split), 0)::bigint as epoch`,
    [id, epoch],
  );
  const renewed = row ?? { epoch: 0, lapsed: true };
  if (renewed.lapsed)
    await db.query(`delete from panel_instances where lease_until < clock_timestamp() - ${LONG_GONE}`);
  return renewed;
}

/** With the pages that were open there. */
const LONG_GONE = "interval '1 hour'";

/** It has stopped to show cards, and nobody need wait for it; its pages and queues are nobody's any more. */
export async function endInstance(db: Queryable, id: string): Promise<void> {
  await db.query('delete from panel_instances where id = $1::uuid', [id]);
}

/** What the process says of itself; of one that is not known nothing is kept. */
export async function tellTrouble(db: Queryable, id: string, trouble: string | null): Promise<void> {
  await db.query('update panel_instances set trouble = $2 where id = $1::uuid', [id, trouble]);
}

export interface PanelProcess {
  readonly id: string;
  /** Why it makes no cards of what should surface some; null: it does. */
  readonly trouble: string | null;
}

/** Those with a lease. */
export async function livingProcesses(db: Queryable): Promise<PanelProcess[]> {
  return db.query<PanelProcess>(
    'select id, trouble from panel_instances where lease_until > clock_timestamp() order by id',
  );
}

export interface Laggards {
  /** Processes with a lease. */
  readonly live: number;
  /** Those of them that may still serve by what was before the epoch, or by what a store that was restored has lost. */
  readonly behind: readonly { readonly id: string; readonly epoch: number; readonly leaseMs: number }[];
}

/** Nobody is behind: every change up to the epoch is in force everywhere. */
export async function laggards(db: Queryable, epoch: number): Promise<Laggards> {
  const rows = await db.query<{ id: string; epoch: number; leaseMs: number; isAhead: boolean }>(
    `select id, epoch, ceil(extract(epoch from lease_until - clock_timestamp()) * 1000)::float8 as "leaseMs",
       epoch > coalesce((select max(epoch) from panel_split), 0) as "isAhead"
     from panel_instances where lease_until > clock_timestamp() order by id`,
  );
  const behind = rows.filter((row) => row.isAhead || row.epoch < epoch);
  return { live: rows.length, behind: behind.map(({ id, epoch: at, leaseMs }) => ({ id, epoch: at, leaseMs })) };
}
