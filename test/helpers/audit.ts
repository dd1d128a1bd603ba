/** An entry of the audit log in a transaction of its own. */
import { appendAudit } from '../../src/store/audit.ts';
import type { AuditEntry } from '../../src/store/audit-line.ts';
import type { Database } from '../../src/store/database.ts';

export function append(db: Database, entry: AuditEntry, mayDiffer?: readonly string[]): Promise<boolean> {
  return db.tx((trx) => appendAudit(trx, entry, mayDiffer));
}
