/**
 * What the audit log costs: an append beside a plain insert of the same row, a checkpoint over a long log, an export,
 * and verifying
 * both, in milliseconds of CPU time over all threads, which other load on the machine changes little.
 * `npm run bench:audit -- --json [--entries 100000]`, on the embedded store in memory.
 */
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportAudit } from '../src/audit/export.ts';
import { generateKey } from '../src/audit/note.ts';
import { checkpointNow } from '../src/audit/sign.ts';
import { verifyDatabase, verifyExport } from '../src/audit/verify.ts';
import { appendAudit } from '../src/store/audit.ts';
import type { AuditEntry } from '../src/store/audit-line.ts';
import { auditLine } from '../src/store/audit-line.ts';
import type { Database } from '../src/store/database.ts';
import { openDatabase } from '../src/store/open.ts';

const START = Date.parse('2026-03-01T12:00:00.000Z');
const APPENDS = 1_000;

const entryOf = (n: number): AuditEntry => ({
  key: `bench/${n}`,
  at: new Date(START + n),
  actor: 'engine',
  act: 'splitProven',
  reason: 'the organisation to show split 25 %',
  rolloutId: `rollout-${n % 50}`,
  action: 'RefundAssist',
  version: '1.6.0',
  before: { phase: 'baking', splitPercent: 5 },
  after: { phase: 'baking', splitPercent: 25 },
  correlationId: '2c9f3a55-0000-4000-8000-000000000000',
  complianceStatus: 'passed',
});

async function main(args: readonly string[]): Promise<void> {
  const at = args.indexOf('--entries');
  const entries = at < 0 ? 100_000 : Number(args[at + 1]);
  const folder = mkdtempSync(join(tmpdir(), 'audit-bench-'));
  const db = await openDatabase({ kind: 'pglite', dataDir: null });
  try {
    process.stdout.write(`${JSON.stringify(await measure(db, entries, join(folder, 'export.jsonl')))}\n`);
  } finally {
    await db.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measure(db: Database, entries: number, file: string): Promise<object> {
  const { signer } = generateKey('bench.example/audit');
  const plainMs = await plainInserts(db);
  const appendMs = await timed(async () => {
    for (let n = 0; n < APPENDS; n += 1) await db.tx((trx) => appendAudit(trx, entryOf(n)));
  });
  await fill(db, APPENDS, entries);
  const firstCheckpointCpuMs = await timed(() => checkpointNow(db, signer, { now: () => START }));
  await db.tx((trx) => appendAudit(trx, entryOf(entries)));
  const nextCheckpointCpuMs = await timed(() => checkpointNow(db, signer, { now: () => START }));
  const verifyDatabaseCpuMs = await timed(async () => assertOk(await verifyDatabase(db, { verifier: signer })));
  const exportCpuMs = await timed(() => writeExport(db, signer, file));
  const verifyExportCpuMs = await timed(async () => assertOk(await verifyExport(file, { verifier: signer })));
  return {
    entries: entries + 1,
    appendCpuMsEach: round(appendMs / APPENDS),
    plainInsertCpuMsEach: round(plainMs / APPENDS),
    extraCpuMsEach: round((appendMs - plainMs) / APPENDS),
    firstCheckpointCpuMs: round(firstCheckpointCpuMs),
    nextCheckpointCpuMs: round(nextCheckpointCpuMs),
    verifyDatabaseCpuMs: round(verifyDatabaseCpuMs),
    exportCpuMs: round(exportCpuMs),
    verifyExportCpuMs: round(verifyExportCpuMs),
    rssMb: Math.round(process.memoryUsage().rss / 1e6),
  };
}

/** The same columns into a table with the same keys, without line, number or hashes. */
async function plainInserts(db: Database): Promise<number> {
  await db.query(
    'create temp table plain (seq bigserial primary key, key text not null unique, at timestamptz, entry jsonb)',
  );
  return timed(async () => {
    for (let n = 0; n < APPENDS; n += 1) {
      const entry = entryOf(n);
      await db.query('insert into plain (key, at, entry) values ($1, $2, $3) on conflict (key) do nothing', [
        entry.key,
        entry.at,
        auditLine(entry),
      ]);
    }
  });
}

async function fill(db: Database, from: number, to: number): Promise<void> {
  for (let n = from; n < to; n += 1_000) {
    const lines = Array.from({ length: Math.min(1_000, to - n) }, (_, k) => auditLine(entryOf(n + k)));
    await db.query('select count(append_audit(line)) from unnest($1::text[]) with ordinality as t (line, place)', [
      lines,
    ]);
  }
}

async function writeExport(
  db: Database,
  verifier: ReturnType<typeof generateKey>['signer'],
  file: string,
): Promise<void> {
  const stream = createWriteStream(file);
  await exportAudit(db, {
    verifier,
    write: (text) =>
      new Promise((resolve, reject) => void stream.write(text, (error) => (error ? reject(error) : resolve()))),
  });
  await new Promise<void>((resolve) => void stream.end(resolve));
}

function assertOk(verdict: { readonly ok: boolean; readonly findings: readonly object[] }): void {
  if (!verdict.ok) throw new Error(`The log does not verify: ${JSON.stringify(verdict.findings.slice(0, 3))}`);
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1_000;
}

const round = (ms: number): number => Math.round(ms * 1_000) / 1_000;

void main(process.argv.slice(2));
