/**
 * The Merkle log behind the audit table: lines, the nodes of the tree, signed checkpoints, and how far each reader has
 * come.
 */
import { AUDIT_COLUMNS } from './audit.ts';
import { parseLine } from './audit-line.ts';
import type { AuditEntry } from './audit-line.ts';
import type { Database, Queryable, Transaction } from './database.ts';
import { LOCKS } from './locks.ts';

export interface AuditLine {
  /** Place in the log: 0, 1, 2 … without gaps, in the order of commits. */
  readonly leaf: number;
  readonly line: string;
}

export interface LoggedRow extends AuditLine {
  readonly key: string;
  /** Hash of the leaf as the tree holds it; null when the tree lacks it. */
  readonly hash: Uint8Array | null;
  /** The entry as the columns of its row tell it. */
  readonly row: AuditEntry;
}

export interface StoredCheckpoint {
  readonly size: number;
  /** The signed note, exactly as it was signed. */
  readonly note: string;
  readonly at: Date;
}

/** A node of the tree: the hash over leaves `[index * 2^level, (index + 1) * 2^level)`. */
export interface NodeId {
  readonly level: number;
  readonly index: number;
}

export async function auditSize(db: Queryable): Promise<number> {
  const [row] = await db.query<{ size: number }>('select coalesce(max(leaf) + 1, 0) as size from audit');
  return row?.size ?? 0;
}

export async function readAuditLines(
  db: Queryable,
  from: number,
  limit: number,
  below = Number.MAX_SAFE_INTEGER,
): Promise<AuditLine[]> {
  return db.query<AuditLine>(
    'select leaf, line from audit where leaf >= $1::bigint and leaf < $2::bigint order by leaf limit $3::bigint',
    [from, below, limit],
  );
}

/** With everything that a verifier compares. */
export async function readLoggedRows(db: Queryable, from: number, limit: number): Promise<LoggedRow[]> {
  const rows = await db.query<AuditEntry & AuditLine & { hash: Uint8Array | null }>(
    `select leaf, line, hash, ${AUDIT_COLUMNS} from audit left join audit_nodes on level = 0 and idx = leaf
     where leaf >= $1::bigint order by leaf limit $2::bigint`,
    [from, limit],
  );
  return rows.map(({ leaf, line, hash, ...row }) => ({ leaf, line, hash, key: row.key, row }));
}

export interface AuditFilter {
  /** Id of a rollout, or name of an action. */
  readonly of?: string | undefined;
  readonly actor?: string | undefined;
  readonly since?: Date | undefined;
  readonly until?: Date | undefined;
  /** Place in the log: those before it. */
  readonly before?: number | undefined;
}

/** The newest that fit, oldest of them first. Names of people are compared without regard to case. */
export async function findAuditLines(
  db: Queryable,
  { of, actor, since, until, before }: AuditFilter,
  limit: number,
): Promise<AuditLine[]> {
  return db.query<AuditLine>(
    `select leaf, line from (
       select leaf, line from audit where ($1::text is null or rollout_id = $1 or action = $1)
         and ($2::text is null or lower(actor) = lower($2))
         and ($3::timestamptz is null or at >= $3) and ($4::timestamptz is null or at < $4)
         and ($6::bigint is null or leaf < $6)
       order by leaf desc limit $5::bigint) newest
     order by leaf`,
    [of, actor, since, until, limit, before],
  );
}

/** Ids of the rollouts that the log knows of an action, newest first. */
export async function rolloutsInLog(db: Queryable, action: string): Promise<string[]> {
  const rows = await db.query<{ id: string }>(
    'select rollout_id as id from audit where action = $1 and rollout_id is not null group by 1 order by ' +
      'max(leaf) desc limit 20',
    [action],
  );
  return rows.map(({ id }) => id);
}

export async function leavesOfRollout(db: Queryable, rolloutId: string): Promise<AuditLine[]> {
  return db.query<AuditLine>('select leaf, line from audit where rollout_id = $1 order by leaf', [rolloutId]);
}

export interface EndOnRecord {
  readonly rolloutId: string;
  /** As the list of rollouts has it. */
  readonly row: { readonly action: string; readonly version: string; readonly outcome: string | null };
  /** The last entry that tells of an end, by its line. */
  readonly entry: {
    readonly leaf: number;
    readonly key: string;
    readonly action: string;
    readonly version: string;
    readonly outcome: string;
  } | null;
}

/** Every rollout that has ended, by its row or by the log. */
export async function endsOnRecord(db: Queryable): Promise<EndOnRecord[]> {
  const rows = await db.query<EndOnRecord['row'] & { rolloutId: string; leaf: number | null; line: string | null }>(
    `select r.rollout_id as "rolloutId", r.action, r.version, r.outcome, e.leaf, e.line from rollouts r
     left join lateral (
       select leaf, line from audit a where a.rollout_id = r.rollout_id and a.act = 'ended'
       order by a.leaf desc limit 1) e on true
     where r.outcome is not null or e.leaf is not null order by r.started_at, r.rollout_id`,
  );
  return rows.map(({ rolloutId, leaf, line, ...row }) => {
    if (leaf === null || line === null) return { rolloutId, row, entry: null };
    const { key, action, version, after } = parseLine(line) ?? {};
    const outcome = typeof after === 'object' && after !== null && 'phase' in after ? after.phase : null;
    return {
      rolloutId,
      row,
      entry: { leaf, key: String(key), action: String(action), version: String(version), outcome: String(outcome) },
    };
  });
}

