/**
 * What is still to be forwarded. A message is a run of rows that are sent, retried and settled together; it is made of
 * rows whose conversation has no earlier row under way, so each conversation keeps its order. Only the sender of a
 * destination claims: a process that slept through its own succession finds nothing.
 */
import type { Queryable } from './database.ts';
import type { DestinationKind, Sender } from './destinations.ts';

/** Told, with an empty payload, when rows were added. */
export const OUTBOX_CHANNEL = 'outbox';

export interface ClaimedRow {
  readonly seq: number;
  readonly kind: 'event' | 'metrics' | 'message';
  /** JSON text; null when the event has been deleted meanwhile. */
  readonly content: string | null;
}

export interface ClaimedMessage {
  readonly destination: string;
  /** The same for every attempt. */
  readonly id: string;
  /** Attempts before this one. */
  readonly attempts: number;
  readonly rows: readonly ClaimedRow[];
}

interface Row extends ClaimedRow {
  readonly id: string;
  readonly attempts: number;
}

const HELD = `held as materialized (
  select 1 from destinations where name = $1 and sender = $2 for share
)`;

const CONTENT = `
select c.seq, c.message_id as id, c.attempts, 
  case when c.key is not null then 'message' when c.event_id is null then 'metrics' else 'event' end as kind,
  coalesce(c.body, e.raw)::text as content
from claimed c left join events e on e.source = c.source and e.id = c.event_id order by c.seq`;

/**
 * A message of rows that were never sent: the oldest whose conversations have nothing under way, and whose hour has
 * come. One that must go alone goes alone, under its key if it has one. They are found again by a list of numbers, which the index serves: a join would read all that waits.
 */
export async function claimFresh(
  db: Queryable,
  { destination, sender }: Sender,
  { id, max }: { readonly id: string; readonly max: number },
): Promise<ClaimedMessage | null> {
  const rows = await db.query<Row>(
    `
with ${HELD}, free as materialized (
  select o.seq, o.alone from held, outbox o
  where o.destination = $1 and o.message_id is null and (o.held_until is null or o.held_until <= now()) and not exists (
    select 1 from outbox b
    where b.destination = o.destination and b.ordering_key = o.ordering_key and b.message_id is not null)
  order by o.seq limit $4::bigint for update of o skip locked
), cut as (select min(seq) as head, min(seq) filter (where alone) as lone from free), run as (
  select array_agg(seq) as seqs from free, cut where lone is null or seq < lone or (head = lone and seq = lone)
), claimed as (
  update outbox o set message_id = case when o.alone then coalesce(o.key, $3) else $3 end
  where o.destination = $1 and o.message_id is null and o.seq = any((select seqs from run)::bigint[])
  returning o.*
) ${CONTENT}`,
    [destination, sender, id, max],
  );
  return toMessage(destination, rows);
}

/** The oldest message whose next attempt is due. */
export async function claimDue(
  db: Queryable,
  { destination, sender }: Sender,
  now: Date,
): Promise<ClaimedMessage | null> {
  const rows = await db.query<Row>(
    `
with ${HELD}, due as (
  select o.message_id from held, outbox o
  where o.destination = $1 and o.message_id is not null and o.due_at <= $3::timestamptz
  order by o.seq limit 1
), claimed as (
  update outbox o set due_at = null from due
  where o.destination = $1 and o.message_id is not null and o.message_id = due.message_id returning o.*
) ${CONTENT}`,
    [destination, sender, now],
  );
  return toMessage(destination, rows);
}

/** What an earlier sender left under way is due now, under the same ids: nobody knows what came of that attempt. */
export async function resumeMessages(db: Queryable, destination: string, now: Date): Promise<void> {
  await db.query(
    `update outbox set due_at = $2::timestamptz, attempts = attempts + 1
     where destination = $1 and message_id is not null and due_at is null`,
    [destination, now],
  );
}

function toMessage(destination: string, rows: readonly Row[]): ClaimedMessage | null {
  const [first] = rows;
  return first ? { destination, id: first.id, attempts: first.attempts, rows } : null;
}

/** When the next attempt of any message is due; null when none waits. */
export async function nextDueAt(db: Queryable, destination: string): Promise<Date | null> {
  const [row] = await db.query<{ at: Date | null }>(
    'select min(due_at) as at from outbox where destination = $1 and message_id is not null',
    [destination],
  );
  return row?.at ?? null;
}

type Settled = Pick<ClaimedMessage, 'destination' | 'id'>;

