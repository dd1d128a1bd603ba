/**
 * The embedded database lives in a thread: what that must change for nobody, and what it must keep off the event loop.
 */
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Database } from '../../src/store/database.ts';
import { openPglite, pgliteOn, startPgliteThread } from '../../src/store/pglite.ts';

let db: Database;
let freed = 0;

beforeAll(async () => {
  db = await pgliteOn(startPgliteThread(null), () => {
    freed += 1;
  });
});
afterAll(() => db.close(), 60_000);

test('a transaction holds the connection: others see all of it or nothing, in their turn', async () => {
  await db.query('create table notes (text text)');
  const order: string[] = [];
  const { outside } = await db.tx(async (trx) => {
    await trx.query("insert into notes values ('one')");
    const waiting = db
      .query<{ n: number }>('select count(*) as n from notes')
      .then(([row]) => order.push(`outside ${row?.n}`));
    await trx.query("insert into notes values ('two')");
    order.push('inside');
    return { outside: waiting };
  });
  await outside;
  expect(order).toEqual(['inside', 'outside 2']);
});

test('nobody else comes to the files, also where the folder was there before for everybody', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'assist-pglite-'));
  const dataDir = join(folder, 'database');
  mkdirSync(dataDir, { mode: 0o755 });
  const db = await openPglite(dataDir);
  expect(statSync(dataDir).mode & 0o777).toBe(0o700);
  await db.close();
  rmSync(folder, { recursive: true });
});

test('a long computation of the database leaves the event loop free', async () => {
  let turns = 0;
  const turning = setInterval(() => {
    turns += 1;
  }, 1);
  await db.query("select count(*) from generate_series(1, 3000000) as n where md5(n::text) < '8'");
  clearInterval(turning);
  // On the loop itself there would be none until the answer.
  expect(turns).toBeGreaterThan(20);
});

test('errors keep what PostgreSQL says of them, and nothing of the parameters', async () => {
  const error = await db.query('select 1 / $1::int', [0]).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(Error);
  expect(error).toMatchObject({ code: '22012', message: 'division by zero' });
  expect(error).not.toHaveProperty('params');
});

test('closing does what was asked before, and refuses what is asked after', async () => {
  const asked = db.query('select 1 as one');
  const closing = db.close();
  await expect(db.query('select 1')).rejects.toMatchObject({
    code: 'store-ended',
    message: expect.stringContaining('closed'),
  });
  expect(await asked).toEqual([{ one: 1 }]);
  await closing;
  expect(freed).toBe(1);
});

test('a thread that ends suddenly fails every call, pending and later, with one clear error; rows that were acknowledged are kept', async () => {
  const home = mkdtempSync(join(tmpdir(), 'assist-rollouts-thread-'));
  const worker = startPgliteThread(home);
  const gone: string[] = [];
  const before = await pgliteOn(worker, () => gone.push('before'));
  await before.query('create table kept as select generate_series(1, 1000) as n');
  const pending = [before.query('select pg_sleep(30)'), before.tx((trx) => trx.query('select 1'))];
  const told = Promise.all(pending.map((call) => expect(call).rejects.toMatchObject({ code: 'store-ended' })));
  await worker.terminate();
  await told;
  await expect(before.query('select 1')).rejects.toMatchObject({
    code: 'store-ended',
    message: expect.stringContaining('has ended'),
  });
  await before.close();
  expect(gone).toEqual(['before']);

  const after = await pgliteOn(startPgliteThread(home), () => undefined);
  expect(await after.query('select count(*) as n from kept')).toEqual([{ n: 1000 }]);
  await after.close();
  rmSync(home, { recursive: true, force: true });
});
