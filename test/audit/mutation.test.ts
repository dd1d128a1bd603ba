/**
 * Someone who may rewrite an export as they like, hashes, numbers, proofs and all, but does not have the signing key.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { appendCheckpointFile } from '../../src/audit/checkpoint-end.ts';
import { readCheckpointFile } from '../../src/audit/checkpoint-file.ts';
import { exportAudit } from '../../src/audit/export.ts';
import type { ExportEntry, ExportHead, ExportRecord } from '../../src/audit/export-format.ts';
import { leafHash, toBase64 } from '../../src/audit/hash.ts';
import { generateKey } from '../../src/audit/note.ts';
import { checkpointNow } from '../../src/audit/sign.ts';
import { treeOf } from '../../src/audit/tree.ts';
import { verifyExport } from '../../src/audit/verify.ts';
import type { Database } from '../../src/store/database.ts';
import { NOON } from '../helpers/events.ts';
import { appendMany, useFolder } from './helpers.ts';
import { openStore } from '../helpers/any-store.ts';

const SIZE = 50;
const { signer } = generateKey('log.example/audit');
const file = useFolder();
let db: Database;
let head: ExportHead;
let notes: ExportRecord[];
let entries: ExportEntry[];

beforeAll(async () => {
  db = await openStore();
  for (const [from, to] of [
    [0, 10],
    [10, 33],
    [33, SIZE],
  ] as const) {
    await appendMany(db, from, to);
    await appendCheckpointFile(file('kept'), await checkpointNow(db, signer, { now: () => NOON }), db);
  }
  let text = '';
  await exportAudit(db, {
    verifier: signer,
    write: async (more) => {
      text += more;
    },
  });
  const records = text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as ExportRecord);
  head = records.find((record) => record.kind === 'auditExport') as ExportHead;
  notes = records.filter((record) => record.kind === 'checkpoint');
  entries = records.filter((record) => record.kind === 'entry');
});

afterAll(() => db.close());

const rehashed = (entry: ExportEntry): ExportEntry => ({ ...entry, hash: toBase64(leafHash(entry.line)) });
const edit = (entry: ExportEntry): ExportEntry => ({
  ...entry,
  line: entry.line.replace('"actor":"kim"', '"actor":"eve"'),
});
const invent = (entry: ExportEntry): ExportEntry => ({
  ...entry,
  line: entry.line.replace('"key":"r1/', '"key":"r9/'),
});

interface Tamper {
  readonly kind: 'edited' | 'removed' | 'inserted' | 'reordered' | 'cutOff';
  readonly at: number;
  readonly other: number;
}
/** How much is made to fit again: numbers, hashes, and proofs. */
interface Cover {
  readonly numbers: boolean;
  readonly hashes: boolean;
  readonly proofs: boolean;
}

function tampered({ kind, at, other }: Tamper): ExportEntry[] {
  const list = [...entries];
  const [mine, theirs] = [entries[at] as ExportEntry, entries[other] as ExportEntry];
  if (kind === 'edited') list[at] = edit(mine);
  if (kind === 'removed') list.splice(at, 1);
  if (kind === 'inserted') list.splice(at, 0, other % 2 === 0 ? invent(mine) : theirs);
  if (kind === 'cutOff') list.splice(Math.max(at, 1));
  if (kind === 'reordered') [list[at], list[other]] = [theirs, mine];
  return list;
}

function covered(list: readonly ExportEntry[], cover: Cover): ExportEntry[] {
  const tree = treeOf(list.map(({ line }) => leafHash(line)));
  return list.map((entry, place) => ({
    ...(cover.hashes ? rehashed(entry) : entry),
    ...(cover.numbers ? { leaf: place } : {}),
    ...(cover.proofs ? { proof: tree.inclusionProof(place).map(toBase64) } : {}),
  }));
}

function write(name: string, list: readonly ExportEntry[], kept = notes): string {
  writeFileSync(
    file(name),
    [{ ...head, size: list.length }, ...kept, ...list].map((record) => `${JSON.stringify(record)}\n`).join(''),
  );
  return file(name);
}

const aTamper = fc
  .record({
    kind: fc.constantFrom<Tamper['kind']>('edited', 'removed', 'inserted', 'reordered', 'cutOff'),
    at: fc.nat(SIZE - 1),
    other: fc.nat(SIZE - 1),
  })
  .filter(({ at, other, kind }) => at !== other && (kind !== 'removed' || at < SIZE - 1));

/** Which entries a finding may name for the tamper. */
function placesOf({ kind, at, other }: Tamper): number[] {
  if (kind === 'reordered') return [at, other];
  return [kind === 'cutOff' ? Math.max(at, 1) : at];
}

test('each of 150 tampers is found and named: by the proofs of the other entries, or by the hashes that were kept outside', async () => {
  const kept = await readCheckpointFile(file('kept'));
  await fc.assert(
    fc.asyncProperty(aTamper, fc.boolean(), fc.boolean(), fc.boolean(), async (tamper, numbers, hashes, proofs) => {
      const path = write('tampered', covered(tampered(tamper), { numbers, hashes, proofs }));
      const outside = await verifyExport(path, { verifier: signer, kept });
      const alone = await verifyExport(path, { verifier: signer });
      expect([outside.ok, alone.ok]).toEqual([false, false]);
      for (const { findings } of proofs ? [outside] : [outside, alone]) {
        const named = findings.filter(
          ({ kind, leaf }) => kind === tamper.kind && placesOf(tamper).includes(leaf ?? -1),
        );
        expect({ tamper, findings: named.length > 0 ? 'named' : findings }).toEqual({ tamper, findings: 'named' });
      }
    }),
    { seed: 7, numRuns: 150 },
  );
});

test('one that rewrites everything is narrowed down to what two checkpoints enclose', async () => {
  const path = write(
    'rewritten',
    covered(tampered({ kind: 'edited', at: 20, other: 0 }), { numbers: true, hashes: true, proofs: true }),
  );
  expect((await verifyExport(path, { verifier: signer })).findings).toMatchObject([
    { kind: 'rewritten', leaf: 10, toLeaf: 32 },
  ]);
});

test('checkpoints that were cut off with the entries are missed when one was kept outside', async () => {
  const path = write(
    'short',
    covered(entries.slice(0, 33), { numbers: true, hashes: true, proofs: true }),
    notes.slice(0, 2),
  );
  expect((await verifyExport(path, { verifier: signer })).ok).toBe(true);
  const kept = await readCheckpointFile(file('kept'));
  expect((await verifyExport(path, { verifier: signer, kept })).findings).toMatchObject([
    { kind: 'cutOff', leaf: 33, toLeaf: 49, key: 'r1/33' },
  ]);
});

test('no single changed byte of the lines or the checkpoints passes', async () => {
  const path = write('bytes', entries.slice(0, SIZE));
  const whole = readFileSync(path);
  const parts = whole.toString('latin1');
  const spans = [...parts.matchAll(/"note":"[^"]*"|"line":"(?:[^"\\]|\\.)*"/g)];
  await fc.assert(
    fc.asyncProperty(
      fc.nat(spans.length - 1),
      fc.nat(1000),
      fc.integer({ min: 1, max: 255 }),
      async (which, offset, flip) => {
        const span = spans[which] as RegExpExecArray;
        const at = span.index + 8 + (offset % (span[0].length - 9));
        const changed = Buffer.from(whole);
        changed[at] = (changed[at] ?? 0) ^ flip;
        writeFileSync(file('flipped'), changed);
        expect((await verifyExport(file('flipped'), { verifier: signer })).ok).toBe(false);
      },
    ),
    { seed: 8, numRuns: 60 },
  );
});
