/** Which versions of a card serve, and whom. Each change is one transaction with an epoch of its own. */
import type { ServedVersion } from '../../domain/split/bucket.ts';
import type { Database, Queryable, Transaction } from '../database.ts';
import { LOCKS } from '../locks.ts';
import { OPEN } from './card-row.ts';

/** Payload: the action whose split has changed. Empty after a lost connection: look for yourself. */
export const PANEL_SPLIT_CHANNEL = 'panel_split';

export interface PanelArm extends ServedVersion {
  readonly versionId: string;
  /** A rollout holds it against no card. */
  readonly standsAlone: boolean;
}

export interface PanelSplit {
  readonly action: string;
  readonly epoch: number;
  readonly arms: readonly PanelArm[];
  /** In whose conversations the card can surface. */
  readonly queues: readonly string[];
  /** Of the organisation's integration that frames the page; null where none is known. */
  readonly integrationId: string | null;
  readonly changedAt: Date;
  readonly changedBy: string;
}

export interface Splits {
  /** All changes up to this one are in `splits`; 0: there never was any. */
  readonly epoch: number;
  readonly splits: readonly PanelSplit[];
}

const COLUMNS = `action, epoch, arms, queues, integration_id as "integrationId", changed_at as "changedAt",
  changed_by as "changedBy"`;

/** As they stood at one moment. */
export async function readSplits(db: Queryable): Promise<Splits> {
  const splits = await db.query<PanelSplit>(`select ${COLUMNS} from panel_split order by action`);
  return { epoch: Math.max(0, ...splits.map(({ epoch }) => epoch)), splits };
}

/** Null: nothing was ever served under this name. */
export async function readSplit(db: Queryable, action: string): Promise<PanelSplit | null> {
  const [split] = await db.query<PanelSplit>(`select ${COLUMNS} from panel_split where action = $1`, [action]);
  return split ?? null;
}

export type NewSplit = Pick<PanelSplit, 'action' | 'arms' | 'queues' | 'changedBy'> &
  Partial<Pick<PanelSplit, 'integrationId'>>;

/**
 * Compare and set: `ifEpoch` is the one that was read, null where there was no split yet. Answers the new epoch; null
 * when another hand was faster. Cards of what serves no more are withdrawn in the same transaction.
 */
export async function writeSplit(db: Database, split: NewSplit, ifEpoch: number | null): Promise<number | null> {
  const { action, arms, queues, changedBy, integrationId = null } = split;
  return db.tx(async (trx) => {
    await trx.query('select pg_advisory_xact_lock($1)', [LOCKS.panelSplit]);
    const values = [action, JSON.stringify(arms), queues, changedBy, integrationId];
    const [row] = await (ifEpoch === null
      ? trx.query<{ epoch: number }>(INSERT, values)
      : trx.query<{ epoch: number }>(UPDATE, [...values, ifEpoch]));
    if (row === undefined) return null;
    await withdraw(trx, split);
    await trx.query('select pg_notify($1, $2)', [PANEL_SPLIT_CHANNEL, action]);
    return row.epoch;
  });
}

const INSERT = `insert into panel_split (action, epoch, arms, queues, changed_by, integration_id)
  values ($1, nextval('panel_epoch'), $2::jsonb, $3::text[], $4, $5) on conflict (action) do nothing returning epoch`;

const UPDATE = `update panel_split set epoch = nextval('panel_epoch'), arms = $2::jsonb, queues = $3::text[],
  changed_by = $4, integration_id = $5, changed_at = clock_timestamp() where action = $1 and epoch = $6::bigint
  returning epoch`;

async function withdraw(trx: Transaction, { action, arms }: NewSplit): Promise<void> {
  const serving = arms.filter((arm) => arm.enabled && arm.splitPercent > 0).map(({ versionId }) => versionId);
  await trx.query(
    `update panel_cards c set withdrawn_at = clock_timestamp()
     where c.withdrawn_at is null and c.created_at > now() - ${OPEN} and c.version_id in (
       select v.id from panel_versions v where v.action = $1 and v.id <> all($2::uuid[]))`,
    [action, serving],
  );
}