/** Delivered: gone from the outbox. With a window, the metrics that its events belong to are to be sent again. */
export async function settleMessage(
  db: Queryable,
  { destination, id }: Settled,
  metricsWindowMs: number | null,
): Promise<void> {
  await db.query(
    `
with gone as (
  delete from outbox where destination = $1 and message_id = $2 returning source, event_id, key
), logged as (
  update message_log m set delivered_at = now(), next_try_at = null from gone
  where m.destination = $1 and m.key = gone.key
)
insert into metric_windows (destination, window_start, action_id, agent_id, version)
select distinct $1, date_bin($3::bigint * interval '1 ms', x.triggered_at, 'epoch'::timestamptz),
  x.action_id, x.agent_id, x.version
from gone
join events e on e.source = gone.source and e.id = gone.event_id
join exposures x on x.card_id = e.card_id and not x.withheld
where $3::bigint is not null
order by 2, 3, 4, 5
on conflict do nothing`,
    [destination, id, metricsWindowMs],
  );
}

/** What of a message outlives an attempt: which of its receivers have it. Merged into the bodies of its rows. */
export function takenBy(taken: readonly string[] | undefined): string {
  return JSON.stringify(taken === undefined ? {} : { taken });
}

export interface Postponed {
  readonly dueAt: Date;
  readonly reason: string;
  /** Of several receivers these have it: what follows does not wait for the others. */
  readonly taken?: readonly string[] | undefined;
}

/** Another attempt of the same message later. */
export async function postponeMessage(
  db: Queryable,
  { destination, id }: Settled,
  { dueAt, reason, taken }: Postponed,
): Promise<void> {
  await db.query(
    `with late as (
       update outbox set due_at = $3::timestamptz, attempts = attempts + 1, body = body || $5::jsonb,
         ordering_key = case when $6::boolean then coalesce(key, message_id) else ordering_key end
       where destination = $1 and message_id = $2
       returning key, attempts
     )
     update message_log m set attempts = late.attempts, next_try_at = $3::timestamptz, problem = $4 from late
     where m.destination = $1 and m.key = late.key`,
    [destination, id, dueAt, reason, takenBy(taken), taken !== undefined],
  );
}

/** Its rows are sent one by one from now on: one of them is not acceptable, and nobody knows which. */
export async function dissolveMessage(
  db: Queryable,
  { destination, id }: Settled,
  taken?: readonly string[],
): Promise<void> {
  await db.query(
    'update outbox set message_id = null, due_at = null, attempts = 0, alone = true, body = body || $3::jsonb where ' +
      'destination = $1 and message_id = $2',
    [destination, id, takenBy(taken)],
  );
}

export interface Backlog {
  readonly destination: string;
  /** `messages`: for people. */
  readonly kind: DestinationKind;
  readonly enabled: boolean;
  /** Counted up to `max`. */
  readonly pending: number;
  /** In messages whose first attempt failed or is under way. */
  readonly underWay: number;
  readonly oldestAt: Date | null;
  /** Of those that wait: held back by quiet hours, and when the first of these ends. */
  readonly held: number;
  readonly heldUntil: Date | null;
  readonly deadLetters: number;
  /** Events and snapshots that it took, and attempts that failed, since the beginning. */
  readonly delivered: number;
  readonly failedAttempts: number;
  readonly lastProblem: string | null;
  /** `open`: it failed several times in a row, so one message at a time finds out whether it is back. */
  readonly circuit: 'closed' | 'open';
  readonly failingSince: Date | null;
  /** When its sender was last heard of: long ago means that nobody sends; null that nobody ever has. */
  readonly heardAt: Date | null;
}

export async function readBacklog(db: Queryable, max: number): Promise<Backlog[]> {
  return db.query<Backlog>(
    `
select d.name as destination, d.kind, d.enabled, w.n + u.n as pending, u.n as "underWay", least(u.at, w.at) as "oldestAt",
  w.held, w.until as "heldUntil",
  l.n as "deadLetters", d.delivered, d.failed_attempts as "failedAttempts", d.last_problem as "lastProblem",
  case when d.failing_since is null then 'closed' else 'open' end as circuit,
  d.failing_since as "failingSince", d.heard_at as "heardAt"
from destinations d
cross join lateral (
  select count(*) as n, count(p.until) as held, min(p.until) as until, (select o.added_at from outbox o
    where o.destination = d.name and o.message_id is null order by o.seq limit 1) as at
  from (select case when o.held_until > now() then o.held_until end as until
    from outbox o where o.destination = d.name and o.message_id is null limit $1::bigint) as p) as w
cross join lateral (
  select count(*) as n, min(added_at) as at
  from outbox o where o.destination = d.name and o.message_id is not null) as u
cross join lateral (
  select count(*) as n
  from dead_letters l where l.kind = 'forward' and l.destination = d.name and l.replayed_at is null) as l
order by d.name`,
    [max],
  );
}
