/** Who did what, when and why. Append-only: the database refuses to change or remove a row. */
import { auditLine } from './audit-line.ts';
import type { Queryable } from './database.ts';

export interface AuditEntry {
  /** Names the act, so that a repeat of it is not a second entry: `<rollout id>/<act>/<what tells it from the next one>`. */
  readonly key: string;
  readonly at: Date;
  readonly actor: string;
  readonly act: string;
  readonly reason: string;
  readonly rolloutId?: string | null;
  readonly action?: string | null;
  readonly version?: string | null;
  /** What the act changed; plain JSON. No secrets, no transcripts. */
  readonly before?: object | null;
  readonly after?: object | null;
  /** The organisation's correlation id of the call. */
  readonly correlationId?: string | null;
  readonly details?: object | null;
  /** Result of preflight for the content the entry speaks of. */
  readonly complianceStatus?: string | null;
}

export interface AuditRow extends Required<AuditEntry> {
  /** Order of the log. */
  readonly seq: number;
}

/**
 * Give the transaction of the change that the entry tells of. True when it is new, false when the key is there already.
 * The database's own function numbers the entry, hashes its line and adds it to the Merkle tree, in one round trip.
 */
export async function appendAudit(trx: Queryable, entry: AuditEntry): Promise<boolean> {
  const [row] = await trx.query<{ leaf: number | null }>('select append_audit($1::text) as leaf', [auditLine(entry)]);
  return row?.leaf !== null;
}

/** Oldest first. */
export async function listAudit(
  db: Queryable, query: { readonly rolloutId?: string; readonly afterSeq?: number; readonly limit?: number } = {},
): Promise<AuditRow[]> {
  return db.query<AuditRow>(
    `select seq, ${AUDIT_COLUMNS} from audit where seq > $1::bigint and ($2::text is null or rollout_id = $2) order by seq limit $3::bigint`,
    [query.afterSeq ?? 0, query.rolloutId ?? null, query.limit ?? 1000]);
}

export const AUDIT_COLUMNS = `key, at, actor, act, reason, rollout_id as "rolloutId", action, version, before, after,
  correlation_id as "correlationId", details, compliance_status as "complianceStatus"`;
