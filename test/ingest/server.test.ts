import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { IngestServer } from '../../src/ingest/server.ts';
import { startIngest } from '../../src/ingest/server.ts';
import { openDatabase } from '../../src/store/open.ts';
import { readEventStats } from '../../src/store/event-stats.ts';
import { readCards } from '../../src/store/exposures.ts';
import { describeEachStore, describePostgres } from '../helpers/database.ts';
import { NOON, eventOf, iso, metricEventOf } from '../helpers/events.ts';
import { newSecret, push, sign } from '../helpers/push.ts';
import type { Push } from '../helpers/push.ts';

const SECRET = newSecret();
const OLD_SECRET = newSecret();

describeEachStore('events service', (db) => {
  let server: IngestServer;
  let nowMs = NOON;

  beforeAll(async () => {
    server = await startIngest({ db: db(), secrets: [SECRET, OLD_SECRET], now: () => nowMs, port: 0 });
  });
  afterAll(() => server.close());
  beforeEach(async () => {
    nowMs = NOON;
    await db().query('truncate events, exposures, custom_values, unknown_event_types, dead_letters');
  });

  const send = (body: unknown, more: Partial<Push> = {}) =>
    push(body, { url: server.url, secret: SECRET, nowMs, ...more });
  const events = () => db().query('select id from events order by id');
  const refusal = async (response: Response) => {
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    const body = (await response.json()) as { status: number; code: string; field?: string; detail: string };
    expect(body.status).toBe(response.status);
    return body;
  };

  test('a signed batch is stored before it is acknowledged', async () => {
    const response = await send({
      events: [eventOf('c1', 'triggered', 0), eventOf('c1', 'accepted', 9, { renderedAt: iso(NOON + 5) })],
    });
    expect({ status: response.status, body: await response.json() }).toEqual({
      status: 200,
      body: { stored: 2, duplicates: 0, refused: 0 },
    });
    const { cards } = await readCards(db(), {
      actionIds: ['action-a'],
      afterSeq: 0,
      settledBefore: new Date(0),
      limit: 10,
    });
    expect(cards).toMatchObject([{ outcomes: ['accepted'], latencyMs: 5 }]);
  });

  test('a single event is a push too, and unknown fields are not kept', async () => {
    expect(await (await send({ ...eventOf('c1', 'triggered', 0), transcript: 'my card number is' })).json()).toEqual({
      stored: 1,
      duplicates: 0,
      refused: 0,
    });
    expect(JSON.stringify(await db().query('select raw from events'))).not.toContain('transcript');
  });

  test('the word of before for a custom metric still works, and is kept in the words of today', async () => {
    const { metric, type: _, ...rest } = metricEventOf('c1', 'handleTime', 3, 7);
    expect(await send({ ...rest, type: 'agentassist.action.level', level: metric })).toMatchObject({ status: 200 });
    expect(await db().query('select raw from events')).toEqual([{ raw: metricEventOf('c1', 'handleTime', 3, 7) }]);
    expect(await db().query('select name, value from custom_values')).toEqual([{ name: 'handleTime', value: 3 }]);
  });

  test('a custom metric is an event of its own: in a batch or alone, before its card, twice', async () => {
    const metric = metricEventOf('c1', 'handleTime', -12.5, 7);
    expect(await (await send({ ...metric, agentId: 'dropped' })).json()).toEqual({
      stored: 1,
      duplicates: 0,
      refused: 0,
    });
    expect(await (await send({ events: [eventOf('c1', 'accepted', 9), metric] })).json()).toEqual({
      stored: 1,
      duplicates: 1,
      refused: 0,
    });
    const { cards } = await readCards(db(), {
      actionIds: ['action-a'],
      afterSeq: 0,
      settledBefore: new Date(0),
      limit: 10,
      awaited: { custom: ['handleTime'], outcomes: [] },
    });
    expect(cards).toMatchObject([{ outcomes: ['accepted'], custom: { handleTime: -12.5 } }]);
    expect(JSON.stringify(await db().query('select raw from events'))).not.toContain('dropped');
    expect((await readEventStats(db())).unknownTypes).toEqual([]);
  });

  test.each<[string, string, unknown]>([
    ['value', 'no number', { ...metricEventOf('c1', 'handleTime', 1, 0), value: '312' }],
    ['value', 'missing', { ...metricEventOf('c1', 'handleTime', 1, 0), value: undefined }],
    [
      'value',
      'beyond all numbers',
      JSON.stringify(metricEventOf('c1', 'handleTime', 1, 0)).replace('"value":1', '"value":1e999'),
    ],
    [
      'metric',
      'missing, though all of a card is there',
      { ...eventOf('c1', 'accepted', 0), type: 'agentassist.action.metric', value: 3 },
    ],
    ['metric', 'no name', metricEventOf('c1', '__proto__', 1, 0)],
    ['metric', 'a metric of the engine', metricEventOf('c1', 'acceptanceRate', 1, 0)],
    ['events.0.cardId', 'missing', { events: [{ ...metricEventOf('c1', 'handleTime', 1, 0), cardId: undefined }] }],
    ['conversationId', 'a NUL', { ...metricEventOf('c1', 'handleTime', 1, 0), conversationId: 'a\0b' }],
  ])('an invalid level is refused by its field, and kept as a dead letter: %s, %s', async (field, _, body) => {
    expect(await refusal(await send(body))).toMatchObject({ status: 400, code: 'event-invalid', field });
    expect(await events()).toEqual([]);
    expect(await db().query('select code, reason from dead_letters')).toEqual([
      { code: 'event-invalid', reason: expect.stringContaining(field) },
    ]);
  });

  test('an event of an unknown type is kept and counted', async () => {
    const unknown = async () =>
      ((await (await fetch(`${server.url}/healthz`)).json()) as { intake: { unknownTypes: number } }).intake
        .unknownTypes;
    const before = await unknown();
    expect(await (await send(eventOf('c1', 'expired', 0))).json()).toEqual({ stored: 1, duplicates: 0, refused: 0 });
    expect(await unknown()).toBe(before + 1);
    expect((await readEventStats(db())).unknownTypes).toMatchObject([
      { type: 'agentassist.action.expired', events: 1 },
    ]);
  });

  test('a push that is replayed is answered the same way and counted as duplicates', async () => {
    const body = { events: [eventOf('c1', 'triggered', 0), eventOf('c2', 'triggered', 0)] };
    await send(body, { id: 'msg_1' });
    const again = await send(body, { id: 'msg_1' });
    expect({ status: again.status, body: await again.json() }).toEqual({
      status: 200,
      body: { stored: 0, duplicates: 2, refused: 0 },
    });
  });

  test('a secret that is being replaced is still accepted', async () => {
    expect((await send(eventOf('c1', 'triggered', 0), { secret: OLD_SECRET })).status).toBe(200);
  });

  test.each<[string, number, Partial<Push>]>([
    ['signature-mismatch', 401, { secret: newSecret() }],
    ['signature-missing', 401, { headers: { 'webhook-signature': undefined } }],
    ['signature-malformed', 401, { headers: { 'webhook-id': 'a.b' } }],
    ['timestamp-malformed', 401, { headers: { 'webhook-timestamp': '1700000000abc' } }],
    ['timestamp-out-of-tolerance', 401, { nowMs: NOON - 301_000 }],
    ['timestamp-out-of-tolerance', 401, { nowMs: NOON + 301_000 }],
    ['body-encoding-unsupported', 415, { headers: { 'content-encoding': 'gzip' } }],
  ])('%s: %d, and nothing is stored', async (code, status, more) => {
    const response = await send(eventOf('c1', 'triggered', 0), more);
    expect(await refusal(response)).toMatchObject({ status, code });
    expect(await events()).toEqual([]);
  });

  test.each<[string, string, unknown]>([
    [
      'events.0.occurredAt',
      'not an instant',
      { events: [{ ...eventOf('c2', 'triggered', 0), occurredAt: 'yesterday' }] },
    ],
    ['occurredAt', 'no offset', { ...eventOf('c1', 'triggered', 0), occurredAt: '2026-03-01T12:00:00' }],
    ['cardId', 'missing', { ...eventOf('c1', 'triggered', 0), cardId: undefined }],
    ['events', 'an empty batch', { events: [] }],
    ['events', 'too many', { events: Array.from({ length: 1001 }, (_, n) => eventOf(`c${n}`, 'triggered', 0)) }],
    ['events', 'no list', { events: 'all' }],
    ['(body)', 'not an object', '[]'],
    ['agentId', 'a NUL', { ...eventOf('c1', 'triggered', 0), agentId: 'a\0b' }],
    [
      'events.0.id',
      'half a surrogate pair',
      '{"events":[%]}'.replace('%', JSON.stringify(eventOf('c1', 'triggered', 0)).replace('c1-triggered', '\\ud800')),
    ],
  ])('an invalid event is refused by its field: %s, %s; and nothing of its push is stored', async (field, _, body) => {
    expect(await refusal(await send(body))).toMatchObject({
      status: 400,
      code: 'event-invalid',
      field,
      detail: expect.stringContaining(field),
    });
    expect(await events()).toEqual([]);
  });

  test.each<[string, string | Uint8Array]>([
    ['body-not-json', ''],
    ['body-not-json', '{"events":['],
    ['body-not-json', '['.repeat(100_000)],
    ['body-not-json', '\uFEFF{}'],
    ['body-not-utf8', new Uint8Array([0x22, 0xff, 0x22])],
  ])('%s', async (code, body) => {
    expect(await refusal(await send(body))).toMatchObject({ status: 400, code });
  });

  test('a body beyond 1 MiB is refused, whether it is announced or streamed', async () => {
    const large = ' '.repeat(1024 * 1024 + 1);
    expect(await refusal(await send(large))).toMatchObject({ status: 413, code: 'body-too-large' });
    expect(await streamed(server.url, large)).toBe(413);
    expect(await refusal(await send(large.slice(1)))).toMatchObject({ code: 'body-not-json' });
  });

  test('who reads nothing before they have sent all is told that it is too much', async () => {
    const socket = connect({ port: Number(new URL(server.url).port), host: '127.0.0.1' });
    const answer: Buffer[] = [];
    socket.on('error', () => undefined).on('data', (chunk: Buffer) => answer.push(chunk));
    await once(socket, 'connect');
    socket.pause();
    const mebibyte = ' '.repeat(1024 * 1024);
    const head = {
      host: 'here',
      'webhook-id': 'msg_1',
      'webhook-timestamp': String(NOON / 1000),
      'webhook-signature': sign(SECRET, 'msg_1', '1', ''),
      'content-length': String(4 * mebibyte.length),
    };
    const lines = Object.entries(head).map(([name, value]) => `${name}: ${value}`);
    socket.write(['POST /events HTTP/1.1', ...lines, '', ''].join('\r\n'));
    for (let sent = 0; sent < 4; sent += 1) {
      await new Promise((done) => socket.write(mebibyte, done));
      await sleep(400);
    }
    socket.resume();
    await Promise.race([once(socket, 'end'), once(socket, 'close')]);
    socket.destroy();
    expect(Buffer.concat(answer).toString()).toMatch(/^HTTP\/1\.1 413 /);
  });

  test('a body that is streamed is verified like any other', async () => {
    expect(await streamed(server.url, JSON.stringify(eventOf('c1', 'triggered', 0)))).toBe(200);
    expect(await events()).toHaveLength(1);
  });

  test('a refusal before the body is read leaves the connection usable', async () => {
    const body = JSON.stringify({ events: Array.from({ length: 1000 }, (_, n) => eventOf(`c${n}`, 'triggered', 0)) });
    for (let n = 0; n < 5; n++) expect((await send(body, { headers: { 'webhook-id': 'a.b' } })).status).toBe(401);
    expect((await send(body)).status).toBe(200);
  });

  test('many pushes at once, half of them told twice, store every event exactly once', async () => {
    const bodies = Array.from({ length: 60 }, (_, n) => ({
      events: [eventOf(`c${n % 40}`, 'triggered', 0), eventOf(`c${n % 40}`, 'rendered', 1)],
    }));
    const answers = await Promise.all(
      bodies.map(async (body) => (await (await send(body)).json()) as { stored: number; duplicates: number }),
    );
    expect(answers.reduce((sum, { stored }) => sum + stored, 0)).toBe(80);
    expect(answers.every(({ stored, duplicates }) => stored + duplicates === 2)).toBe(true);
    expect(await events()).toHaveLength(80);
  });

  test('healthz says that the database answers', async () => {
    const response = await fetch(`${server.url}/healthz`);
    expect({ status: response.status, body: await response.json() }).toMatchObject({
      status: 200,
      body: { status: 'ok', store: db().kind },
    });
  });

  test('other paths and methods are refused in the same form', async () => {
    expect(await refusal(await fetch(`${server.url}/elsewhere`))).toMatchObject({ status: 404, code: 'not-found' });
    const get = await fetch(`${server.url}/events`);
    expect(get.headers.get('allow')).toBe('POST');
    expect(await refusal(get)).toMatchObject({ status: 405, code: 'method-not-allowed' });
  });

  test('a port in use gives one clear error', async () => {
    const port = Number(new URL(server.url).port);
    await expect(startIngest({ db: db(), secrets: [SECRET], now: () => nowMs, port })).rejects.toMatchObject({
      code: 'cannot-listen',
      message: expect.stringContaining(`127.0.0.1:${port}: the port is in use`),
    });
  });

  test('without a usable secret it does not start', async () => {
    await expect(startIngest({ db: db(), secrets: [], now: () => nowMs, port: 0 })).rejects.toMatchObject({
      code: 'signing-secret-invalid',
    });
  });

  test('a service that is full refuses with 503 and says when to come back; closing it stores what was accepted', async () => {
    const small = await startIngest({ db: db(), secrets: [SECRET], now: () => nowMs, port: 0, maxWaiting: 2 });
    const sent = await Promise.all(
      Array.from({ length: 20 }, (_, n) => send(eventOf(`c${n}`, 'triggered', 0), { url: small.url })),
    );
    const stored = sent.filter(({ status }) => status === 200);
    const refused = sent.filter(({ status }) => status === 503);
    expect(stored.length + refused.length).toBe(20);
    expect(await events()).toHaveLength(stored.length);
    const batch = await send({ events: [1, 2, 3].map((n) => eventOf(`b${n}`, 'triggered', 0)) }, { url: small.url });
    expect(await refusal(batch)).toMatchObject({ status: 503, code: 'overloaded' });
    expect(batch.headers.get('retry-after')).toMatch(/^\d+$/);
    const { intake } = (await (await fetch(`${small.url}/healthz`)).json()) as { intake: object };
    expect(intake).toMatchObject({ refusing: true, overloaded: refused.length + 1, turnedAwayAt: iso(NOON) });
    nowMs = NOON + 61_000;
    expect(await (await fetch(`${small.url}/healthz`)).json()).toMatchObject({ intake: { refusing: false } });
    await small.close();
  });
});

