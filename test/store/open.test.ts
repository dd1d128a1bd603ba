import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Database } from '../../src/store/database.ts';
import { StoreInUse } from '../../src/store/errors.ts';
import { migrate, migrationState } from '../../src/store/migrate.ts';
import { MIGRATIONS } from '../../src/store/migrations/index.ts';
import { openDatabase } from '../../src/store/open.ts';
import { lockStore } from '../../src/store/store-lock.ts';
import { describeEachStore, describePostgres } from '../helpers/database.ts';

describeEachStore('migrations', (db) => {
  const applied = () => db().query('select id, name, checksum, applied_at from schema_migrations order by id');

  test('a second run does no harm', async () => {
    const before = await applied();
    expect(before).toHaveLength(MIGRATIONS.length);
    await migrate(db(), MIGRATIONS);
    expect(await applied()).toEqual(before);
  });

  test('numbers are consecutive, since each is a promise about what came before', () => {
    expect(MIGRATIONS.map(({ id }) => id)).toEqual(MIGRATIONS.map((_, index) => index + 1));
  });

  test('a migration that was changed after it ran is refused by name', async () => {
    const changed = MIGRATIONS.map((migration) => ({
      ...migration,
      statements: [...migration.statements, 'select 1'],
    }));
    await expect(migrate(db(), changed)).rejects.toMatchObject({
      code: 'store-migration-changed',
      message: expect.stringContaining('first-tables'),
    });
  });

  test('a database newer than the code is refused', async () => {
    await expect(migrate(db(), [])).rejects.toMatchObject({ code: 'store-newer-than-code' });
  });

  test('a program works beside a later migration that says so, and beside no other', async () => {
    const id = MIGRATIONS.length + 1;
    const adds = (besides: number) => ({ id, name: 'of tomorrow', statements: ['select 1'], besides });
    const undo = () => db().query('delete from schema_migrations where id = $1', [id]);
    await migrate(db(), [...MIGRATIONS, adds(MIGRATIONS.length)]);
    await expect(migrate(db(), MIGRATIONS)).resolves.toBeUndefined();
    // The release before the last does not know enough.
    await expect(migrate(db(), MIGRATIONS.slice(0, -1))).rejects.toMatchObject({ code: 'store-newer-than-code' });
    expect(await migrationState(db(), MIGRATIONS)).toMatchObject({ newer: [], besides: [`${id} (of tomorrow)`] });
    await undo();
    await migrate(db(), [...MIGRATIONS, { id, name: 'takes away', statements: ['select 2'] }]);
    await expect(migrate(db(), MIGRATIONS)).rejects.toMatchObject({ code: 'store-newer-than-code' });
    await undo();
  });

  test('a migration that fails changes nothing, and its cause is told', async () => {
    const id = MIGRATIONS.length + 1;
    const broken = { id, name: 'broken', statements: ['create table half (n int)', 'select 1 / 0'] };
    await expect(migrate(db(), [...MIGRATIONS, broken])).rejects.toMatchObject({
      code: 'store-migration-failed',
      message: expect.stringContaining('division by zero'),
    });
    expect(await db().query("select to_regclass('half') as half")).toEqual([{ half: null }]);
    expect(await applied()).toHaveLength(MIGRATIONS.length);
  });
});

