/** Rollouts without an end in their row: those that run, and those that were terminated and so never wrote one. */
import type { Queryable } from './database.ts';

export interface OpenRollout {
  readonly rolloutId: string;
  readonly workflowId: string;
  readonly startedAt: Date;
  /**
   * The last that is known of it: its start, an entry of the audit log, a look of its judge, or of the watch after its
   * promotion.
   */
  readonly lastSeenAt: Date;
}

/** Of those that began before this, oldest first. */
export async function openRollouts(db: Queryable, startedBefore: Date): Promise<OpenRollout[]> {
  return db.query<OpenRollout>(
    `select r.rollout_id as "rolloutId", r.workflow_id as "workflowId", r.started_at as "startedAt",
       greatest(r.started_at, j.updated_at, w.updated_at,
         (select max(a.at) from audit a where a.rollout_id = r.rollout_id)) as "lastSeenAt"
     from rollouts r left join judge_states j using (rollout_id)
       left join long_watches w on w.rollout_id = r.rollout_id collate "C"
     where r.ended_at is null and r.started_at < $1::timestamptz order by r.started_at, r.rollout_id`,
    [startedBefore],
  );
}
