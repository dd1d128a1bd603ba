/** History of rollouts, for lists that outlive the server's retention of workflows. */
import type { JudgeReport } from '../domain/judge/types.ts';
import type { Queryable } from './database.ts';

export interface RolloutRow {
  readonly rolloutId: string;
  readonly workflowId: string;
  readonly action: string;
  readonly version: string;
  readonly startedBy: string;
  readonly startedAt: Date;
  readonly phase: string;
  readonly outcome: string | null;
  readonly reason: string;
  readonly endedAt: Date | null;
  readonly report: JudgeReport | null;
  /** How the end was proven; plain JSON. */
  readonly safety: object | null;
}

/** Insert or replace. A late repeat of an earlier phase never reopens a rollout that has ended. */
export async function saveRollout(db: Queryable, row: RolloutRow): Promise<void> {
  await db.query(
    `insert into rollouts (rollout_id, workflow_id, action, version, started_by, started_at, phase, outcome, reason,
       ended_at, report, safety)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
     on conflict (rollout_id) do update set
       phase = excluded.phase, outcome = excluded.outcome, reason = excluded.reason, ended_at = excluded.ended_at,
       report = coalesce(excluded.report, rollouts.report), safety = excluded.safety
     where rollouts.ended_at is null or excluded.ended_at is not null`,
    [
      row.rolloutId,
      row.workflowId,
      row.action,
      row.version,
      row.startedBy,
      row.startedAt,
      row.phase,
      row.outcome,
      row.reason,
      row.endedAt,
      row.report,
      row.safety,
    ],
  );
}

/** Newest first. */
export async function listRolloutRows(
  db: Queryable,
  query: { readonly action?: string; readonly rolloutId?: string; readonly limit?: number } = {},
): Promise<RolloutRow[]> {
  return db.query<RolloutRow>(
    `select rollout_id as "rolloutId", workflow_id as "workflowId", action, version, started_by as "startedBy",
       started_at as "startedAt",
       phase, outcome, reason, ended_at as "endedAt", report, safety
     from rollouts where ($1::text is null or action = $1) and ($3::text is null or rollout_id = $3)
     order by started_at desc, rollout_id limit $2::bigint`,
    [query.action ?? null, query.limit ?? 100, query.rolloutId ?? null],
  );
}
