/**
 * What a session is set to decides what texts mean; so it is set by us, whatever the server, the database or the role
 * says.
 */
import { Client } from 'pg';
import type { Database } from '../../src/store/database.ts';
import { storeEvents } from '../helpers/store-events.ts';
import { readCards } from '../../src/store/exposures.ts';
import { describeEachStore, describeSharedPostgres } from '../helpers/database.ts';
import { NOON, eventOf, iso } from '../helpers/events.ts';
import { openPatiently } from '../helpers/patient-store.ts';

const FOREIGN = {
  datestyle: "'German'",
  timezone: "'Asia/Kathmandu'",
  intervalstyle: "'sql_standard'",
  extra_float_digits: '-10',
  bytea_output: "'escape'",
  standard_conforming_strings: 'off',
  array_nulls: 'off',
  transform_null_equals: 'on',
  search_path: 'elsewhere, public',
  synchronous_commit: 'off',
  statement_timeout: "'7s'",
  lock_timeout: "'7s'",
} as const;

const SHOWN = `select current_setting('DateStyle') as "DateStyle", current_setting('TimeZone') as "TimeZone", current_setting('IntervalStyle') as "IntervalStyle",
  current_setting('extra_float_digits') as digits, current_setting('bytea_output') as bytes, current_setting('search_path') as path, current_setting('standard_conforming_strings') as strings,
  current_setting('array_nulls') as nulls, current_setting('transform_null_equals') as "nullEquals", current_setting('synchronous_commit') as commits, current_setting('statement_timeout') as statement`;

const PINNED = {
  DateStyle: 'ISO, YMD',
  TimeZone: 'UTC',
  IntervalStyle: 'postgres',
  digits: '1',
  bytes: 'hex',
  path: 'public, pg_temp',
  strings: 'on',
  nulls: 'on',
  nullEquals: 'off',
  commits: 'on',
  statement: '30s',
};

describeSharedPostgres('a database whose own settings are others', (postgres) => {
  let db: Database;
  beforeAll(async () => {
    const url = await postgres().createDatabase();
    const name = new URL(url).pathname.slice(1);
    const client = new Client({ connectionString: url });
    await client.connect();
    await client.query('create schema elsewhere');
    for (const [setting, value] of Object.entries(FOREIGN))
      await client.query(`alter database "${name}" set ${setting} to ${value}`);
    await client.end();
    db = await openPatiently(`${url}?options=${encodeURIComponent('-c DateStyle=SQL,DMY')}`);
  });
  afterAll(() => db.close());

  test('instants, numbers, spans and bytes come as they went, on every connection', async () => {
    const rows = await Promise.all(
      Array.from({ length: 10 }, () =>
        db.tx(async (trx) => {
          await trx.query('select pg_sleep(0.05)');
          return trx.query(
            `select timestamptz '2026-03-01T12:00:00.123+05:30' as at, 0.1::float8 + 0.2::float8 as sum, ` +
              `interval '1 day 2 hours' as span, '\\x00ff'::bytea as bytes, array[null]::text[] as none`,
          );
        }),
      ),
    );
    for (const [row] of rows)
      expect(row).toEqual({
        at: new Date('2026-03-01T06:30:00.123Z'),
        sum: 0.1 + 0.2,
        span: '1 day 02:00:00',
        bytes: new Uint8Array([0, 255]),
        none: [null],
      });
    expect(await db.query(SHOWN)).toEqual([PINNED]);
  });

  test('cards have their times, so that latencies are those of the events', async () => {
    const events = [
      eventOf('card-1', 'triggered', 0),
      eventOf('card-1', 'rendered', 250, { triggeredAt: iso(NOON), renderedAt: iso(NOON + 250) }),
    ];
    await storeEvents(db, events, { source: 'test', receivedAt: new Date(NOON + 300) });
    const { cards } = await readCards(db, {
      actionIds: ['action-a'],
      afterSeq: 0,
      settledBefore: new Date(NOON + 9_000),
      limit: 10,
    });
    expect(cards).toMatchObject([{ triggeredAtMs: NOON, latencyMs: 250 }]);
  });

  test('tables are made where we look for them, and a table in front of ours is not taken for it', async () => {
    expect(
      await db.query("select table_schema as schema from information_schema.tables where table_name = 'audit'"),
    ).toEqual([{ schema: 'public' }]);
    await db.tx(async (trx) => {
      await trx.query('create temporary table audit (key text) on commit drop');
      await expect(trx.query('select leaf from audit')).resolves.toEqual([]);
    });
  });
});

describeEachStore('a session', (db) => {
  test('is set the same on both stores', async () => {
    const [row] = await db().query<Record<string, string>>(SHOWN);
    expect({ ...row, statement: '30s' }).toEqual(PINNED);
  });
});
