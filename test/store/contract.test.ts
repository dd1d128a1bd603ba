import type { Database } from '../../src/store/database.ts';
import { jsonText } from '../../src/store/values.ts';
import { describeAskedStore, describeEachStore } from '../helpers/database.ts';
import { PATIENCE_MS } from '../helpers/patience.ts';

describeEachStore('store adapter', storeAdapter);
describeAskedStore('store adapter', storeAdapter);

function storeAdapter(db: () => Database): void {
  test('values arrive as the same JavaScript values from both drivers', async () => {
    const [row] = await db()
      .query(`select 9007199254740991::bigint as big, (select count(*) from generate_series(1, 3)) as n,
      timestamptz '2026-03-01 12:00:00.123+05:30' as at, '{"a":[1,null]}'::jsonb as j, json '"x"' as plain, date '2026-03-01' as day,
      interval '1 day 2 hours' as span, 1.50::numeric as exact, 1.5::float8 as half, true as yes, null as nothing,
      '\\x00ff'::bytea as bytes, array['a','b,"c"',null] as texts, array[1,2]::int[] as numbers`);
    expect(row).toEqual({
      big: 9007199254740991,
      n: 3,
      at: new Date('2026-03-01T06:30:00.123Z'),
      j: { a: [1, null] },
      plain: 'x',
      day: '2026-03-01',
      span: '1 day 02:00:00',
      exact: '1.50',
      half: 1.5,
      yes: true,
      nothing: null,
      bytes: new Uint8Array([0, 255]),
      texts: ['a', 'b,"c"', null],
      numbers: [1, 2],
    });
  });

  test('a bigint that a number cannot hold exactly is an error, never a wrong number', async () => {
    await expect(db().query('select 9007199254740993::bigint as big')).rejects.toThrow('9007199254740993');
  });

  test('parameters survive the way there and back', async () => {
    const texts = ['', 'plain', 'quote " and \\ back', '{brace, comma}', 'NULL', null, 'ünï €\n'];
    const at = new Date('2026-03-01T12:00:00.500Z');
    const [row] = await db().query(
      `select $1::text[] as texts, $2::timestamptz as at, $3::jsonb as j, $4::jsonb[] as js, $5::bytea as bytes, $6::boolean as yes,
         $7::bigint as big, $8::text as nothing, $9::timestamptz[] as ats`,
      [texts, at, { a: '"\\' }, [{ b: '\\"' }, null], new Uint8Array([1, 2, 250]), false, 12, undefined, [at, null]],
    );
    expect(row).toEqual({
      texts,
      at,
      j: { a: '"\\' },
      js: [{ b: '\\"' }, null],
      bytes: new Uint8Array([1, 2, 250]),
      yes: false,
      big: 12,
      nothing: null,
      ats: [at, null],
    });
  });

  test('what no text of PostgreSQL holds is marked, in texts, in lists and in JSON: a write is never refused for it', async () => {
    const given = 'a\0b\ud800c😀 \\u0000';
    const kept = 'a\uFFFDb\uFFFDc😀 \\u0000';
    const [row] = await db().query('select $1::text as t, $2::text[] as ts, $3::jsonb as j, $4::jsonb as js', [
      given,
      [given],
      { [given]: [given] },
      jsonText([given]),
    ]);
    expect(row).toEqual({ t: kept, ts: [kept], j: { [kept]: [kept] }, js: [kept] });
  });

  test('a transaction is all or nothing, and the connection is fit for use after a failed one', async () => {
    await db().query('create table if not exists notes (text text unique)');
    await expect(
      db().tx(async (trx) => {
        await trx.query("insert into notes values ('one')");
        await trx.query("insert into notes values ('one')");
      }),
    ).rejects.toMatchObject({ code: '23505' });
    await expect(
      db().tx(async (trx) => {
        await trx.query("insert into notes values ('two')");
        throw new Error('changed my mind');
      }),
    ).rejects.toThrow('changed my mind');
    expect(await db().tx((trx) => trx.query('select * from notes'))).toEqual([]);
  });

  test('a listener hears what is committed, and nothing after it stopped', async () => {
    const heard: string[] = [];
    const stop = await db().listen('news', (payload) => heard.push(payload));
    await expect(
      db().tx(async (trx) => {
        await trx.query("select pg_notify('news', 'never')");
        throw new Error('rolled back');
      }),
    ).rejects.toThrow('rolled back');
    await notify(db(), 'first');
    await until(() => heard.length > 0);
    await stop();
    const others: string[] = [];
    const stopOther = await db().listen('news', (payload) => others.push(payload));
    await notify(db(), 'second');
    await until(() => others.length > 0);
    await stopOther();
    expect({ heard, others }).toEqual({ heard: ['first'], others: ['second'] });
  });

  test('two listeners of one channel both hear', async () => {
    const heard: string[] = [];
    const stops = await Promise.all(
      ['a', 'b'].map((who) => db().listen('news', (payload) => heard.push(`${who} ${payload}`))),
    );
    await notify(db(), 'x');
    await until(() => heard.length > 1);
    await Promise.all(stops.map((stop) => stop()));
    expect(heard.sort()).toEqual(['a x', 'b x']);
  });
}

async function notify(db: Database, payload: string): Promise<void> {
  await db.query("select pg_notify('news', $1)", [payload]);
}

async function until(condition: () => boolean): Promise<void> {
  for (const deadline = Date.now() + PATIENCE_MS; !condition();) {
    if (Date.now() > deadline) throw new Error(`It did not happen within ${PATIENCE_MS / 1000} s.`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
