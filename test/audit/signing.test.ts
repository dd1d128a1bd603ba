/** Signing beside a long past, and into a file whose end a crash or a full disk cut off. */
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { signCheckpoint } from '../../src/audit/checkpoint.ts';
import { searchEnd } from '../../src/audit/file-end.ts';
import { leafHash } from '../../src/audit/hash.ts';
import { generateKey } from '../../src/audit/note.ts';
import { readKept, signAndKeep } from '../../src/audit/sign-and-keep.ts';
import { treeOf } from '../../src/audit/tree.ts';
import { verifyDatabase } from '../../src/audit/verify.ts';
import { listCheckpoints, readAuditLines, saveCheckpoint } from '../../src/store/audit-log.ts';
import type { Database, Queryable } from '../../src/store/database.ts';
import { describeEachStore } from '../helpers/database.ts';
import { NOON } from '../helpers/events.ts';
import { openStore } from '../helpers/any-store.ts';
import { appendMany, useFolder } from './helpers.ts';

const { signer } = generateKey('log.example/audit');
const now = (): number => NOON;
const file = useFolder();
const keeping = (name: string) => ({ file: file(name), record: file(`${name}.signed`) });
const sign = (db: Database, name: string) => signAndKeep(db, signer, { now, ...keeping(name) });

/** A store that counts what it is asked, and the rows that it answers with. */
function counting(db: Database): { db: Database; count: { queries: number; rows: number } } {
  const count = { queries: 0, rows: 0 };
  const counted = <T extends Queryable>(inner: T): T => ({
    ...inner,
    query: async (sql: string, params?: readonly unknown[]) => {
      const rows = await inner.query(sql, params);
      count.queries += 1;
      count.rows += rows.length;
      return rows;
    },
  });
  return { count, db: { ...counted(db), tx: (work) => db.tx((trx) => work(counted(trx))) } };
}

describeEachStore('a signature beside a long past', (db) => {
  const folder = useFolder();
  const kept = { file: folder('kept'), record: folder('signed') };
  const signHere = (to: Database) => signAndKeep(to, signer, { now, ...kept });

  /** One more signed note over each of the entries, in the database and in the file. */
  async function signEach(until: number): Promise<void> {
    const tree = treeOf((await readAuditLines(db(), 0, until)).map(({ line }) => leafHash(line)));
    const at = new Date(NOON);
    await db().tx(async (trx) => {
      for (let size = 1; size <= until; size += 1) {
        const note = signCheckpoint({ size, root: tree.root(size), at }, signer);
        await saveCheckpoint(trx, { size, note, at });
        appendFileSync(kept.file, `\n${note}`);
      }
    });
  }

  test('asks the store no more and reads no more rows than beside a short one', async () => {
    await db().tx((trx) => appendMany(trx, 0, 240));
    await signHere(db());
    await appendMany(db(), 240, 241);
    const short = counting(db());
    await signHere(short.db);
    await signEach(241);
    await appendMany(db(), 241, 242);
    const long = counting(db());
    expect((await signHere(long.db)).size).toBe(242);
    expect(long.count.queries).toBeLessThanOrEqual(short.count.queries + 2);
    expect(long.count.rows).toBeLessThan(150);
  });

  test('is given to a log whose earlier signature in the file speaks of another; verifying tells of it', async () => {
    const other = signCheckpoint({ size: 7, root: new Uint8Array(32), at: new Date(NOON) }, signer);
    writeFileSync(kept.file, `${other}\n${readFileSync(kept.file, 'utf8')}`);
    await appendMany(db(), 242, 243);
    expect((await signHere(db())).size).toBe(243);
    const outside = await readKept(db(), signer, kept);
    expect((await verifyDatabase(db(), { verifier: signer, kept: outside })).findings).toContainEqual(
      expect.objectContaining({ kind: 'checkpointInvalid' }),
    );
  });

  test('of another key does not hide the last one of ours', async () => {
    const { signer: other } = generateKey('log.example/other');
    await signAndKeep(db(), other, { now, file: kept.file, record: null });
    const before = readFileSync(kept.file, 'utf8');
    expect((await signHere(db())).size).toBe(243);
    expect(readFileSync(kept.file, 'utf8')).toBe(before);
  });
});

