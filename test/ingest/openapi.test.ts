import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { openapi } from '../../src/ingest/openapi.ts';
import { parsePush } from '../../src/ingest/intake/parse-push.ts';
import { startIngest } from '../../src/ingest/server.ts';
import type { IngestServer } from '../../src/ingest/server.ts';
import { setDestinations } from '../../src/store/destinations.ts';
import type { Database } from '../../src/store/database.ts';
import { NOON, eventOf, iso, metricEventOf } from '../helpers/events.ts';
import { newSecret, push, sign } from '../helpers/push.ts';
import { openStore } from '../helpers/any-store.ts';

const SECRET = newSecret();
const METRICS = newSecret();
const TOKEN = 'a token of this machine';
const BRIDGE = 'a secret of the bridge';

const ADMIN = [
  ['get', '/admin/stats'],
  ['get', '/admin/dead-letters'],
  ['get', '/admin/dead-letters/{id}'],
  ['post', '/admin/dead-letters/{id}/replay'],
] as const;

interface Described {
  readonly paths: Readonly<
    Record<
      string,
      Readonly<
        Record<
          string,
          {
            readonly operationId: string;
            readonly responses: Readonly<
              Record<string, { readonly content: Readonly<Record<string, { readonly schema: object }>> }>
            >;
          }
        >
      >
    >
  >;
}
/** The routes; where they are served stands beside them. */
const paths = Object.fromEntries(
  Object.entries((openapi as unknown as Described).paths).map(([path, item]) => [
    path,
    Object.fromEntries(Object.entries(item).filter(([name]) => name !== 'servers')) as typeof item,
  ]),
);

