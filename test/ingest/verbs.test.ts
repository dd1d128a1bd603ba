import { once } from 'node:events';
import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startIngest } from '../../src/ingest/server.ts';
import type { IngestServer } from '../../src/ingest/server.ts';
import { setDestinations } from '../../src/store/destinations.ts';
import type { Database } from '../../src/store/database.ts';
import { cli } from '../cli/fixtures.ts';
import { describeSharedPostgres } from '../helpers/database.ts';
import { NOON, eventOf } from '../helpers/events.ts';
import { newSecret, push } from '../helpers/push.ts';
import { openStore } from '../helpers/any-store.ts';
import { openPatiently } from '../helpers/patient-store.ts';

const SECRET = newSecret();
const TOKEN = 'a token of this machine';

const others: Server[] = [];
afterAll(() => others.forEach((other) => other.close()));

async function listenAs(listener: RequestListener): Promise<number> {
  const other = createServer(listener).listen(0, '127.0.0.1');
  others.push(other);
  await once(other, 'listening');
  return (other.address() as AddressInfo).port;
}

/** What both ways to the dead letters must show. */
function sameVerbs(
  parts: () => { readonly db: Database; readonly server: IngestServer; readonly env: Readonly<Record<string, string>> },
): void {
  const json = async (...args: string[]) => {
    const { code, stdout, stderr } = await cli([...args, '--json'], { env: parts().env, now: () => NOON });
    return {
      code,
      lines: stdout
        .trim()
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Record<string, unknown>),
      stderr,
    };
  };
  const send = (body: unknown) => push(body, { url: parts().server.url, secret: SECRET, nowMs: NOON });

  test('dead letters are listed, shown and replayed; what is refused again ends with exit code 5', async () => {
    await send({ ...eventOf('wrong', 'triggered', 0), agentId: 'a\0b' });
    const {
      code,
      lines: [listed],
    } = await json('events', 'dead-letters');
    expect([code, listed]).toMatchObject([
      0,
      { kind: 'dead-letters', deadLetters: [{ code: 'event-invalid', kind: 'intake' }] },
    ]);
    const id = (listed?.['deadLetters'] as { id: number }[] | undefined)?.[0]?.id ?? 0;
    expect((await json('events', 'dead-letters', 'show', String(id))).lines).toMatchObject([
      { deadLetter: { text: expect.stringContaining('"agentId":"a\\u0000b"') } },
    ]);
    expect(
      (await cli(['events', 'dead-letters', 'show', String(id)], { env: parts().env, now: () => NOON })).stdout,
    ).toContain('"agentId":"a');
    expect(await json('events', 'dead-letters', 'replay', '--all')).toMatchObject({
      code: 5,
      lines: [{ kind: 'replayed', id, error: { code: 'event-invalid' } }],
    });

    const body = Buffer.from(JSON.stringify(eventOf('mended', 'triggered', 0)));
    await parts().db.query('update dead_letters set body = $1::bytea, body_bytes = $2', [body, body.length]);
    expect(await json('events', 'dead-letters', 'replay', String(id))).toMatchObject({
      code: 0,
      lines: [{ stored: { stored: 1, duplicates: 0 } }],
    });
    expect((await cli(['events', 'dead-letters'], { env: parts().env, now: () => NOON })).stdout).toBe(
      'No dead letters.\n',
    );
  });

  test('stats say when the intake refuses pushes', async () => {
    const full = await startIngest({
      db: parts().db,
      secrets: [SECRET],
      adminToken: TOKEN,
      now: () => NOON,
      port: 0,
      maxWaiting: 0,
    });
    expect((await push(eventOf('full', 'triggered', 0), { url: full.url, secret: SECRET, nowMs: NOON })).status).toBe(
      503,
    );
    const env = {
      ...parts().env,
      EVENTS_PORT: new URL(full.url).port,
      EVENTS_ADMIN_PORT: new URL(full.adminUrl ?? '').port,
    };
    const { stdout } = await cli(['events', 'stats'], { env, now: () => NOON });
    expect(stdout).toContain('REFUSES PUSHES: 1 pushes turned away with 503, the last at 2026-03-01T12:00:00.000Z');
    await full.close();
  });

  test('one that is not there, or none named, is bad input', async () => {
    expect((await json('events', 'dead-letters', 'show', '999999')).code).toBe(2);
    expect((await json('events', 'dead-letters', 'replay')).code).toBe(2);
  });

  test('stats say how late events were, whose clocks disagree, unknown types, and what waits', async () => {
    await setDestinations(parts().db, ['coaching']);
    await send({
      events: [
        eventOf('late', 'triggered', -5_000, {
          triggeredAt: new Date(NOON - 5_000).toISOString(),
          renderedAt: new Date(NOON - 6_000).toISOString(),
        }),
        eventOf('other', 'expired', 0),
      ],
    });
    const {
      lines: [stats],
    } = await json('events', 'stats');
    expect(stats).toMatchObject({
      skewed: 1,
      lateMs: { max: 5_000 },
      unknownTypes: [{ type: 'agentassist.action.expired', events: 1 }],
      outbox: [{ destination: 'coaching', pending: 2 }],
    });
    const { stdout } = await cli(['events', 'stats'], { env: parts().env, now: () => NOON });
    expect(stdout).toMatch(
      /at most 5000 ms[^]*1 cards with clocks that disagree[^]*agentassist\.action\.expired 1[^]*outbox of coaching +2 waiting[^]*intake +0 pushes turned away/,
    );
    expect(stats).toMatchObject({ intake: { refusing: false } });
  });
}

