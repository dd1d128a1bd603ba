/**
 * What the preflight said of a content, on record in the audit log itself: an entry repeats it, and never invents it.
 */
import { appendAudit } from './audit.ts';
import type { Database, Queryable } from './database.ts';

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
  /** For which rollout; its repeat with the same result is no second entry. */
  readonly rolloutId?: string | null;
  /** Codes of what was found. */
  readonly found?: readonly string[];
}

/** The latest check of a content counts; a late repeat of an earlier one does not turn it back. */
export async function saveCompliance(db: Database, row: Compliance): Promise<void> {
  const {
    contentSha256,
    status,
    rulesVersion,
    dataVersion,
    at,
    action = null,
    version = null,
    rolloutId = null,
    found = [],
  } = row;
  const entry = {
    key: [
      'preflight',
      rolloutId ?? at.toISOString(),
      contentSha256.slice(0, 16),
      status,
      rulesVersion,
      dataVersion,
    ].join('/'),
    at,
    actor: 'engine',
    act: 'preflight',
    reason: found.length === 0 ? `${status}: nothing was found` : `${status}: ${found.join(', ')}`,
    rolloutId,
    action,
    version,
    complianceStatus: status,
    details: { contentSha256, rulesVersion, dataVersion, found },
  };
  await db.tx((trx) => appendAudit(trx, entry, ['at']));
}

export function complianceOf(db: Queryable, contentSha256: string): Promise<ComplianceStatus> {
  return latest(db, "details->>'contentSha256' = $1", [contentSha256]);
}

/** Of the content that was checked last under this name and version. */
export function complianceOfVersion(db: Queryable, action: string, version: string): Promise<ComplianceStatus> {
  return latest(db, 'action = $1 and version = $2', [action, version]);
}

async function latest(db: Queryable, which: string, params: readonly string[]): Promise<ComplianceStatus> {
  const [row] = await db.query<{ status: ComplianceStatus }>(
    `select compliance_status as status from audit where act = 'preflight' and ${which} order by at desc, leaf ` +
      'desc limit 1',
    params,
  );
  return row?.status ?? 'unknown';
}
