import { readFileSync, writeFileSync } from 'node:fs';
import { appendCheckpointFile } from '../../src/audit/checkpoint-end.ts';
import { readCheckpointFile } from '../../src/audit/checkpoint-file.ts';
import { openCheckpoint } from '../../src/audit/checkpoint.ts';
import { exportAudit } from '../../src/audit/export.ts';
import { leafHash, sameHash } from '../../src/audit/hash.ts';
import { generateKey } from '../../src/audit/note.ts';
import { checkpointNow } from '../../src/audit/sign.ts';
import { treeOf } from '../../src/audit/tree.ts';
import { verifyDatabase, verifyExport } from '../../src/audit/verify.ts';
import { appendAudit } from '../../src/store/audit.ts';
import { append } from '../helpers/audit.ts';
import { auditSize, listCheckpoints, readAuditLines, readNodes } from '../../src/store/audit-log.ts';
import type { Transaction } from '../../src/store/database.ts';
import { describeEachStore } from '../helpers/database.ts';
import { NOON } from '../helpers/events.ts';
import { appendMany, entry, useFolder, whileTampered } from './helpers.ts';

const { signer } = generateKey('log.example/audit');
const options = { now: () => NOON };
const trust = { verifier: signer };
const SIZES = [1, 2, 7, 16, 23, 40];

