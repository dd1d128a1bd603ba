/**
 * How old what is whole is, and what becomes of a log whose tail, checkpoints and checkpoint file were all taken away.
 */
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openCheckpoint } from '../../src/audit/checkpoint.ts';
import { generateKey } from '../../src/audit/note.ts';
import { readKept, signAndKeep } from '../../src/audit/sign-and-keep.ts';
import { verifyDatabase } from '../../src/audit/verify.ts';
import type { Database } from '../../src/store/database.ts';
import { openDatabase } from '../../src/store/open.ts';
import { cli, jsonLines } from '../cli/fixtures.ts';
import { NOON } from '../helpers/events.ts';
import { appendMany, cutTo, useFolder } from './helpers.ts';
import { openStore } from '../helpers/any-store.ts';

const HOUR = 3_600_000;
const file = useFolder();

/** A store as `dev` leaves it, with its key; `at`: what the clock shows. */
function logAt(name: string) {
  const home = file(name);
  const run = (atMs: number, args: string[], env: Record<string, string> = {}) =>
    cli(args, { env: { ASSIST_ROLLOUTS_HOME: home, ...env }, now: () => atMs });
  const change = async (work: (db: Database) => Promise<unknown>): Promise<void> => {
    const db = await openDatabase({ kind: 'pglite', dataDir: join(home, 'database') });
    try {
      await work(db);
    } finally {
      await db.close();
    }
  };
  return { home, run, change };
}

test('verifying says when the log was signed last, and over how much; an export that was cut to an earlier checkpoint shows its age', async () => {
  const { run, change } = logAt('fresh');
  await change((db) => appendMany(db, 0, 5));
  await run(NOON, ['audit', 'checkpoint']);
  await change((db) => appendMany(db, 5, 9));
  const key = (await run(NOON, ['audit', 'key'])).stdout.trim();
  await run(NOON + 50 * HOUR, ['audit', 'export', '--to', file('whole')]);
  const [head = '', ...records] = readFileSync(file('whole'), 'utf8').trimEnd().split('\n');
  const cut = records.filter((line) =>
    line.includes('"leaf":') ? Number(/"leaf":(\d+)/.exec(line)?.[1]) < 5 : line.includes('\\n5\\n'),
  );
  writeFileSync(file('cut'), [head.replace('"size":9', '"size":5'), ...cut, ''].join('\n'));
  const verify = (name: string, ...more: string[]) =>
    run(NOON + 51 * HOUR, ['audit', 'verify', '--file', file(name), '--key', key, ...more]);
  expect((await verify('whole')).stdout).toContain(
    'Last signed 2026-03-03T14:00:00.000Z (1 h ago; nothing here tells what was logged since), 9 entries.',
  );
  expect(await verify('cut')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining(
      'Last signed 2026-03-01T12:00:00.000Z (2 d 03 h ago; nothing here tells what was logged since), 5 entries.',
    ) as string,
  });
  expect(jsonLines((await verify('cut', '--json')).stdout)).toMatchObject([
    { ok: true, lastSigned: { size: 5, at: '2026-03-01T12:00:00.000Z' } },
  ]);
  expect(statSync(join(logAt('fresh').home, 'audit-key.signed')).mode & 0o777).toBe(0o600);
});

test('a checkpoint file that is missing is tampering to every verb; a person may begin anew, on record', async () => {
  const { run, change } = logAt('missing');
  const kept = file('kept-missing');
  await change((db) => appendMany(db, 0, 4));
  await run(NOON, ['audit', 'checkpoint', '--to', kept]);
  rmSync(kept);
  for (const args of [
    ['audit', 'checkpoint', '--to', kept],
    ['audit', 'verify'],
  ]) {
    const { code, stdout } = await run(NOON, [...args, '--json'], { AUDIT_CHECKPOINT_FILE: kept });
    expect([code, jsonLines(stdout)[0]]).toMatchObject([
      7,
      { code: 'audit-tampered', message: expect.stringContaining('signed over 4 entries before') as string },
    ]);
  }
  expect(await run(NOON, ['audit', 'checkpoint', '--to', kept, '--new'])).toMatchObject({ code: 0 });
  expect(await run(NOON, ['audit', 'verify'], { AUDIT_CHECKPOINT_FILE: kept })).toMatchObject({ code: 0 });
  expect(jsonLines((await run(NOON, ['audit', 'list', '--json'])).stdout)[0]).toMatchObject({
    entries: expect.arrayContaining([
      expect.objectContaining({ act: 'checkpointsBegun', actor: 'ana', details: { file: kept } }),
    ]) as object,
  });
});