describe('OpenAPI', () => {
  let db: Database;
  let server: IngestServer;
  const answered = new Set<string>();
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats(ajv);
  ajv.addSchema({ ...openapi, $id: 'openapi' });

  beforeAll(async () => {
    db = await openStore();
    await setDestinations(db, ['coaching']);
    server = await startIngest({
      db,
      secrets: [SECRET],
      metricSecrets: [METRICS],
      bridgeSecrets: [BRIDGE],
      bodyMs: 200,
      adminToken: TOKEN,
      now: () => NOON,
      port: 0,
    });
  });
  afterAll(async () => {
    await server.close();
    await db.close();
  });

  /** Fails unless the document has this route, this status, and a schema that the answer keeps to. */
  const keepsTo = async (method: string, path: string, response: Response): Promise<unknown> => {
    const described = paths[path]?.[method]?.responses[String(response.status)];
    const type = (response.headers.get('content-type') ?? '').split(';')[0] ?? '';
    const { schema } = described?.content[type] ?? { schema: { not: {} } };
    const body: unknown = await response.json();
    const text = JSON.stringify(schema).replaceAll('"#/components', '"openapi#/components');
    const validate = ajv.compile(JSON.parse(text) as object);
    expect({
      route: `${method} ${path} ${response.status} ${type}`,
      body,
      errors: validate(body) ? [] : validate.errors,
    }).toMatchObject({ errors: [] });
    answered.add(`${method} ${path} ${response.status}`);
    return body;
  };
  const send = (body: unknown, more: object = {}) =>
    push(body, { url: server.url, secret: SECRET, nowMs: NOON, ...more });
  const admin = async (method: string, path: string, route: string, token = TOKEN) =>
    keepsTo(
      method,
      route,
      await fetch(`${server.adminUrl}${path}`, {
        method: method.toUpperCase(),
        headers: { authorization: `Bearer ${token}` },
      }),
    );

  test('the document that is served is the one described here, and its examples of pushes are pushes', async () => {
    expect(await keepsTo('get', '/openapi.json', await fetch(`${server.url}/openapi.json`))).toEqual(
      JSON.parse(JSON.stringify(openapi)),
    );
    const validate = ajv.compile({ $ref: 'openapi#/components/schemas/Push' });
    expect(
      [eventOf('c', 'triggered', 0), { events: [eventOf('c', 'accepted', 1)] }, { events: [] }, {}].map((one) =>
        validate(one),
      ),
    ).toEqual([true, true, false, false]);
    const level = metricEventOf('c', 'handleTime', -1.5, 0);
    expect([level, { events: [level, eventOf('c', 'accepted', 1)] }].map((one) => validate(one))).toEqual([true, true]);
    const broken = [
      { ...level, value: '3' },
      { ...level, metric: '3' },
      { ...level, metric: 'custom' },
      { ...eventOf('c', 'accepted', 1), type: level.type },
    ];
    expect(broken.map((one) => validate(one))).toEqual([false, false, false, false]);
  });

  test('what it describes as a push is what is taken, and nothing else is', () => {
    const describes = ajv.compile({ $ref: 'openapi#/components/schemas/Push' });
    const isTaken = (push: unknown): boolean => {
      try {
        return parsePush(Buffer.from(JSON.stringify(push)), NOON).refused.length === 0;
      } catch {
        return false;
      }
    };
    const card = { ...eventOf('c', 'accepted', 1), mediaType: 'voice', language: 'en', renderedAt: iso(NOON) };
    const level = metricEventOf('c', 'handleTime', -1.5, 0);
    const texts = ['', 'x', ...[32, 35, 64, 128, 256, 512].flatMap((size) => ['x'.repeat(size), 'x'.repeat(size + 1)])];
    const instants = ['2026-03-01T12:00Z', '20260301T120000+0000', '2026-03-01', '2026-03-01T12:00', 'noon'];
    const values = [undefined, null, 7, -0.5, true, [], {}, ...texts, ...instants, level.type, 'acceptanceRate'];
    const changed = [card, level].flatMap((whole) =>
      [...Object.keys(whole), 'more'].flatMap((field) => values.map((value) => ({ ...whole, [field]: value }))),
    );
    const cards = (n: number): object[] => Array.from({ length: n }, () => card);
    const batches = [[], [card], [card, level], [card, 7], cards(1000), cards(1001), 7, null];
    const pushes = [...changed, ...batches.map((events) => ({ events })), 7, 'x', null, [], [card]];
    const unlike = pushes.filter((push) => describes(JSON.parse(JSON.stringify(push))) !== isTaken(push));
    expect(unlike).toEqual([]);
    expect(pushes.filter(isTaken).length).toBeGreaterThan(100);
  });

  test('every route answers as it is described', async () => {
    await keepsTo(
      'post',
      '/events',
      await send({
        events: [
          eventOf('c1', 'triggered', 0, { renderedAt: eventOf('c1', 'triggered', 5).occurredAt }),
          eventOf('c1', 'expired', 9),
        ],
      }),
    );
    await keepsTo('post', '/events', await send({ events: [] }));
    await keepsTo('post', '/events', await send({ events: [eventOf('c1', 'triggered', 0), {}] }));
    await keepsTo('post', '/events', await send(eventOf('c0', 'triggered', 0), { secret: METRICS }));
    await keepsTo('post', '/events', await slow(`${server.url}/events`));
    await keepsTo('post', '/events', await send({ ...eventOf('c0', 'triggered', 0), version: 7 }));
    await keepsTo('post', '/events', await send({}, { secret: newSecret() }));
    await keepsTo('post', '/events', await send(' '.repeat(1024 * 1024 + 1)));
    await keepsTo('post', '/events', await send({}, { headers: { 'content-encoding': 'gzip' } }));
    for (const body of [BRIDGED, {}, ' '.repeat(1024 * 1024 + 1)])
      await keepsTo('post', '/eventbridge', await bridge(server.url, body));
    await keepsTo('post', '/eventbridge', await bridge(server.url, BRIDGED, { 'x-eventbridge-key': 'another' }));
    await keepsTo('post', '/eventbridge', await bridge(server.url, BRIDGED, { 'content-encoding': 'gzip' }));
    await keepsTo('post', '/eventbridge', await slow(`${server.url}/eventbridge`, { 'x-eventbridge-key': BRIDGE }));
    await keepsTo('get', '/healthz', await fetch(`${server.url}/healthz`));
    await admin('get', '/admin/stats?cards=10', '/admin/stats');
    await admin('get', '/admin/stats?cards=none', '/admin/stats');
    await admin('get', '/admin/dead-letters?kind=intake&all=true&limit=10', '/admin/dead-letters');
    await admin('get', '/admin/dead-letters?kind=other', '/admin/dead-letters');
    const {
      deadLetters: [letter],
    } = (await admin('get', '/admin/dead-letters', '/admin/dead-letters')) as { deadLetters: { id: number }[] };
    await admin('get', `/admin/dead-letters/${letter?.id}`, '/admin/dead-letters/{id}');
    await admin('get', '/admin/dead-letters/999', '/admin/dead-letters/{id}');
    await admin('post', `/admin/dead-letters/${letter?.id}/replay`, '/admin/dead-letters/{id}/replay');
    const replay = async (source: string, body: object) => {
      await db.query('update dead_letters set source = $1, body = $2::bytea, body_bytes = $3 where id = $4', [
        source,
        Buffer.from(JSON.stringify(body)),
        JSON.stringify(body).length,
        letter?.id,
      ]);
      await admin('post', `/admin/dead-letters/${letter?.id}/replay`, '/admin/dead-letters/{id}/replay');
    };
    await replay('genesys', {});
    await replay('metrics', eventOf('c2', 'triggered', 0));
    await db.query(`update dead_letters set source = 'genesys' where id = $1`, [letter?.id]);
    await db.query('update dead_letters set body = $1::bytea, body_bytes = $2 where id = $3', [
      Buffer.from(JSON.stringify(eventOf('c2', 'triggered', 0))),
      JSON.stringify(eventOf('c2', 'triggered', 0)).length,
      letter?.id,
    ]);
    await admin('post', `/admin/dead-letters/${letter?.id}/replay`, '/admin/dead-letters/{id}/replay');
    await admin('post', `/admin/dead-letters/${letter?.id}/replay`, '/admin/dead-letters/{id}/replay');
    await admin('post', '/admin/dead-letters/999/replay', '/admin/dead-letters/{id}/replay');
    for (const [method, path] of ADMIN) {
      await admin(method, path.replace('{id}', '1'), path, 'not the token');
    }
    const busy = await startIngest({
      db: { ...db, query: () => Promise.reject(new Error('gone')) },
      secrets: [SECRET],
      bridgeSecrets: [BRIDGE],
      adminToken: TOKEN,
      now: () => NOON,
      port: 0,
    });
    await keepsTo('post', '/eventbridge', await bridge(busy.url, BRIDGED));
    await keepsTo('post', '/events', await send(eventOf('c3', 'triggered', 0), { url: busy.url }));
    await keepsTo('get', '/healthz', await fetch(`${busy.url}/healthz`));
    for (const [method, path] of ADMIN) {
      await keepsTo(
        method,
        path,
        await fetch(`${busy.adminUrl}${path.replace('{id}', '1')}`, {
          method,
          headers: { authorization: `Bearer ${TOKEN}` },
        }),
      );
    }
    await busy.close();
    const guessed = await startIngest({ db, secrets: [SECRET], adminToken: TOKEN, now: () => NOON, port: 0 });
    for (let n = 0; n < 10; n += 1) expect((await fetch(`${guessed.adminUrl}/admin/stats`)).status).toBe(401);
    for (const [method, path] of ADMIN) {
      await keepsTo(
        method,
        path,
        await fetch(`${guessed.adminUrl}${path.replace('{id}', '1')}`, {
          method,
          headers: { authorization: `Bearer ${TOKEN}` },
        }),
      );
    }
    await guessed.close();

    const described = Object.entries(paths).flatMap(([path, operations]) =>
      Object.entries(operations).flatMap(([method, { responses }]) =>
        Object.keys(responses).map((status) => `${method} ${path} ${status}`),
      ),
    );
    // A 500 is a fault of ours that no request provokes.
    expect(described.filter((one) => !answered.has(one) && !one.endsWith(' 500'))).toEqual([]);
  });

  test('no route is there that is not described', async () => {
    for (const [path, operations] of Object.entries(paths)) {
      for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].filter(
        (one) => !(one.toLowerCase() in operations),
      )) {
        const response = await fetch(
          `${path.startsWith('/admin') ? server.adminUrl : server.url}${path.replace('{id}', '1')}`,
          { method, headers: { authorization: `Bearer ${TOKEN}` } },
        );
        expect([method, path, response.status, response.headers.get('allow')]).toEqual([
          method,
          path,
          405,
          Object.keys(operations)
            .map((one) => one.toUpperCase())
            .join(', '),
        ]);
      }
    }
  });
});

/** Announces more than it sends. */
function slow(url: string, more: Readonly<Record<string, string>> = {}): Promise<Response> {
  const body = new ReadableStream({ start: (controller) => controller.enqueue(Buffer.from('{')) });
  const headers = {
    'webhook-id': 'msg_s',
    'webhook-timestamp': String(NOON / 1000),
    'webhook-signature': sign(SECRET, 'msg_s', String(NOON / 1000), '{'),
    ...more,
  };
  return fetch(url, { method: 'POST', body, headers, duplex: 'half' });
}

const BRIDGED = {
  id: 'e1',
  source: 'aws.partner/genesys.com/cloud/organisation/assist',
  'detail-type': 'v2.conversations.{id}.transcription',
  time: iso(NOON),
  detail: { topicName: 'v2.conversations.c1.transcription', eventBody: {} },
};

function bridge(url: string, body: unknown, more: Readonly<Record<string, string>> = {}): Promise<Response> {
  return fetch(`${url}/eventbridge`, {
    method: 'POST',
    headers: { 'x-eventbridge-key': BRIDGE, ...more },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}
