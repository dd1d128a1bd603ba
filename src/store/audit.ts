/** Who did what, when and why. Append-only: the database refuses to change or remove a row. */
import { createHash } from 'node:crypto';
import { createRedactor, redactDeep } from '../domain/text/redact.ts';
import { auditLine } from './audit-line.ts';
import type { AuditEntry } from './audit-line.ts';
import type { Queryable, Transaction } from './database.ts';

export interface AuditRow extends Required<AuditEntry> {
  /** Order of the log. */
  readonly seq: number;
}

/**
 * Give the transaction of the change that the entry tells of. True when it is new, false when that very entry is there
 * already. The
 * database's own function numbers the entry, hashes its line and adds it to the Merkle tree, in one round trip.
 *
 * A key that another text has taken before hides nothing: the entry goes in under a key made from its own text, and
 * says which entry bears
 * its name (`details.keyTaken`), so that a verifier tells of it. Whoever writes it: what looks like a credential is cut
 * first, for nothing
 * is ever taken out of the log. `mayDiffer`: fields, however deep, that a repeat tells otherwise.
 */
export async function appendAudit(
  trx: Transaction,
  given: AuditEntry,
  mayDiffer: readonly string[] = [],
): Promise<boolean> {
  const entry = { ...redactDeep(given, cutCredentials), key: given.key };
  if (await append(trx, entry)) return true;
  const known = await withKey(trx, entry.key);
  if (known === undefined || gist(known.line, mayDiffer) === gist(auditLine(entry), mayDiffer)) return false;
  const key = `${entry.key}#${createHash('sha256')
    .update(gist(auditLine(entry), mayDiffer))
    .digest('hex')
    .slice(0, 16)}`;
  return append(trx, { ...entry, key, details: { ...entry.details, keyTaken: { key: entry.key, leaf: known.leaf } } });
}

const cutCredentials = createRedactor();

async function append(trx: Transaction, entry: AuditEntry): Promise<boolean> {
  const [row] = await trx.query<{ leaf: number | null }>('select append_audit($1::text) as leaf', [auditLine(entry)]);
  return row?.leaf !== null;
}

async function withKey(
  db: Queryable,
  key: string,
): Promise<{ readonly leaf: number; readonly line: string } | undefined> {
  const [row] = await db.query<{ leaf: number; line: string }>('select leaf, line from audit where key = $1', [key]);
  return row;
}

function gist(line: string, mayDiffer: readonly string[]): string {
  return mayDiffer.length === 0
    ? line
    : JSON.stringify(JSON.parse(line), (name, value: unknown) => (mayDiffer.includes(name) ? undefined : value));
}

/** Oldest first. */
export async function listAudit(
  db: Queryable,
  query: { readonly rolloutId?: string; readonly afterSeq?: number; readonly limit?: number } = {},
): Promise<AuditRow[]> {
  return db.query<AuditRow>(
    `select seq, ${AUDIT_COLUMNS} from audit where seq > $1::bigint and ($2::text is null or rollout_id = $2) ` +
      'order by seq limit $3::bigint',
    [query.afterSeq ?? 0, query.rolloutId ?? null, query.limit ?? 1000],
  );
}

export const AUDIT_COLUMNS = `key, at, actor, act, reason, rollout_id as "rolloutId", action, version, before, after,
  correlation_id as "correlationId", details, compliance_status as "complianceStatus"`;