describe('what is kept outside', () => {
  const { signer } = generateKey('log.example/audit');
  let db: Database;
  beforeAll(async () => {
    db = await openStore();
  });
  afterAll(() => db.close());
  const keeping = { file: file('kept'), record: file('key.signed') };
  const sign = (more: object = {}, atMs = NOON) => signAndKeep(db, signer, { now: () => atMs, ...keeping, ...more });

  test('the first run finds no file and begins one; a quiet log is signed again only when its signature is too old', async () => {
    await appendMany(db, 0, 4);
    const first = await sign();
    expect((await sign({}, NOON + HOUR)).note).toBe(first.note);
    expect((await sign({ anewAfterMs: 2 * HOUR }, NOON + HOUR)).note).toBe(first.note);
    const again = await sign({ anewAfterMs: HOUR }, NOON + HOUR);
    expect(openCheckpoint(again.note, signer)).toMatchObject({ size: 4, signedAt: '2026-03-01T13:00:00.000Z' });
    expect(readFileSync(keeping.record, 'utf8')).toBe(again.note);
    expect((await verifyDatabase(db, { verifier: signer })).lastSigned).toEqual({
      size: 4,
      at: '2026-03-01T13:00:00.000Z',
    });
  });

  test.each(['removed', 'emptied'])('a file that was %s is not begun anew by itself', async (how) => {
    if (how === 'removed') rmSync(keeping.file);
    else writeFileSync(keeping.file, '');
    await expect(sign()).rejects.toMatchObject({ code: 'audit-tampered' });
    await expect(readKept(db, signer, keeping)).rejects.toMatchObject({ code: 'audit-tampered' });
    expect(existsSync(keeping.file) && readFileSync(keeping.file, 'utf8') !== '').toBe(false);
    await sign({ begin: true });
    expect((await readKept(db, signer, keeping)).notes.length).toBeGreaterThan(0);
  });

  test('a tail that was cut off together with its checkpoints and the file is told by what is kept beside the key, and not signed', async () => {
    await appendMany(db, 4, 9);
    await sign();
    const beside = readFileSync(keeping.record, 'utf8');
    await cutTo(db, 4);
    rmSync(keeping.file);
    expect(await verifyDatabase(db, { verifier: signer })).toMatchObject({ ok: true, entries: 4 });
    const kept = await readKept(db, signer, { record: keeping.record });
    expect((await verifyDatabase(db, { verifier: signer, kept })).findings).toMatchObject([
      { kind: 'cutOff', leaf: 4, toLeaf: 8 },
    ]);
    await expect(sign({ file: undefined })).rejects.toThrow('entries were cut off');
    await expect(sign()).rejects.toMatchObject({ code: 'audit-tampered' });
    expect(readFileSync(keeping.record, 'utf8')).toBe(beside);
  });

  test('a database without any checkpoint is the first run only where the key has no record', async () => {
    await cutTo(db, 0);
    await expect(sign()).rejects.toThrow('signed over 9 entries before');
    rmSync(keeping.record);
    await appendMany(db, 0, 2);
    expect(await sign()).toMatchObject({ size: 2 });
  });

  test('a folder of the key that cannot be written keeps no record, and the log is signed all the same', async () => {
    expect(await sign({ anewAfterMs: 0, record: file('nowhere/key.signed') })).toMatchObject({ size: 2 });
  });
});