describe('the embedded store', () => {
  let home = '';
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'assist-rollouts-store-'));
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  test('has one owner: a second opener is told who holds it and the way out; rows outlive closing', async () => {
    const dataDir = join(home, 'deep', 'data');
    const first = await openDatabase({ kind: 'pglite', dataDir });
    const second = openDatabase({ kind: 'pglite', dataDir });
    await expect(second).rejects.toBeInstanceOf(StoreInUse);
    await expect(second).rejects.toMatchObject({
      code: 'store-in-use',
      pid: process.pid,
      message: expect.stringMatching(/do not stop it for this: wait until it has ended/),
    });
    await first.query('create table kept (n int)');
    await first.close();
    await first.close();
    expect(existsSync(`${dataDir}.lock`)).toBe(false);
    const again = await openDatabase({ kind: 'pglite', dataDir });
    expect(await again.query('select count(*) as n from kept')).toEqual([{ n: 0 }]);
    await again.close();
  });

  const lockOf = (dataDir: string): string => `${dataDir}.lock`;

  test('a lock of a living process holds; once that process is dead it is taken over', async () => {
    const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    await once(other, 'spawn');
    const dataDir = join(home, 'data');
    writeFileSync(lockOf(dataDir), JSON.stringify({ pid: other.pid, startedAt: '', host: hostname() }));
    expect(() => lockStore(dataDir)).toThrow(`process ${other.pid}`);
    other.kill('SIGKILL');
    await once(other, 'exit');
    const unlock = lockStore(dataDir);
    expect(() => lockStore(dataDir)).toThrow(`process ${process.pid}`);
    unlock();
    expect(existsSync(lockOf(dataDir))).toBe(false);
  });

  test('a living process that merely got the id of the dead owner does not hold the lock', () => {
    const dataDir = join(home, 'data');
    writeFileSync(lockOf(dataDir), JSON.stringify({ pid: process.pid, startedAt: 'another time', host: hostname() }));
    lockStore(dataDir)();
  });

  test('an owner on another host cannot be judged from here, so its lock holds and the message says what to do', () => {
    const dataDir = join(home, 'data');
    writeFileSync(lockOf(dataDir), JSON.stringify({ pid: 1, startedAt: '', host: 'elsewhere' }));
    expect(() => lockStore(dataDir)).toThrow(/process 1 on elsewhere.*delete .*data\.lock/);
  });

  test('a lock file of no known form is not an owner', () => {
    const dataDir = join(home, 'data');
    writeFileSync(lockOf(dataDir), 'half a li');
    lockStore(dataDir)();
  });
});

describe('a wrong database URL', () => {
  test('is told by its form, or by what could not be reached; never with the password', async () => {
    await expect(openDatabase({ kind: 'pg', url: 'mysql://x' })).rejects.toMatchObject({ code: 'store-url-invalid' });
    const refused = openDatabase({ kind: 'pg', url: 'postgres://me:hunter2@127.0.0.1:1/none' });
    await expect(refused).rejects.toMatchObject({
      code: 'store-unreachable',
      message: expect.stringContaining('127.0.0.1:1/none'),
    });
    await expect(refused).rejects.toMatchObject({ message: expect.not.stringContaining('hunter2') });
  });
});

describePostgres('a PostgreSQL server', (postgres) => {
  test('is migrated once though several processes start at the same time', async () => {
    const url = await postgres().createDatabase();
    const all = await Promise.all(Array.from({ length: 4 }, () => openDatabase({ kind: 'pg', url })));
    expect(await all[0]?.query('select count(*) as n from schema_migrations')).toEqual([{ n: MIGRATIONS.length }]);
    await Promise.all(all.map((db) => db.close()));
  });

  test('may die and come back: queries fail meanwhile, work after; listeners are woken and hear again', async () => {
    const db: Database = await openDatabase({ kind: 'pg', url: await postgres().createDatabase() });
    const heard: string[] = [];
    await db.listen('news', (payload) => heard.push(payload));
    await postgres().kill();
    await expect(db.query('select 1')).rejects.toHaveProperty('message');
    await postgres().start();
    while (!heard.includes('')) await new Promise((resolve) => setTimeout(resolve, 10));
    await db.query("select pg_notify('news', 'back')");
    while (!heard.includes('back')) await new Promise((resolve) => setTimeout(resolve, 10));
    await db.close();
  });

  test('a transaction whose connection is cut fails, and the next one gets a sound connection', async () => {
    const db = await openDatabase({ kind: 'pg', url: await postgres().createDatabase() });
    await expect(
      db.tx(async (trx) => {
        await trx.query('select pg_terminate_backend(pg_backend_pid())');
      }),
    ).rejects.toHaveProperty('message');
    expect(await db.tx((trx) => trx.query('select 1 as one'))).toEqual([{ one: 1 }]);
    await db.close();
  });
});
