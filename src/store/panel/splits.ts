/** Which versions of a card serve, and whom. Each change is one transaction with an epoch of its own. */
import type { Audience } from '../../domain/split/audience.ts';
import { isTrialOver, maySurface } from '../../domain/split/turn.ts';
import type { DividedTraffic, ServedArm } from '../../domain/split/turn.ts';
import type { Database, Queryable, Transaction } from '../database.ts';
import { LOCKS } from '../locks.ts';
import { OPEN } from './card-row.ts';
import { jsonText } from '../values.ts';

/** Payload: the action whose split has changed. Empty after a lost connection: look for yourself. */
export const PANEL_SPLIT_CHANNEL = 'panel_split';

export type PanelArm = ServedArm;

export interface PanelSplit extends DividedTraffic {
  readonly action: string;
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

const COLUMNS = `action, epoch, trial_epoch as "trialEpoch", arms, audience as "of", unit, queues,
  integration_id as "integrationId", changed_at as "changedAt", changed_by as "changedBy"`;

/** As they stood at one moment. */
export async function readSplits(db: Queryable): Promise<Splits> {
  const splits = await db.query<PanelSplit>(`select ${COLUMNS} from panel_split order by action`);
  return { epoch: Math.max(0, ...splits.map(({ epoch }) => epoch)), splits };
}

/** Those of them that there are. */
export async function splitsOf(db: Queryable, actions: readonly string[]): Promise<PanelSplit[]> {
  return db.query<PanelSplit>(`select ${COLUMNS} from panel_split where action = any($1::text[])`, [actions]);
}

/** Null: nothing was ever served under this name. */
export async function readSplit(db: Queryable, action: string): Promise<PanelSplit | null> {
  const [split] = await splitsOf(db, [action]);
  return split ?? null;
}

export type NewSplit = Pick<PanelSplit, 'action' | 'arms' | 'queues' | 'changedBy'> &
  Partial<Pick<PanelSplit, 'integrationId' | 'of' | 'unit'>>;

/**
 * Compare and set: `ifEpoch` is the one that was read, null where there was no split yet. Answers the new epoch; null
 * when another hand was faster. Cards of what serves no more are withdrawn in the same transaction.
 */
export async function writeSplit(db: Database, split: NewSplit, ifEpoch: number | null): Promise<number | null> {
  const { action, arms, queues, changedBy, integrationId = null, unit = 'conversation' } = split;
  const of: Audience | null = split.of ?? null;
  return db.tx(async (trx) => {
    await trx.query('select pg_advisory_xact_lock($1)', [LOCKS.panelSplit]);
    const values = [action, jsonText(arms), queues, changedBy, integrationId, of, unit, isTrialOver(arms)];
    const [row] = await (ifEpoch === null
      ? trx.query<{ epoch: number }>(INSERT, values)
      : trx.query<{ epoch: number }>(UPDATE, [...values, ifEpoch]));
    if (row === undefined) return null;
    await withdraw(trx, split);
    await trx.query('select pg_notify($1, $2)', [PANEL_SPLIT_CHANNEL, action]);
    return row.epoch;
  });
}

const INSERT = `with drawn as materialized (select nextval('panel_epoch') as epoch)
  insert into panel_split (action, epoch, arms, queues, changed_by, integration_id, audience, unit, trial_epoch)
  select $1, epoch, $2::jsonb, $3::text[], $4, $5, $6::jsonb, $7, case when $8::boolean then epoch else 0 end from drawn
  on conflict (action) do nothing returning epoch`;

const UPDATE = `with drawn as materialized (select nextval('panel_epoch') as epoch)
  update panel_split s set epoch = drawn.epoch, arms = $2::jsonb, queues = $3::text[], changed_by = $4,
    integration_id = $5, audience = $6::jsonb, unit = $7,
    trial_epoch = case when $8::boolean then drawn.epoch else s.trial_epoch end, changed_at = clock_timestamp()
  from drawn where action = $1 and s.epoch = $9::bigint returning s.epoch`;

async function withdraw(trx: Transaction, { action, arms }: NewSplit): Promise<void> {
  const serving = arms.filter(maySurface).map(({ versionId }) => versionId);
  await trx.query(
    `update panel_cards c set withdrawn_at = clock_timestamp()
     where c.withdrawn_at is null and c.created_at > now() - ${OPEN} and c.version_id in (
       select v.id from panel_versions v where v.action = $1 and v.id <> all($2::uuid[]))`,
    [action, serving],
  );
}
