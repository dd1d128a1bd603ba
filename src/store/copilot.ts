/**
 * What rollouts of Agent Copilot left in the organisation, which keeps neither versions nor splits of it: one row for
 * each action, read by whoever moves it, looks at it, or follows what agents do.
 */
import type { Arm } from '../domain/judge/types.ts';
import type { Deployment } from '../domain/rollout/deployment.ts';
import type { Database, Queryable, Transaction } from './database.ts';
import { LOCKS } from './locks.ts';

/** Payload: the action. Empty after a lost connection: look for yourself. */
export const COPILOT_CHANNEL = 'copilot_deployments';

export interface CopilotRow {
  readonly action: string;
  readonly rolloutId: string;
  /** As it was made when the rollout began: a repeat finds the same order and the same way back. */
  readonly deployment: Deployment;
  /** The candidate's share as it was asked, 0..100. */
  readonly splitPercent: number;
  /** The arm that was taken out at the rollout's end; null: it has not ended. */
  readonly retired: Arm | null;
  /** Each change of any row has its own, in the order of the commits. */
  readonly epoch: number;
  readonly changedAt: Date;
}

const COLUMNS = `action, rollout_id as "rolloutId", deployment, split_percent as "splitPercent", retired, epoch,
  changed_at as "changedAt"`;

export async function copilotRowOf(db: Queryable, action: string): Promise<CopilotRow | null> {
  const [row] = await db.query<CopilotRow>(`select ${COLUMNS} from copilot_deployments where action = $1`, [action]);
  return row ?? null;
}

/** As they stand at one moment; those of rollouts that go on come first, and then the latest. */
export async function copilotRows(db: Queryable): Promise<readonly CopilotRow[]> {
  return db.query<CopilotRow>(
    `select ${COLUMNS} from copilot_deployments order by retired is not null, changed_at desc, action`,
  );
}

/** Of rollouts that go on, or that have not put their way back, or their promotion, to its end. */
export async function copilotRowsOfOpen(db: Queryable): Promise<readonly CopilotRow[]> {
  return db.query<CopilotRow>(
    `select ${COLUMNS} from copilot_deployments where retired is null
       or rollout_id in (select rollout_id from rollouts where ended_at is null) order by action`,
  );
}

/**
 * A repeat of the same rollout changes nothing: what comes back is what stands there. `refuse` throws for what stands
 * beside it: of two that begin at once the second sees the first.
 */
export async function saveCopilotDeployment(
  db: Database,
  rolloutId: string,
  deployment: Deployment,
  refuse?: (rows: readonly CopilotRow[]) => void,
): Promise<Deployment> {
  return changing(db, deployment.actionName, async (trx) => {
    refuse?.(await copilotRows(trx));
    const [row] = await trx.query<{ readonly deployment: Deployment }>(
      `insert into copilot_deployments as c (action, rollout_id, deployment, changed_at)
       values ($1, $2, $3, clock_timestamp())
       on conflict (action) do update set rollout_id = excluded.rollout_id, deployment = excluded.deployment,
         split_percent = 0, retired = null, epoch = nextval('copilot_epoch'), changed_at = clock_timestamp()
       where c.rollout_id <> excluded.rollout_id
       returning deployment`,
      [deployment.actionName, rolloutId, deployment],
    );
    if (row !== undefined) return row.deployment;
    return (await copilotRowOf(trx, deployment.actionName))?.deployment ?? deployment;
  });
}

export interface CopilotChange {
  /** 0..100 */
  readonly splitPercent: number;
  /** Null: both arms serve, again or still. */
  readonly retired: Arm | null;
}

/**
 * Answers the epoch of the row, which is a new one where something changed. A store that was restored may have the row of
 * the rollout before, or none: then it is this one's again, for a split is of its own two arms. `seen`: the epoch that
 * the row had when it was decided to write, null for none; where it has another, nothing is written, and null comes back.
 * Absent: whatever it has.
 */
export async function changeCopilotSplit(
  db: Database,
  deployment: Deployment,
  { splitPercent, retired }: CopilotChange,
  seen?: number | null,
): Promise<number | null> {
  const { actionName } = deployment;
  return changing(db, actionName, async (trx) => {
    if (seen !== undefined && ((await copilotRowOf(trx, actionName))?.epoch ?? null) !== seen) return null;
    await trx.query(
      `insert into copilot_deployments as c (action, rollout_id, deployment, split_percent, retired, changed_at)
       values ($1, '', $4, $2::float8, $3::text, clock_timestamp())
       on conflict (action) do update set split_percent = excluded.split_percent, retired = excluded.retired,
         deployment = case when ${SAME_ARMS} then c.deployment else excluded.deployment end,
         epoch = nextval('copilot_epoch'), changed_at = clock_timestamp()
       where c.split_percent <> excluded.split_percent or c.retired is distinct from excluded.retired
         or not ${SAME_ARMS}`,
      [actionName, splitPercent, retired, deployment],
    );
    const row = await copilotRowOf(trx, actionName);
    if (row === null) throw new Error(`The split of ${actionName} was written and is not there.`);
    return row.epoch;
  });
}

/**
 * What to give as `seen`, read before the change is decided: whoever sleeps before the write then finds another row, and
 * puts nothing back over a way back. That one asks for none.
 */
export async function epochBefore(
  db: Database,
  { actionName }: Deployment,
  { retired }: Pick<CopilotChange, 'retired'>,
): Promise<number | null | undefined> {
  return retired === 'candidate' ? undefined : ((await copilotRowOf(db, actionName))?.epoch ?? null);
}

const SAME_ARMS = `(c.deployment #>> '{baseline,id}' is not distinct from excluded.deployment #>> '{baseline,id}'
  and c.deployment #>> '{candidate,id}' is not distinct from excluded.deployment #>> '{candidate,id}')`;

async function changing<T>(db: Database, action: string, work: (trx: Transaction) => Promise<T>): Promise<T> {
  return db.tx(async (trx) => {
    await trx.query('select pg_advisory_xact_lock($1)', [LOCKS.copilotSplit]);
    const done = await work(trx);
    await trx.query('select pg_notify($1, $2)', [COPILOT_CHANNEL, action]);
    return done;
  });
}
