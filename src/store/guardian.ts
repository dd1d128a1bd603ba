/** What the guardian reads and writes about rollouts that cannot speak for themselves. */
import type { Queryable, Transaction } from './database.ts';

export interface UnendedRollout {
  readonly rolloutId: string;
  readonly workflowId: string;
  readonly action: string;
  readonly version: string;
}

/** Rollouts that have not ended as far as the store knows, of one action or of all (null). */
export async function unendedRollouts(db: Queryable, action: string | null): Promise<UnendedRollout[]> {
  return db.query<UnendedRollout>(
    `select rollout_id as "rolloutId", workflow_id as "workflowId", action, version from rollouts
     where ended_at is null and ($1::text is null or action = $1) order by started_at`,
    [action],
  );
}

/** When the judge's state of each rollout was last saved; those without one are absent. */
export async function judgedAt(db: Queryable, rolloutIds: readonly string[]): Promise<Map<string, Date>> {
  const rows = await db.query<{ rolloutId: string; updatedAt: Date }>(
    'select rollout_id as "rolloutId", updated_at as "updatedAt" from judge_states where rollout_id = any($1::text[])',
    [rolloutIds],
  );
  return new Map(rows.map(({ rolloutId, updatedAt }) => [rolloutId, updatedAt]));
}

/** When each of these rollouts ended as far as the store knows, null: not yet; absent are those that it does not know. */
export async function endedAt(db: Queryable, rolloutIds: readonly string[]): Promise<Map<string, Date | null>> {
  const rows = await db.query<{ rolloutId: string; endedAt: Date | null }>(
    'select rollout_id as "rolloutId", ended_at as "endedAt" from rollouts where rollout_id = any($1::text[])',
    [rolloutIds],
  );
  return new Map(rows.map((row) => [row.rolloutId, row.endedAt]));
}

export interface EndOfRollout {
  readonly rolloutId: string;
  readonly phase: string;
  readonly outcome: string | null;
  readonly reason: string;
  readonly at: Date;
  /** How the baseline's return was proven; plain JSON; null when nothing was to be brought back. */
  readonly safety: object | null;
}

/**
 * True when it was open. One that has ended keeps its end, and takes the proof of a later recovery when it has no
 * outcome of its own.
 */
export async function endRollout(trx: Transaction, end: EndOfRollout): Promise<boolean> {
  const [row] = await trx.query<{ wasOpen: boolean }>(
    `with before as (select ended_at is null as "wasOpen" from rollouts where rollout_id = $1 for update)
     update rollouts r set
       phase = case when "wasOpen" then $2 else phase end, outcome = case when "wasOpen" then $3 else outcome end,
       ended_at = coalesce(ended_at, $5::timestamptz), reason = $4, safety = coalesce($6::jsonb, safety)
     from before where rollout_id = $1 and ("wasOpen" or (outcome is null and $6::jsonb is not null))
       returning "wasOpen"`,
    [end.rolloutId, end.phase, end.outcome, end.reason, end.at, end.safety],
  );
  return row?.wasOpen ?? false;
}

export async function hasAuditEntry(db: Queryable, key: string): Promise<boolean> {
  return (await db.query('select 1 from audit where key = $1', [key])).length > 0;
}

/** Of the entry that stands before a rollout is told that its baseline comes back. */
export function restoringKey(rolloutId: string): string {
  return `guardian/restoring/${rolloutId}`;
}

/** Is it on record that the baseline of this rollout is, or was, brought back from outside? */
export function isRestoring(db: Queryable, rolloutId: string): Promise<boolean> {
  return hasAuditEntry(db, restoringKey(rolloutId));
}