describe('verbs, with an embedded database that another process owns', () => {
  let home: string;
  let db: Database;
  let server: IngestServer;
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'assist-verbs-'));
    await writeFile(join(home, 'admin-token'), `${TOKEN}\n`);
    db = await openStore();
    server = await startIngest({ db, secrets: [SECRET], adminToken: TOKEN, now: () => NOON, port: 0 });
  });
  afterAll(async () => {
    await server.close();
    await db.close();
    await rm(home, { recursive: true });
  });
  const env = () => ({
    ASSIST_ROLLOUTS_HOME: home,
    EVENTS_PORT: new URL(server.url).port,
    EVENTS_ADMIN_PORT: new URL(server.adminUrl ?? '').port,
  });
  sameVerbs(() => ({ db, server, env: env() }));

  test('without a service, or without its token, the way out is named', async () => {
    const gone = await cli(['events', 'stats', '--json'], { env: { ...env(), EVENTS_ADMIN_PORT: '1' } });
    expect([gone.code, JSON.parse(gone.stdout)]).toMatchObject([4, { code: 'events-unreachable' }]);
    const wrong = await cli(['events', 'stats', '--json'], {
      env: { ...env(), EVENTS_ADMIN_TOKEN: 'not the token, but long' },
    });
    expect([wrong.code, JSON.parse(wrong.stdout)]).toMatchObject([4, { code: 'admin-refused' }]);
    const port = await listenAs((_, response) => response.end('a page of something else'));
    const other = await cli(['events', 'stats', '--json'], { env: { ...env(), EVENTS_ADMIN_PORT: String(port) } });
    expect([other.code, JSON.parse(other.stdout)]).toMatchObject([
      4,
      {
        code: 'events-unreachable',
        message: expect.stringContaining('is no events service of this version') as string,
      },
    ]);
    const none = await cli(['events', 'stats', '--json'], { env: { ASSIST_ROLLOUTS_HOME: '/nonexistent' } });
    expect([none.code, JSON.parse(none.stdout)]).toMatchObject([2, { code: 'config-incomplete' }]);
  });
});

describeSharedPostgres('verbs, on the database itself', (postgres) => {
  let db: Database;
  let server: IngestServer;
  let url: string;
  beforeAll(async () => {
    url = await postgres().createDatabase();
    db = await openPatiently(url);
    server = await startIngest({ db, secrets: [SECRET], now: () => NOON, port: 0 });
  });
  afterAll(async () => {
    await server.close();
    await db.close();
  });
  sameVerbs(() => ({ db, server, env: { DATABASE_URL: url, EVENTS_PORT: new URL(server.url).port } }));
});
