/** What the preflight said of a content, kept by the content's hash: an audit entry repeats it, and never invents it. */
import type { Queryable } from './database.ts';

/** `unknown`: no preflight of this content is on record here. */
export type ComplianceStatus = 'passed' | 'passedWithWarnings' | 'failed' | 'unknown';

export interface Compliance {
  /** Hash of the action's content, 64 hexadecimal digits, as in the action's metadata. */
  readonly contentSha256: string;
  readonly status: Exclude<ComplianceStatus, 'unknown'>;
  /** Versions of the rules and of the data (browsers, policy) that it was checked with. */
  readonly rulesVersion: string;
  readonly dataVersion: string;
  readonly at: Date;
  /** Whose content it was when it was checked. */
  readonly action?: string | null;
  readonly version?: string | null;
}

/** The latest check of a content counts; a late repeat of an earlier one does not turn it back. */
export async function saveCompliance(db: Queryable, row: Compliance): Promise<void> {
  await db.query(
    `insert into compliance as c (content_sha256, status, rules_version, data_version, at, action, version)
     values ($1, $2, $3, $4, $5, $6, $7)
     on conflict (content_sha256) do update set status = excluded.status, rules_version = excluded.rules_version,
       data_version = excluded.data_version, at = excluded.at, action = excluded.action, version = excluded.version
     where excluded.at >= c.at`,
    [row.contentSha256, row.status, row.rulesVersion, row.dataVersion, row.at, row.action, row.version]);
}

export async function complianceOf(db: Queryable, contentSha256: string): Promise<ComplianceStatus> {
  const [row] = await db.query<{ status: ComplianceStatus }>('select status from compliance where content_sha256 = $1', [contentSha256]);
  return row?.status ?? 'unknown';
}

/** Of the content that was checked last under this name and version. */
export async function complianceOfVersion(db: Queryable, action: string, version: string): Promise<ComplianceStatus> {
  const [row] = await db.query<{ status: ComplianceStatus }>(
    'select status from compliance where action = $1 and version = $2 order by at desc limit 1', [action, version]);
  return row?.status ?? 'unknown';
}
