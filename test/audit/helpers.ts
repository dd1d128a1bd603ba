import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AuditEntry } from '../../src/store/audit-line.ts';
import { appendAudit } from '../../src/store/audit.ts';
import type { Database, Queryable, Transaction } from '../../src/store/database.ts';
import { append } from '../helpers/audit.ts';
import { NOON } from '../helpers/events.ts';

/** What splits lines, breaks parsers or cannot be stored, somewhere. */
export const HOSTILE = [
  'a\nb\r\nc',
  'x\u2028y\u2029z',
  '"]=\\|',
  '\u0000\uD800',
  '<script>',
  'CEF:0|a|b',
  '\u001b[31m',
  'ü😀',
  '%s %n',
  ' ',
  '=1+1',
];

export function entry(n: number, more: Partial<AuditEntry> = {}): AuditEntry {
  return {
    key: `r1/${n}`,
    at: new Date(NOON + n * 1000),
    actor: 'kim',
    act: n % 2 === 0 ? 'splitProven' : 'baking',
    reason: `${HOSTILE[n % HOSTILE.length]} ${n}`,
    rolloutId: n % 3 === 0 ? 'r1' : 'r2',
    action: 'RefundAssist',
    version: '1.6.0',
    before: { splitPercent: n, note: HOSTILE[n % HOSTILE.length] },
    after: { splitPercent: n + 0.1 },
    ...more,
  };
}

export async function appendMany(db: Database | Transaction, from: number, to: number): Promise<void> {
  for (let n = from; n < to; n += 1) await ('tx' in db ? append(db, entry(n)) : appendAudit(db, entry(n)));
}

/** What a restore of an older database leaves: neither entries nor checkpoints from `size` on. */
export async function cutTo(db: Queryable, size: number): Promise<void> {
  for (const table of ['audit', 'audit_nodes', 'audit_checkpoints'])
    await db.query(`alter table ${table} disable trigger user`);
  await db.query('delete from audit where leaf >= $1::bigint', [size]);
  await db.query('delete from audit_checkpoints where size > $1::bigint', [size]);
  await db.query('delete from audit_nodes where (idx + 1) * (2 ^ level) > $1::bigint', [size]);
  for (const table of ['audit', 'audit_nodes', 'audit_checkpoints'])
    await db.query(`alter table ${table} enable trigger user`);
}

/** A folder for one file of tests, removed after it. */
export function useFolder(): (name: string) => string {
  const folder = mkdtempSync(join(tmpdir(), 'audit-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return (name) => join(folder, name);
}

/** Someone with all rights over the database does something to the log; afterwards it is undone. */
export async function whileTampered<T>(
  db: Database,
  tamper: (trx: Transaction) => Promise<unknown>,
  look: (trx: Transaction) => Promise<T>,
): Promise<T> {
  let seen: { value: T } | undefined;
  const undo = new Error('undo');
  await db
    .tx(async (trx) => {
      for (const table of ['audit', 'audit_nodes', 'audit_checkpoints'])
        await trx.query(`alter table ${table} disable trigger user`);
      await tamper(trx);
      seen = { value: await look(trx) };
      throw undo;
    })
    .catch((error: unknown) => {
      if (error !== undo) throw error;
    });
  if (seen === undefined) throw new Error('Nothing was seen.');
  return seen.value;
}
