/** Who did what, when and why. Append-only: the database refuses to change or remove a row. */
import type { Queryable } from './database.ts';
import { LOCKS } from './locks.ts';

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

/** Give the transaction of the change that the entry tells of. True when it is new, false when the key is there already. */
export async function appendAudit(trx: Queryable, entry: AuditEntry): Promise<boolean> {
  const rows = await trx.query<{ seq: number }>(APPEND, [
    LOCKS.audit, entry.key, entry.at, entry.actor, entry.act, entry.reason, entry.rolloutId, entry.action, entry.version,
    json(entry.before), json(entry.after), entry.correlationId, json(entry.details), entry.complianceStatus,
  ]);
  return rows.length > 0;
}

/** The lock is taken before the number is drawn, so the log has the order of the commits; a known key draws none. */
const APPEND = `
with locked as materialized (select pg_advisory_xact_lock($1::bigint))
insert into audit (key, at, actor, act, reason, rollout_id, action, version, before, after, correlation_id, details, compliance_status)
select $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14 from locked
where not exists (select 1 from audit where key = $2)
on conflict (key) do nothing
returning seq`;

function json(value: object | null | undefined): string | null {
  return value ? JSON.stringify(value) : null;
}

/** Oldest first. */
export async function listAudit(
  db: Queryable, query: { readonly rolloutId?: string; readonly afterSeq?: number; readonly limit?: number } = {},
): Promise<AuditRow[]> {
  return db.query<AuditRow>(
    `select seq, key, at, actor, act, reason, rollout_id as "rolloutId", action, version, before, after,
       correlation_id as "correlationId", details, compliance_status as "complianceStatus"
     from audit where seq > $1::bigint and ($2::text is null or rollout_id = $2) order by seq limit $3::bigint`,
    [query.afterSeq ?? 0, query.rolloutId ?? null, query.limit ?? 1000]);
}
