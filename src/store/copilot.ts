/**
 * What rollouts of Agent Copilot left in the organisation, which keeps neither versions nor splits of it: one row for
 * each action, read by whoever moves it, looks at it, or follows what agents do.
 */
import type { Arm } from '../domain/judge/types.ts';
import type { Deployment } from '../domain/rollout/deployment.ts';
import type { Queryable } from './database.ts';

/** Payload: the action. */
export const COPILOT_CHANNEL = 'copilot_deployments';

export interface CopilotRow {
  readonly action: string;
  readonly rolloutId: string;
  /** As it was made when the rollout began: a repeat finds the same order and the same way back. */
  readonly deployment: Deployment;
  /** The arm that was taken out at the rollout's end; null: it has not ended. */
  readonly retired: Arm | null;
  readonly changedAt: Date;
}

const COLUMNS = 'action, rollout_id as "rolloutId", deployment, retired, changed_at as "changedAt"';

export async function copilotRowOf(db: Queryable, action: string): Promise<CopilotRow | null> {
  const [row] = await db.query<CopilotRow>(`select ${COLUMNS} from copilot_deployments where action = $1`, [action]);
  return row ?? null;
}

/** Of one kind of target. */
export async function copilotRows(db: Queryable, target: Deployment['target']): Promise<readonly CopilotRow[]> {
  return db.query<CopilotRow>(
    `select ${COLUMNS} from copilot_deployments where deployment->>'target' = $1 order by action`,
    [target],
  );
}

/** A repeat of the same rollout changes nothing: what comes back is what stands there. */
export async function saveCopilotDeployment(
  db: Queryable,
  rolloutId: string,
  deployment: Deployment,
): Promise<Deployment> {
  const [row] = await db.query<{ readonly deployment: Deployment }>(
    `with saved as (
       insert into copilot_deployments as c (action, rollout_id, deployment, retired, changed_at)
       values ($1, $2, $3, null, clock_timestamp())
       on conflict (action) do update set
         deployment = case when c.rollout_id = excluded.rollout_id then c.deployment else excluded.deployment end,
         retired = case when c.rollout_id = excluded.rollout_id then c.retired else null end,
         rollout_id = excluded.rollout_id, changed_at = clock_timestamp()
       returning action, deployment)
     select saved.deployment, pg_notify('${COPILOT_CHANNEL}', saved.action) from saved`,
    [deployment.actionName, rolloutId, deployment],
  );
  return row?.deployment ?? deployment;
}

/** Null: it serves again, or still. */
export async function retireCopilotArm(db: Queryable, action: string, retired: Arm | null): Promise<void> {
  await db.query(
    `with saved as (
       update copilot_deployments set retired = $2, changed_at = clock_timestamp()
       where action = $1 and retired is distinct from $2 returning action)
     select pg_notify('${COPILOT_CHANNEL}', saved.action) from saved`,
    [action, retired],
  );
}