test('of a long file only the end is read, from the beginning of a line on, and more of it when that does not do', async () => {
  const lines = Array.from({ length: 40_000 }, (_, n) => `zeile ü ${n}\n`);
  writeFileSync(file('lines'), lines.join(''));
  const seen: number[] = [];
  const found = await searchEnd(file('lines'), ({ text, from }) => {
    seen.push(from);
    expect(Buffer.from(lines.join('')).subarray(from).toString('utf8')).toBe(text);
    expect(lines).toContain(text.slice(0, text.indexOf('\n') + 1));
    return text.includes('zeile ü 39000\n') ? 'found' : null;
  });
  expect([found, seen.length, (seen[0] ?? 0) > 400_000]).toEqual(['found', 1, true]);
  expect(await searchEnd(file('lines'), ({ from }) => (from === 0 ? 'all' : null))).toBe('all');
  expect(await searchEnd(file('no such file'), ({ text }) => `none${text}`)).toBe('none');
});

describe('a checkpoint file whose end was cut off', () => {
  let db: Database;
  beforeAll(async () => {
    db = await openStore();
  });
  afterAll(() => db.close());

  test('anywhere in its last note is signed into again, and is whole', async () => {
    await appendMany(db, 0, 3);
    await sign(db, 'torn');
    await appendMany(db, 3, 5);
    await sign(db, 'torn');
    const whole = readFileSync(file('torn'));
    const leaves = readFileSync(file('torn.leaves'));
    const first = whole.indexOf('\n\n', whole.indexOf('\u2014')) + 1;
    const dash = whole.lastIndexOf('\u2014');
    const ends = Array.from({ length: Math.ceil((whole.length - first) / 9) }, (_, n) => first + n * 9);
    for (const end of [...ends, dash - 1, dash, dash + 1, dash + 2, dash + 3, whole.length - 1]) {
      const filling = end % 2 === 0 ? '' : '\0\0\0';
      writeFileSync(file('torn'), Buffer.concat([whole.subarray(0, end), Buffer.from(filling)]));
      writeFileSync(file('torn.leaves'), leaves.subarray(0, leaves.length - (end % 90)));
      expect((await readKept(db, signer, keeping('torn'))).notes).toHaveLength(2);
      await sign(db, 'torn');
      expect(readFileSync(file('torn'), 'utf8')).toBe(whole.toString('utf8'));
      expect(readFileSync(file('torn.leaves'), 'utf8')).toBe(leaves.toString('utf8'));
    }
  });

  test.each([
    ['a word of somebody', 'seen by kim\n'],
    ['a note that is another', 'other.example/log\n12\n'],
    ['records of a SIEM', '{"metadata":{}}\n'],
  ])('is not what holds %s: it is refused, and stays as it is', async (_what, rest) => {
    const before = readFileSync(file('torn'), 'utf8');
    for (const text of [`${before}${rest}`, `${before}\n${rest}`, rest]) {
      writeFileSync(file('torn'), text);
      await expect(sign(db, 'torn')).rejects.toMatchObject({ code: 'audit-file-unreadable' });
      expect(readFileSync(file('torn'), 'utf8')).toBe(text);
    }
    writeFileSync(file('torn'), before);
  });

  test('a file that cannot be gone on with is told, and the log is signed all the same', async () => {
    rmSync(file('torn.leaves'));
    mkdirSync(file('torn.leaves'));
    await appendMany(db, 5, 6);
    await expect(sign(db, 'torn')).rejects.toMatchObject({ code: 'audit-file-unreadable' });
    expect((await listCheckpoints(db)).at(-1)?.size).toBe(6);
    expect(readFileSync(file('torn.signed'), 'utf8')).toContain('\n6\n');
    rmSync(file('torn.leaves'), { recursive: true });
    await appendMany(db, 6, 7);
    await sign(db, 'torn');
    expect(await readKept(db, signer, keeping('torn'))).toMatchObject({ leaves: { length: 7 } });
  });
});

test('a first signature that did not reach its file, or only in part, is given again', async () => {
  const db = await openStore();
  try {
    await appendMany(db, 0, 3);
    await expect(sign(db, 'folder/first')).rejects.toMatchObject({ code: 'ENOENT' });
    expect([await listCheckpoints(db), existsSync(file('folder/first.signed'))]).toEqual([[], false]);
    mkdirSync(file('folder'));
    writeFileSync(file('folder/first'), `${signer.name}\n3`);
    expect((await readKept(db, signer, keeping('folder/first'))).notes).toEqual([]);
    await sign(db, 'folder/first');
    expect((await readKept(db, signer, keeping('folder/first'))).notes).toHaveLength(2);
    writeFileSync(file('folder/first'), `${signer.name}\n3`);
    await expect(sign(db, 'folder/first')).rejects.toMatchObject({ code: 'audit-tampered' });
  } finally {
    await db.close();
  }
});
