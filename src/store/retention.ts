/** Old events, exposures, dead letters and decision records leave; what the audit log says of them stays. */
import { randomUUID } from 'node:crypto';
import { appendAudit } from './audit.ts';
import type { Database, Queryable } from './database.ts';

export interface RetentionPlan {
  /** Everything that happened before this goes. */
  readonly before: Date;
  /** The rollout whose own data moved the cut to an earlier time; null when none did. */
  readonly heldBackBy: string | null;
}

export interface Removed {
  readonly events: number;
  readonly exposures: number;
  readonly levels: number;
  readonly deadLetters: number;
  /** Rows of the decision records of rollouts that ended before. */
  readonly decisionLooks: number;
}

const NOTHING: Removed = { events: 0, exposures: 0, levels: 0, deadLetters: 0, decisionLooks: 0 };

/** A rollout that has not ended is judged on all that it has seen, so nothing since its start goes. */
export async function planRetention(db: Queryable, olderThanMs: number, now: number): Promise<RetentionPlan> {
  const wanted = new Date(now - olderThanMs);
  const [open] = await db.query<{ rolloutId: string; startedAt: Date }>(
    'select rollout_id as "rolloutId", started_at as "startedAt" from rollouts where ended_at is null order by started_at limit 1');
  return open !== undefined && open.startedAt < wanted ? { before: open.startedAt, heldBackBy: open.rolloutId } : { before: wanted, heldBackBy: null };
}

export async function countOlder(db: Queryable, before: Date): Promise<Removed> {
  const [row] = await db.query<Removed>(
    `select (select count(*) from events e where ${OLD_EVENT}) as events, (select count(*) from exposures where triggered_at < $1::timestamptz) as exposures,
       (select count(*) from levels where occurred_at < $1::timestamptz) as levels, (select count(*) from dead_letters where last_at < $1::timestamptz) as "deadLetters",
       (select count(*) from decision_looks l where ${OLD_LOOK}) as "decisionLooks"`, [before]);
  return row ?? NOTHING;
}

export interface RetentionAct {
  readonly by: string;
  readonly reason: string;
  readonly now: () => number;
  /** Rows of a kind in one transaction: intake waits no longer than one takes. */
  readonly batch?: number;
}

/** Batch by batch; each is one transaction with the audit entry that tells of it, so what is gone is on record and nothing else. */
export async function removeOlder(db: Database, { before, heldBackBy }: RetentionPlan, act: RetentionAct): Promise<Removed> {
  const run = randomUUID();
  let total = NOTHING;
  for (let batch = 1; ; batch += 1) {
    const removed = await db.tx(async (trx) => {
      const gone = await removeBatch(trx, before, act.batch ?? 10_000);
      if (isNothing(gone)) return gone;
      await appendAudit(trx, {
        key: `retention/${run}/${batch}`, at: new Date(act.now()), actor: act.by, act: 'retention', reason: act.reason,
        details: { removed: gone, before: before.toISOString(), heldBackBy },
      });
      return gone;
    });
    if (isNothing(removed)) return total;
    total = sum(total, removed);
  }
}

/** What still waits to be forwarded stays until it is. */
const OLD_EVENT = 'e.occurred_at < $1::timestamptz and not exists (select 1 from outbox o where o.source = e.source and o.event_id = e.id)';

const OLD_LOOK = 'exists (select 1 from rollouts r where r.rollout_id collate "C" = l.rollout_id and r.ended_at < $1::timestamptz)';

async function removeBatch(trx: Queryable, before: Date, limit: number): Promise<Removed> {
  const remove = async (table: string, alias: string, old: string): Promise<number> => {
    const [row] = await trx.query<{ gone: number }>(
      `with gone as (delete from ${table} where ctid = any(array(select ctid from ${table} ${alias} where ${old} limit $2::bigint)) returning 1)
       select count(*) as gone from gone`, [before, limit]);
    return row?.gone ?? 0;
  };
  return {
    events: await remove('events', 'e', OLD_EVENT),
    exposures: await remove('exposures', '', 'triggered_at < $1::timestamptz'),
    levels: await remove('levels', '', 'occurred_at < $1::timestamptz'),
    deadLetters: await remove('dead_letters', '', 'last_at < $1::timestamptz'),
    // From its end on: a record that a batch has begun is none any more (`looksUpTo` follows it back from there), never half of one.
    decisionLooks: await remove('decision_looks', 'l', `${OLD_LOOK} order by rollout_id, cursor desc`),
  };
}

function sum(a: Removed, b: Removed): Removed {
  return {
    events: a.events + b.events, exposures: a.exposures + b.exposures, levels: a.levels + b.levels,
    deadLetters: a.deadLetters + b.deadLetters, decisionLooks: a.decisionLooks + b.decisionLooks,
  };
}

function isNothing(removed: Removed): boolean {
  return Object.values(removed).every((rows) => rows === 0);
}
