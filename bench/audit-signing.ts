/**
 * What one more signature costs beside a long past: so many checkpoints in the database and in a file, of which each
 * was signed over one entry more. Milliseconds of the wall, and the longest time that nothing else of the process ran.
 * `npm run bench:audit-signing -- [--notes 20000]`, on the embedded store in memory.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { signCheckpoint } from '../src/audit/checkpoint.ts';
import { CompactRange } from '../src/audit/compact-range.ts';
import { leafHash } from '../src/audit/hash.ts';
import { generateKey } from '../src/audit/note.ts';
import type { Signer } from '../src/audit/note.ts';
import { signAndKeep } from '../src/audit/sign-and-keep.ts';
import { auditLine } from '../src/store/audit-line.ts';
import { appendAudit } from '../src/store/audit.ts';
import type { Database } from '../src/store/database.ts';
import { openDatabase } from '../src/store/open.ts';

const START = Date.parse('2026-03-01T12:00:00.000Z');
const PAGE = 1_000;

const entryOf = (n: number) => ({
  key: `bench/${n}`,
  at: new Date(START + n),
  actor: 'engine',
  act: 'splitProven',
  reason: 'the organisation to show split 25 %',
});

async function main(args: readonly string[]): Promise<void> {
  const at = args.indexOf('--notes');
  const notes = at < 0 ? 20_000 : Number(args[at + 1]);
  const folder = mkdtempSync(join(tmpdir(), 'audit-signing-'));
  const db = await openDatabase({ kind: 'pglite', dataDir: null });
  try {
    process.stdout.write(`${JSON.stringify(await measure(db, notes, join(folder, 'checkpoints')))}\n`);
  } finally {
    await db.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measure(db: Database, notes: number, file: string): Promise<object> {
  const { signer } = generateKey('bench.example/audit');
  writeFileSync(file, (await fill(db, signer, notes)).join('\n'));
  const sign = (): Promise<unknown> => signAndKeep(db, signer, { now: () => START, file, record: null });
  await sign();
  const rounds: object[] = [];
  for (let n = 0; n < 3; n += 1) {
    await db.tx((trx) => appendAudit(trx, entryOf(notes + n)));
    rounds.push(await timed(sign));
  }
  return { notes, rounds };
}

/** A signature after each entry; the notes. */
async function fill(db: Database, signer: Signer, count: number): Promise<string[]> {
  const range = new CompactRange(0, []);
  const notes: string[] = [];
  for (let n = 0; n < count; n += PAGE) {
    const lines = Array.from({ length: Math.min(PAGE, count - n) }, (_, k) => auditLine(entryOf(n + k)));
    await db.query('select count(append_audit(line)) from unnest($1::text[]) with ordinality as t (line, place)', [
      lines,
    ]);
    const fresh = lines.map((line) => {
      range.append(leafHash(line));
      return signCheckpoint({ size: range.size, root: range.root(), at: new Date(START) }, signer);
    });
    await db.query(
      `insert into audit_checkpoints (size, note, at)
       select size, note, $3 from unnest($1::bigint[], $2::text[]) as t (size, note)`,
      [fresh.map((_, k) => n + k + 1), fresh, new Date(START)],
    );
    notes.push(...fresh);
  }
  return notes;
}

async function timed(work: () => Promise<unknown>): Promise<{ wallMs: number; blockedMs: number }> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const start = performance.now();
  await work();
  const wallMs = performance.now() - start;
  delay.disable();
  return { wallMs: Math.round(wallMs), blockedMs: Math.round(delay.max / 1e6) };
}

void main(process.argv.slice(2));
