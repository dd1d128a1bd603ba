import { startIngest } from '../../src/ingest/server.ts';
import type { IngestServer } from '../../src/ingest/server.ts';
import { MOST_KEPT_BYTES, MOST_REFUSED_KEPT, countDeadLetters, keepRefusedPush } from '../../src/store/dead-letters.ts';
import { describeEachStore } from '../helpers/database.ts';
import { NOON, eventOf } from '../helpers/events.ts';
import { newSecret, push } from '../helpers/push.ts';

const SECRET = newSecret();
const TOKEN = 'a token of this machine';

describeEachStore('dead letters of the intake', (db) => {
  let server: IngestServer;
  beforeAll(async () => {
    server = await startIngest({ db: db(), secrets: [SECRET], adminToken: TOKEN, now: () => NOON, port: 0 });
  });
  afterAll(() => server.close());
  beforeEach(() => db().query('truncate events, exposures, dead_letters'));

  const send = (body: unknown, secret = SECRET) => push(body, { url: server.url, secret, nowMs: NOON });
  const admin = async (path: string, method = 'GET') => {
    const response = await fetch(`${server.url}/admin/${path}`, { method, headers: { authorization: `Bearer ${TOKEN}` } });
    return { status: response.status, body: await response.json() as Record<string, unknown> };
  };
  const letters = async () => (await admin('dead-letters')).body['deadLetters'] as { id: number; reason: string }[];

  test('a genuine push that is refused is kept with its reason and its bytes', async () => {
    const body = JSON.stringify({ events: [{ ...eventOf('c1', 'triggered', 0), occurredAt: 'yesterday' }] });
    expect((await send(body)).status).toBe(400);
    const [letter, ...more] = await letters();
    expect([letter, more]).toMatchObject([{ kind: 'intake', code: 'event-invalid', source: 'genesys', times: 1, cut: false, replayedAt: null }, []]);
    expect(letter?.reason).toMatch(/^events\.0\.occurredAt: /);
    expect((await admin(`dead-letters/${letter?.id}`)).body).toMatchObject({ text: body, bodyBytes: body.length });
  });

  test('bytes that are not text are kept as they came', async () => {
    await send(new Uint8Array([0x22, 0xff, 0x00, 0x22]));
    const [letter] = await letters();
    expect((await admin(`dead-letters/${letter?.id}`)).body).toMatchObject({ code: 'body-not-utf8', text: null, base64: Buffer.from([0x22, 0xff, 0x00, 0x22]).toString('base64') });
  });

  test('what is not genuine leaves nothing', async () => {
    expect((await send('{"events":', newSecret())).status).toBe(401);
    expect(await letters()).toEqual([]);
  });

  test('the same push refused again is counted in its dead letter', async () => {
    await send('nonsense');
    await send('nonsense');
    expect(await letters()).toMatchObject([{ times: 2 }]);
  });

  test('a replay takes the same path: still wrong it is refused and stays, mended by a later version it is stored once', async () => {
    await send('{"events":[]}');
    const [wrong] = await letters();
    expect(await admin(`dead-letters/${wrong?.id}/replay`, 'POST')).toMatchObject({ status: 400, body: { code: 'event-invalid', field: 'events' } });
    expect(await letters()).toHaveLength(1);

    const body = Buffer.from(JSON.stringify(eventOf('c1', 'triggered', 0)));
    await keepRefusedPush(db(), { source: 'genesys', receivedAt: new Date(NOON), code: 'event-invalid', reason: 'an older version', digest: 'd', body });
    const id = (await letters())[1]?.id;
    expect(await admin(`dead-letters/${id}/replay`, 'POST')).toEqual({ status: 200, body: { id, kind: 'intake', stored: { stored: 1, duplicates: 0 } } });
    expect(await admin(`dead-letters/${id}/replay`, 'POST')).toMatchObject({ status: 409, body: { code: 'dead-letter-replayed' } });
    expect(await letters()).toHaveLength(1);
    expect((await admin('dead-letters?all=true')).body['deadLetters']).toMatchObject([{}, { id, replay: 'stored 1, duplicates 0' }]);
  });

  test('of a large push the beginning is kept, and it cannot be replayed', async () => {
    await send(`[${' '.repeat(100_000)}`);
    const [letter] = await letters();
    expect(letter).toMatchObject({ cut: true, bodyBytes: 100_001 });
    expect((await admin(`dead-letters/${letter?.id}`)).body['base64']).toHaveLength(Math.ceil(MOST_KEPT_BYTES / 3) * 4);
    expect(await admin(`dead-letters/${letter?.id}/replay`, 'POST')).toMatchObject({ status: 409, body: { code: 'dead-letter-cut' } });
  });

  test('the oldest make room', async () => {
    await db().query(`insert into dead_letters (kind, digest, code, reason, received_at, last_at, body, body_bytes)
      select 'intake', n::text, 'event-invalid', '', now(), now(), '', 0 from generate_series(1, $1::int) as n`, [MOST_REFUSED_KEPT + 5]);
    await send('nonsense');
    expect(await countDeadLetters(db(), 'intake')).toBe(MOST_REFUSED_KEPT);
  });

  test('without the token nobody is admitted, and without a configured token there is nothing to be admitted to', async () => {
    for (const authorization of ['', 'Bearer', `Bearer ${TOKEN}x`, `Basic ${TOKEN}`]) {
      const response = await fetch(`${server.url}/admin/dead-letters`, { headers: { authorization } });
      expect([response.status, await response.json()]).toMatchObject([401, { code: 'admin-refused' }]);
    }
    const closed = await startIngest({ db: db(), secrets: [SECRET], now: () => NOON, port: 0 });
    const response = await fetch(`${closed.url}/admin/dead-letters`, { headers: { authorization: `Bearer ${TOKEN}` } });
    expect(response.status).toBe(404);
    await closed.close();
  });
});
