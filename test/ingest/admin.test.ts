import http from 'node:http';
import { startIngest } from '../../src/ingest/server.ts';
import type { IngestServer } from '../../src/ingest/server.ts';
import type { Database } from '../../src/store/database.ts';
import { NOON } from '../helpers/events.ts';
import { newSecret } from '../helpers/push.ts';
import { openStore } from '../helpers/any-store.ts';

const TOKEN = 'a token of this machine';

describe('/admin', () => {
  let db: Database;
  let server: IngestServer;
  let asked = 0;
  beforeAll(async () => {
    db = await openStore();
  });
  afterAll(() => db.close());
  beforeEach(async () => {
    asked = 0;
    const counting: Database = {
      ...db,
      query: (sql, params) => {
        asked += 1;
        return db.query(sql, params);
      },
    };
    server = await startIngest({ db: counting, secrets: [newSecret()], adminToken: TOKEN, now: () => NOON, port: 0 });
  });
  afterEach(() => server.close());

  test.each([
    '/admin/stats',
    '/events/%2e%2e/admin/stats',
    '/events/../admin/stats',
    '/events/..%2fadmin/stats',
    '//admin/stats',
    '/admin/dead-letters',
    '/healthz/../admin/dead-letters',
  ])('is not reached where the events come in: %s, even with the token', async (path) => {
    expect(await get(server.url, path, { authorization: `Bearer ${TOKEN}` })).toBe(404);
  });

  test('is on a listener of its own, on this machine alone, which takes no events', async () => {
    expect(new URL(server.adminUrl ?? '').hostname).toBe('127.0.0.1');
    expect(await get(server.adminUrl ?? '', '/admin/stats', { authorization: `Bearer ${TOKEN}` })).toBe(200);
    expect(await get(server.adminUrl ?? '', '/healthz')).toBe(404);
    expect(await get(server.adminUrl ?? '', '/events')).toBe(404);
  });

  test('ten wrong tokens are enough: then nobody is admitted for a minute', async () => {
    for (let n = 0; n < 10; n += 1)
      expect(await get(server.adminUrl ?? '', '/admin/stats', { authorization: `Bearer guess ${n}` })).toBe(401);
    expect(await get(server.adminUrl ?? '', '/admin/stats', { authorization: `Bearer ${TOKEN}` })).toBe(429);
    expect(await get(server.adminUrl ?? '', '/admin/stats', { authorization: 'Bearer guess' })).toBe(429);
  });

  test('however many ask for its health at once, the database is asked once a second', async () => {
    const begunMs = performance.now();
    expect(new Set(await Promise.all(Array.from({ length: 100 }, () => get(server.url, '/healthz'))))).toEqual(
      new Set([200]),
    );
    expect(asked).toBeLessThanOrEqual(2 + Math.floor((performance.now() - begunMs) / 1_000));
  });
});

/** The path goes out as it is written. */
function get(url: string, path: string, headers: Readonly<Record<string, string>> = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    http
      .get({ hostname, port, path, headers }, (answer) => {
        answer.resume();
        resolve(answer.statusCode ?? 0);
      })
      .once('error', reject);
  });
}
