/** What `doctor` tells of a database, embedded and real; it leaves each as it was. */
import { databaseChecks } from '../../src/doctor/database.ts';
import type { Finding } from '../../src/doctor/finding.ts';
import { signedSeen } from '../../src/doctor/keys.ts';
import { runChecks } from '../../src/doctor/run-checks.ts';
import type { Database } from '../../src/store/database.ts';
import { openDatabase } from '../../src/store/open.ts';
import { openPg } from '../../src/store/pg.ts';
import { GROUPS, grantRights } from '../../src/store/roles.ts';
import { describeEachStore, describePostgres } from '../helpers/database.ts';

type Of = (check: string) => Finding | undefined;

async function look(db: Database, now: () => number = Date.now): Promise<Of> {
  const findings = await runChecks(databaseChecks({ open: () => Promise.resolve(db), now }));
  return (check) => findings.find((finding) => finding.check === check);
}

describeEachStore('a database that is as it must be', (db) => {
  test('has nothing in the way, and its clock is compared', async () => {
    const of = await look(db());
    const checks = ['reachable', 'server', 'connections', 'notifications', 'tables', 'clock'];
    // The servers of the tests are made to be thrown away.
    expect(of('settings')).toMatchObject(
      db().kind === 'pglite'
        ? { level: 'ok' }
        : { level: 'error', seen: expect.stringMatching(/^fsync is off/) as string },
    );
    expect(checks.map(of).filter((found) => found?.level !== 'ok')).toEqual([]);
    expect((await look(db(), () => Date.now() - 3_600_000))('clock')).toMatchObject({
      level: 'error',
      seen: expect.stringMatching(/^3(59|60|61)\d s behind the database’s$/) as string,
    });
  });

  test('of another program is told by its migrations', async () => {
    await db().query("insert into schema_migrations (id, name, checksum) values (9999, 'of tomorrow', 'x')");
    expect((await look(db()))('tables')).toMatchObject({
      level: 'error',
      seen: 'of a later program: migration 9999 (of tomorrow)',
    });
    await db().query('delete from schema_migrations where id = 9999');
    await db().query("update schema_migrations set checksum = 'x' where id = 1");
    expect((await look(db()))('tables')).toMatchObject({
      level: 'error',
      seen: expect.stringContaining('changed since') as string,
    });
  });

  test('whose log nobody signs is told, once there is something to sign', async () => {
    expect(await signedSeen(db(), Date.now())).toMatchObject({ level: 'notChecked', seen: 'none, of 0 entries' });
    await db().query("insert into audit_checkpoints (size, note, at) values (0, 'n', now() - interval '3 hours')");
    expect(await signedSeen(db(), Date.now())).toMatchObject({
      level: 'warning',
      seen: expect.stringContaining('the last is 3 h') as string,
    });
  });
});

test('one that cannot be reached is told once with why, and by every other look', async () => {
  const findings = await runChecks(
    databaseChecks({
      open: () => openPg('postgres://a:hunter2@127.0.0.1:1/x'),
      now: Date.now,
    }),
  );
  expect(findings[0]).toMatchObject({
    check: 'reachable',
    level: 'error',
    seen: expect.stringContaining('ECONNREFUSED') as string,
  });
  expect(new Set(findings.slice(1).map(({ level, seen }) => `${level}: ${seen}`))).toEqual(
    new Set(['notChecked: the database was not reached']),
  );
  expect(JSON.stringify(findings)).not.toContain('hunter2');
});

describePostgres('tables and rights in a PostgreSQL', (postgres) => {
  test('an empty database is told to be empty, and stays so', async () => {
    const db = await openPg(await postgres().createDatabase());
    try {
      expect((await look(db))('tables')).toMatchObject({
        level: 'error',
        seen: 'there are none',
        wayOut: expect.stringContaining('database setup') as string,
      });
      expect(await db.query("select 1 from pg_tables where schemaname = 'public'")).toEqual([]);
    } finally {
      await db.close();
    }
  });

  test('groups that are not there, what they lack and what they have beside it, and a superuser', async () => {
    const db = await openDatabase({ kind: 'pg', url: await postgres().createDatabase() });
    try {
      expect((await look(db))('rights')).toMatchObject({
        level: 'warning',
        seen: expect.stringContaining(GROUPS.panel) as string,
      });
      for (const group of Object.values(GROUPS)) await db.query(`create role ${group} nologin`);
      expect((await look(db))('rights')).toMatchObject({
        level: 'error',
        seen: expect.stringMatching(/^not granted: .* and \d+ more$/) as string,
      });
      await grantRights(db);
      expect((await look(db))('rights')).toMatchObject({ level: 'ok' });
      await db.query(`revoke update (withdrawn_at) on panel_cards from ${GROUPS.worker}`);
      expect((await look(db))('rights')?.seen).toBe(
        `not granted: update (any column) on panel_cards to ${GROUPS.worker}`,
      );
      await grantRights(db);
      await db.query(`grant delete on audit to ${GROUPS.worker}`);
      expect((await look(db))('rights')).toMatchObject({
        level: 'warning',
        seen: `granted beside them: delete on audit to ${GROUPS.worker}`,
      });
      expect((await look(db))('role')).toMatchObject({
        level: 'warning',
        seen: expect.stringContaining('superuser') as string,
      });
    } finally {
      await db.close();
    }
  });
});