/** In the order asked for; throws when the tree lacks one. */
export async function readNodes(db: Queryable, nodes: readonly NodeId[]): Promise<Uint8Array[]> {
  if (nodes.length === 0) return [];
  const rows = await db.query<{ hash: Uint8Array | null }>(
    `select n.hash from unnest($1::int[], $2::bigint[]) with ordinality as a (level, idx, place)
     left join audit_nodes n on n.level = a.level and n.idx = a.idx order by a.place`,
    [nodes.map(({ level }) => level), nodes.map(({ index }) => index)],
  );
  return rows.map(({ hash }, place) => {
    if (hash === null)
      throw new Error(
        `The audit tree lacks the node ${nodes[place]?.level}/${nodes[place]?.index}: the log was tampered with.`,
      );
    return hash;
  });
}

/** The hashes of one level, from `from` on, in order. */
export async function readLevel(
  db: Queryable,
  level: number,
  from: number,
  limit: number,
): Promise<{ index: number; hash: Uint8Array }[]> {
  return db.query(
    'select idx as index, hash from audit_nodes where level = $1::int and idx >= $2::bigint order by idx limit ' +
      '$3::bigint',
    [level, from, limit],
  );
}

/** One signer at a time, whichever process it is in. */
export function signAlone<T>(db: Database, work: (trx: Transaction) => Promise<T>): Promise<T> {
  return db.tx(async (trx) => {
    await trx.query('select pg_advisory_xact_lock($1::bigint)', [LOCKS.auditCheckpoint]);
    return work(trx);
  });
}

export async function saveCheckpoint(trx: Transaction, checkpoint: StoredCheckpoint): Promise<void> {
  await trx.query('insert into audit_checkpoints (size, note, at) values ($1::bigint, $2, $3) on conflict do nothing', [
    checkpoint.size,
    checkpoint.note,
    checkpoint.at,
  ]);
}

/** Smallest first. */
export async function listCheckpoints(db: Queryable, aboveSize = -1): Promise<StoredCheckpoint[]> {
  return db.query<StoredCheckpoint>(
    'select size, note, at from audit_checkpoints where size > $1::bigint order by size, at',
    [aboveSize],
  );
}

const PAGE = 100;

/** Largest first, and no more of them read than are looked at. For who signs alone: no other may come in between. */
export async function* newestCheckpoints(db: Queryable): AsyncGenerator<StoredCheckpoint> {
  for (let from = 0; ; from += PAGE) {
    const page = await db.query<StoredCheckpoint>(
      `select size, note, at from audit_checkpoints order by size desc, at desc, note desc
       limit $1::bigint offset $2::bigint`,
      [PAGE, from],
    );
    yield* page;
    if (page.length < PAGE) return;
  }
}

export async function lastCheckpoint(db: Queryable): Promise<StoredCheckpoint | null> {
  const [row] = await db.query<StoredCheckpoint>(
    'select size, note, at from audit_checkpoints order by size desc, at desc limit 1',
  );
  return row ?? null;
}

/** How far a destination has everything: entries below `leaf`, checkpoints up to `checkpointSize`. */
export interface ShippingCursor {
  readonly leaf: number;
  readonly checkpointSize: number;
  /** Of which beginning of the log, where there was more than one; empty for the first. */
  readonly epoch: string;
}

/** Each epoch has a row of its own, and the later ones begin where the earlier ones stood. */
export async function readCursor(db: Queryable, destination: string): Promise<ShippingCursor> {
  const [row] = await db.query<ShippingCursor & { destination: string }>(
    `select destination, leaf, checkpoint_size as "checkpointSize" from audit_cursors
     where destination = $1 or starts_with(destination, $1 || ' #') order by leaf desc, at desc, destination desc limit 1`,
    [destination],
  );
  if (row === undefined) return { leaf: 0, checkpointSize: 0, epoch: '' };
  const { leaf, checkpointSize } = row;
  return { leaf, checkpointSize, epoch: row.destination.slice(`${destination} #`.length) };
}

/** A late save of an earlier place does not turn it back. */
export async function saveCursor(db: Queryable, destination: string, cursor: ShippingCursor, at: Date): Promise<void> {
  await db.query(
    `insert into audit_cursors as c (destination, leaf, checkpoint_size, at) values ($1, $2::bigint, $3::bigint, $4)
     on conflict (destination) do update set leaf = greatest(c.leaf, excluded.leaf),
       checkpoint_size = greatest(c.checkpoint_size, excluded.checkpoint_size), at = excluded.at`,
    [rowOf(destination, cursor.epoch), cursor.leaf, cursor.checkpointSize, at],
  );
}

function rowOf(destination: string, epoch: string): string {
  return epoch === '' ? destination : `${destination} #${epoch}`;
}

/** The last word of a person, from this leaf on, that what was kept of the log outside does not count any more. */
export async function lastBeginning(db: Queryable, from: number): Promise<AuditLine | null> {
  const [row] = await db.query<AuditLine>(
    "select leaf, line from audit where act = 'checkpointsBegun' and leaf >= $1::bigint order by leaf desc limit 1",
    [from],
  );
  return row ?? null;
}
