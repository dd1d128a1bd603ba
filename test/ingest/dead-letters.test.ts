import { startIngest } from '../../src/ingest/server.ts';
import type { IngestServer } from '../../src/ingest/server.ts';
import { MAX_REFUSED_KEPT, countDeadLetters, keepRefused } from '../../src/store/dead-letters.ts';
import { describeEachStore } from '../helpers/database.ts';
import { NOON, eventOf, iso } from '../helpers/events.ts';
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
    const response = await fetch(`${server.adminUrl}/admin/${path}`, {
      method,
      headers: { authorization: `Bearer ${TOKEN}` },
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  const letters = async () =>
    (await admin('dead-letters')).body['deadLetters'] as { id: number; code: string; reason: string; times: number }[];

  test('of an event that is refused the known fields are kept with the reason, of the others the names', async () => {
    const told = { ...eventOf('c1', 'triggered', 0), occurredAt: '2026-03-01T12:00:00' };
    const { queueId, ...kept } = told;
    expect(
      (
        await send({
          events: [
            {
              ...kept,
              queueId: { name: 'Ana, 4111 1111' },
              transcript: 'my card number is 4111',
              agentEmail: 'ana@example.com',
            },
          ],
        })
      ).status,
    ).toBe(400);
    const [letter, ...more] = await letters();
    expect([letter, more]).toMatchObject([
      { kind: 'intake', code: 'event-invalid', source: 'genesys', times: 1, cut: false, replayedAt: null },
      [],
    ]);
    expect(letter?.reason).toMatch(
      /^events\.0\.occurredAt: Invalid instant: a local time without a zone.*events\.0\.queueId: /,
    );
    const { text } = (await admin(`dead-letters/${letter?.id}`)).body as { text: string };
    expect(JSON.parse(text)).toEqual({
      ...kept,
      unknownFields: ['transcript', 'agentEmail'],
      withheldFields: ['queueId'],
    });
    expect(queueId).toBe('queue-1');
  });

  test.each<[string, string, string | Uint8Array]>([
    ['not text', 'body-not-utf8', new Uint8Array([0x22, 0xff, 0x00, 0x22])],
    ['not JSON', 'body-not-json', '{"note":"my card number is 4111'],
    ['no batch', 'event-invalid', '{"events":"my card number is 4111"}'],
  ])('of a push that is %s the size is kept, and it cannot be replayed', async (_, code, body) => {
    await send(body);
    const [letter] = await letters();
    expect((await admin(`dead-letters/${letter?.id}`)).body).toMatchObject({
      code,
      text: '',
      base64: '',
      bodyBytes: body.length,
      cut: true,
    });
    expect(await admin(`dead-letters/${letter?.id}/replay`, 'POST')).toMatchObject({
      status: 409,
      body: { code: 'dead-letter-cut' },
    });
  });

  test('one bad event costs only itself: the good ones are stored, each bad one is a dead letter, and the answer counts both', async () => {
    const events = [
      eventOf('c1', 'triggered', 0),
      { ...eventOf('c2', 'triggered', 0), agentId: '' },
      eventOf('c3', 'triggered', 0),
      eventOf('c4', 'triggered', 0, { triggeredAt: iso(NOON + 24 * 3_600_000) }),
      'no event',
    ];
    const response = await send({ events });
    expect([response.status, await response.json()]).toEqual([
      200,
      {
        stored: 2,
        duplicates: 0,
        refused: 3,
        problems: [
          { field: 'events.1.agentId', message: expect.any(String) },
          { field: 'events.3.triggeredAt', message: expect.stringContaining('24 hours ahead') },
          { field: 'events.4', message: expect.any(String) },
        ],
      },
    ]);
    expect((await letters()).map(({ code, reason }) => `${code} ${reason.split(': ')[0]}`)).toEqual([
      'event-invalid events.1.agentId',
      'time-ahead events.3.triggeredAt',
      'event-invalid events.4',
    ]);
    expect(await (await send({ events })).json()).toMatchObject({ stored: 0, duplicates: 2, refused: 3 });
    expect((await letters()).map(({ times }) => times)).toEqual([2, 2, 2]);
  });

  test('a bad event that is nested deeper than can be written out costs only itself, and is one dead letter', async () => {
    const good = eventOf('c1', 'triggered', 0);
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    const bad = JSON.stringify({ ...eventOf('c2', 'triggered', 0), occurredAt: 5, note: 0 }).replace(
      '"note":0',
      `"note":${deep}`,
    );
    const both = `{"events":[${JSON.stringify(good)},${bad}]}`;
    for (const stored of [1, 0]) {
      const answer = await send(both);
      expect(answer.status).toBe(200);
      expect(await answer.json()).toMatchObject({ stored, duplicates: 1 - stored, refused: 1 });
    }
    expect((await send(deep)).status).toBe(400);
    expect((await letters()).map(({ code, times }) => ({ code, times })).toSorted((a, b) => a.times - b.times)).toEqual(
      [
        { code: 'event-invalid', times: 1 },
        { code: 'event-invalid', times: 2 },
      ],
    );
  });

  test('a thousand bad events are a thousand dead letters, and the oldest make room', async () => {
    for (const part of ['a', 'b', 'c']) {
      const events = Array.from({ length: 1000 }, (_, n) => ({
        ...eventOf(`${part}${n}`, 'triggered', 0),
        version: 1,
      }));
      expect((await send({ events })).status).toBe(400);
    }
    expect(await countDeadLetters(db(), 'intake')).toBe(MAX_REFUSED_KEPT);
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
    await send({ ...eventOf('c1', 'triggered', 0), triggeredAt: iso(NOON + 400_000) });
    const [wrong] = await letters();
    expect(await admin(`dead-letters/${wrong?.id}/replay`, 'POST')).toMatchObject({
      status: 400,
      body: { code: 'time-ahead', field: 'triggeredAt' },
    });
    expect(await letters()).toHaveLength(1);

    const body = Buffer.from(JSON.stringify(eventOf('c1', 'triggered', 0)));
    await keepRefused(db(), [
      {
        source: 'genesys',
        receivedAt: new Date(NOON),
        code: 'event-invalid',
        reason: 'an older version',
        digest: 'd',
        body,
      },
    ]);
    const id = (await letters())[1]?.id;
    expect(await admin(`dead-letters/${id}/replay`, 'POST')).toEqual({
      status: 200,
      body: { id, kind: 'intake', stored: { stored: 1, duplicates: 0 } },
    });
    expect(await admin(`dead-letters/${id}/replay`, 'POST')).toMatchObject({
      status: 409,
      body: { code: 'dead-letter-replayed' },
    });
    expect(await letters()).toHaveLength(1);
    expect((await admin('dead-letters?all=true')).body['deadLetters']).toMatchObject([
      {},
      { id, replay: 'stored 1, duplicates 0' },
    ]);
  });

  test('the oldest make room', async () => {
    await db().query(
      `insert into dead_letters (kind, digest, code, reason, received_at, last_at, body, body_bytes)
      select 'intake', n::text, 'event-invalid', '', now(), now(), '', 0 from generate_series(1, $1::int) as n`,
      [MAX_REFUSED_KEPT + 5],
    );
    await send('nonsense');
    expect(await countDeadLetters(db(), 'intake')).toBe(MAX_REFUSED_KEPT);
  });

  test('without the token nobody is admitted, and without a configured token there is nothing to be admitted to', async () => {
    for (const authorization of ['', 'Bearer', `Bearer ${TOKEN}x`, `Basic ${TOKEN}`]) {
      const response = await fetch(`${server.adminUrl}/admin/dead-letters`, { headers: { authorization } });
      expect([response.status, await response.json()]).toMatchObject([401, { code: 'admin-refused' }]);
    }
    const closed = await startIngest({ db: db(), secrets: [SECRET], now: () => NOON, port: 0 });
    expect(closed.adminUrl).toBeNull();
    await closed.close();
  });
});