describeEachStore('the audit log', (db) => {
  const file = useFolder();
  const kept = () => readCheckpointFile(file('checkpoints'));
  const opened = async () =>
    (await kept()).notes.map((note) => openCheckpoint(note, signer)).filter((checkpoint) => checkpoint !== null);

  beforeAll(async () => {
    for (const [index, size] of SIZES.entries()) {
      await appendMany(db(), SIZES[index - 1] ?? 0, size);
      await appendCheckpointFile(file('checkpoints'), await checkpointNow(db(), signer, options), db());
    }
  });

  const exported = async (name: string, rolloutId?: string): Promise<string> => {
    let text = '';
    await exportAudit(db(), {
      verifier: signer,
      ...(rolloutId === undefined ? {} : { rolloutId }),
      write: async (more) => {
        text += more;
      },
    });
    writeFileSync(file(name), text);
    return file(name);
  };

  test('numbers entries without gaps in the order of commits, also when some are undone or repeated', async () => {
    const size = await auditSize(db());
    await expect(
      db().tx(async (trx) => {
        await appendAudit(trx, entry(1000));
        throw new Error('undone');
      }),
    ).rejects.toThrow('undone');
    expect(await append(db(), entry(3))).toBe(false);
    expect(await auditSize(db())).toBe(size);
    expect((await readAuditLines(db(), 0, 1000)).map(({ leaf }) => leaf)).toEqual(
      Array.from({ length: size }, (_, n) => n),
    );
  });

  test('keeps hashes that are those of the stored lines, byte by byte', async () => {
    const lines = await readAuditLines(db(), 0, 1000);
    const tree = treeOf(lines.map(({ line }) => leafHash(line)));
    for (const { level, index } of [
      { level: 0, index: 5 },
      { level: 3, index: 1 },
      { level: 5, index: 0 },
    ]) {
      const [hash = new Uint8Array()] = await readNodes(db(), [{ level, index }]);
      expect(sameHash(hash, tree.node(level, index))).toBe(true);
    }
    for (const { size, note } of await listCheckpoints(db()))
      expect(openCheckpoint(note, signer)?.root).toEqual(tree.root(size));
  });

  test('verifies, in the database and from an export alone', async () => {
    expect(await verifyDatabase(db(), trust)).toEqual({
      ok: true,
      entries: 40,
      covered: 40,
      checkpoints: 6,
      lastSigned: { size: 40, at: '2026-03-01T12:00:00.000Z' },
      findings: [],
    });
    expect(await verifyExport(await exported('whole'), trust)).toEqual({
      ok: true,
      entries: 40,
      covered: 40,
      checkpoints: 6,
      lastSigned: { size: 40, at: '2026-03-01T12:00:00.000Z' },
      findings: [],
    });
    expect(await verifyExport(await exported('r1', 'r1'), { ...trust, kept: await kept() })).toMatchObject({
      ok: true,
      entries: 14,
      covered: 14,
    });
    const { signer: other } = generateKey('log.example/audit');
    expect((await verifyExport(file('whole'), { verifier: other })).ok).toBe(false);
  });

  test('a selection shows an entry that was changed', async () => {
    await exported('r1', 'r1');
    writeFileSync(
      file('r1'),
      readFileSync(file('r1'), 'utf8')
        .replace(String.raw`\"splitPercent\":9,`, String.raw`\"splitPercent\":99,`)
        .replace(String.raw`\"splitPercent\":9}`, String.raw`\"splitPercent\":99}`),
    );
    expect((await verifyExport(file('r1'), trust)).findings).toMatchObject([{ kind: 'edited', leaf: 9, key: 'r1/9' }]);
  });

  test('a file of checkpoints holds each once, and is mended when a crash cut its end off', async () => {
    const last = (await listCheckpoints(db())).at(-1);
    if (last === undefined) throw new Error('There are checkpoints.');
    const before = readFileSync(file('checkpoints'), 'utf8');
    const leaves = readFileSync(file('checkpoints.leaves'), 'utf8');
    await appendCheckpointFile(file('checkpoints'), last, db());
    expect(readFileSync(file('checkpoints'), 'utf8')).toBe(before);
    writeFileSync(file('checkpoints'), before.slice(0, -40));
    writeFileSync(file('checkpoints.leaves'), leaves.slice(0, -30));
    await appendCheckpointFile(file('checkpoints'), last, db());
    expect(readFileSync(file('checkpoints'), 'utf8')).toBe(before);
    expect(readFileSync(file('checkpoints.leaves'), 'utf8')).toBe(leaves);
    expect((await opened()).map(({ size }) => size)).toEqual(SIZES);
  });

  test.each<[what: string, sql: string, finding: object, withFile: object | null]>([
    [
      'a line is edited',
      "update audit set line = replace(line, 'kim', 'eve') where leaf = 11",
      { kind: 'edited', leaf: 11, key: 'r1/11' },
      null,
    ],
    [
      'only a column is edited',
      "update audit set actor = 'eve' where leaf = 11",
      {
        kind: 'rowDiffers',
        leaf: 11,
        message: expect.stringContaining('actor is "eve" in the row and "kim" in the line') as string,
      },
      null,
    ],
    ['an entry is removed', 'delete from audit where leaf = 11', { kind: 'removed', leaf: 11 }, null],
    [
      'an entry is removed and the later ones renumbered',
      'with gone as (delete from audit where leaf = 11) update audit set leaf = -leaf where leaf > 11; update ' +
        'audit set leaf = -leaf - 1 where leaf < 0',
      { kind: 'removed', leaf: 11 },
      null,
    ],
    [
      'two lines change places',
      'update audit a set line = b.line from audit b where (a.leaf, b.leaf) in ((11, 20), (20, 11))',
      { kind: 'reordered' },
      null,
    ],
    [
      'the end is cut off',
      'delete from audit where leaf >= 37; delete from audit_nodes where (idx + 1) * 2 ^ level > 37',
      { kind: 'cutOff', leaf: 37, toLeaf: 39 },
      null,
    ],
    [
      'a hash is changed',
      "update audit_nodes set hash = '\\x00' where level = 0 and idx = 11",
      { kind: 'hashDiffers', leaf: 11 },
      null,
    ],
    [
      'an inner hash is changed',
      "update audit_nodes set hash = '\\x00' where level = 2 and idx = 1",
      { kind: 'hashDiffers', leaf: 4, toLeaf: 7 },
      null,
    ],
    [
      'a checkpoint is edited',
      "update audit_checkpoints set note = replace(note, E'\\n16\\n', E'\\n15\\n')",
      { kind: 'checkpointInvalid' },
      null,
    ],
    ['all checkpoints are removed', 'delete from audit_checkpoints', { kind: 'checkpointMissing' }, null],
    [
      'a line and its hashes are rewritten',
      'rewrite 11',
      { kind: 'rewritten', leaf: 7, toLeaf: 15 },
      { kind: 'edited', leaf: 11, key: 'r1/11' },
    ],
  ])('tells when %s', async (_what, sql, finding, withFile) => {
    const tamper = async (trx: Transaction): Promise<void> => {
      if (!sql.startsWith('rewrite')) {
        for (const statement of sql.split('; ')) await trx.query(statement);
        return;
      }
      await trx.query("update audit set line = replace(line, 'kim', 'eve'), actor = 'eve' where leaf = 11");
      await trx.query('delete from audit_nodes');
      for (const { leaf, line } of await readAuditLines(trx, 0, 1000))
        await trx.query('select add_audit_leaf($1::bigint, $2::text)', [leaf, line]);
    };
    const verdict = await whileTampered(db(), tamper, (trx) => verifyDatabase(trx, trust));
    expect(verdict.ok).toBe(false);
    expect(verdict.findings).toContainEqual(expect.objectContaining(finding));
    const outside = await kept();
    const better = await whileTampered(db(), tamper, (trx) => verifyDatabase(trx, { ...trust, kept: outside }));
    expect(better.ok).toBe(sql.startsWith('delete from audit_checkpoints'));
    if (withFile !== null) expect(better.findings).toContainEqual(expect.objectContaining(withFile));
  });

  test('signs no second story: not a shorter log, not a changed one, not one that a file outside contradicts', async () => {
    const others = await opened();
    const sign = async (sql: string) =>
      whileTampered(
        db(),
        (trx) => trx.query(sql),
        (trx) =>
          checkpointNow({ ...db(), tx: (work) => work(trx) }, signer, { ...options, others }).then(
            () => 'signed',
            (error: { code: string }) => error.code,
          ),
      );
    expect(await sign('select 1')).toBe('signed');
    expect(await sign('delete from audit where leaf >= 30')).toBe('audit-tampered');
    expect(await sign("update audit_nodes set hash = '\\x00' where level = 5")).toBe('audit-tampered');
    await appendMany(db(), 40, 44);
    expect(await sign("update audit set line = replace(line, 'kim', 'eve') where leaf = 41")).toBe('audit-tampered');
    expect(await sign('delete from audit where leaf = 42')).toBe('audit-tampered');
    const { size } = await checkpointNow(db(), signer, { ...options, others });
    expect(size).toBe(44);
  });
});