describePostgres('events service without its database', (postgres) => {
  test('answers 503 until the database is back, and then stores the same push', async () => {
    const db = await openDatabase({ kind: 'pg', url: await postgres().createDatabase() });
    const server = await startIngest({ db, secrets: [SECRET], now: () => NOON, port: 0 });
    const send = () =>
      push(eventOf('c1', 'triggered', 0), { url: server.url, secret: SECRET, nowMs: NOON, id: 'msg_1' });
    await postgres().kill();
    const away = await send();
    expect(away.headers.get('retry-after')).toMatch(/^\d+$/);
    expect(await away.json()).toMatchObject({
      status: 503,
      code: 'store-unavailable',
      detail: expect.not.stringMatching(/ECONN|terminat/),
    });
    expect((await fetch(`${server.url}/healthz`)).status).toBe(503);
    await postgres().start();
    const back = await send();
    expect(await back.json()).toEqual({ stored: 1, duplicates: 0, refused: 0 });
    await server.close();
    await db.close();
  });
});

/** Sends without announcing a length. */
function streamed(url: string, body: string): Promise<number | undefined> {
  const timestamp = String(NOON / 1000);
  return new Promise((resolve, reject) => {
    const sending = request(
      `${url}/events`,
      {
        method: 'POST',
        agent: false,
        headers: {
          'transfer-encoding': 'chunked',
          'webhook-id': 'msg_s',
          'webhook-timestamp': timestamp,
          'webhook-signature': sign(SECRET, 'msg_s', timestamp, body),
        },
      },
      (response) => {
        response.resume();
        resolve(response.statusCode);
      },
    );
    sending.on('error', reject);
    sending.end(body);
  });
}
