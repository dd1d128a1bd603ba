import { createHash, createHmac } from 'node:crypto';
import type { Database } from '../../src/store/database.ts';
import { agentIdHash } from '../../src/store/agent-id-hash.ts';
import { openDirectAdmin } from '../../src/ingest/admin/direct-admin.ts';
import { startIngest } from '../../src/ingest/server.ts';
import type { IngestServer } from '../../src/ingest/server.ts';
import { keepRefused } from '../../src/store/dead-letters.ts';
import { readCards } from '../../src/store/exposures.ts';
import { describeEachStore } from '../helpers/database.ts';
import { NOON, eventOf } from '../helpers/events.ts';
import { newSecret, push } from '../helpers/push.ts';

const KEY = 'a key of the organisation, 32 bytes';
const SECRET = newSecret();
const AGENTS = ['9c0e7f4e-ana-clear', '9c0e7f4e-ben-clear'] as const;

test('a hash is the same for the same agent and key, another for any other, and hashing twice changes nothing', () => {
  const [ana, ben] = AGENTS.map((id) => agentIdHash(KEY, id));
  expect(ana).toMatch(/^agent~[0-9a-f]{32}$/);
  expect(agentIdHash(KEY, AGENTS[0])).toBe(ana);
  expect(ben).not.toBe(ana);
  expect(agentIdHash('another key', AGENTS[0])).not.toBe(ana);
  expect(agentIdHash(KEY, ana ?? '')).toBe(ana);
});

describeEachStore('agent ids under a key', (db) => {
  let server: IngestServer;
  beforeAll(async () => {
    server = await startIngest({ db: db(), secrets: [SECRET], now: () => NOON, port: 0, agentIdHashKey: KEY });
  });
  afterAll(() => server.close());

  const send = (body: unknown) => push(body, { url: server.url, secret: SECRET, nowMs: NOON });

  test('no id stands in the clear anywhere in the database, and cards still count by agent', async () => {
    const [ana, ben] = AGENTS;
    await send({
      events: [eventOf('c1', 'triggered', 0, { agentId: ana }), eventOf('c2', 'triggered', 1, { agentId: ben })],
    });
    await send({
      events: [eventOf('c1', 'accepted', 5, { agentId: ana }), eventOf('c3', 'triggered', 2, { agentId: ana })],
    });
    await send(eventOf('c4', 'expired', 3, { agentId: ben }));
    expect(
      (
        await send({
          events: [{ ...eventOf('c5', 'triggered', 0, { agentId: ana }), version: 7, note: ben, userId: ben }],
        })
      ).status,
    ).toBe(400);
    expect((await send({ events: [{ ...eventOf('c6', 'triggered', 0), agentId: 4_711_471_147 }] })).status).toBe(400);
    expect((await send(`{"agentId":"${ana}", broken`)).status).toBe(400);
    expect(await everything(db())).not.toMatch(/clear|4711471147/);
    const { cards } = await readCards(db(), {
      actionIds: ['action-a'],
      afterSeq: 0,
      settledBefore: new Date(NOON + 60_000),
      limit: 10,
    });
    expect(cards.map(({ agentId }) => agentId).toSorted()).toEqual(
      [agentIdHash(KEY, ana), agentIdHash(KEY, ana), agentIdHash(KEY, ben)].toSorted(),
    );
  });

  test('the digest by which a refused push is known cannot be used to try ids', async () => {
    await db().query('truncate dead_letters');
    const event = { ...eventOf('tried', 'triggered', 0, { agentId: AGENTS[1] }), version: 7 };
    for (const body of [JSON.stringify(event), `{"agentId":"${AGENTS[1]}", broken`])
      expect((await send(body)).status).toBe(400);
    const digests = (await db().query<{ digest: string }>('select digest from dead_letters')).map(
      ({ digest }) => digest,
    );
    const plain = [JSON.stringify(event), `{"agentId":"${AGENTS[1]}", broken`].map((body) =>
      createHash('sha256').update(body).digest('hex'),
    );
    expect(digests).toHaveLength(2);
    expect(digests.filter((digest) => plain.includes(digest))).toEqual([]);
  });

  test('nor the name under which a push with a hub signature is logged', async () => {
    const lines: object[] = [];
    const log = (fields: object): void => void lines.push(fields);
    const hub = await startIngest({
      db: db(),
      secrets: [SECRET],
      hubSecrets: ['a secret of the hub'],
      logger: { info: log, warn: log, error: log },
      now: () => NOON,
      port: 0,
      agentIdHashKey: KEY,
    });
    const body = JSON.stringify(eventOf('hub', 'triggered', 0, { agentId: AGENTS[1] }));
    const signature = `sha256=${createHmac('sha256', 'a secret of the hub').update(body).digest('base64')}`;
    expect(
      (await fetch(`${hub.url}/events`, { method: 'POST', body, headers: { 'x-hub-signature-256': signature } }))
        .status,
    ).toBe(200);
    await hub.close();
    expect(lines).toMatchObject([{ webhookId: expect.stringMatching(/^[0-9a-f]{64}$/) }]);
    expect(JSON.stringify(lines)).not.toContain(createHash('sha256').update(body).digest('hex'));
  });

  test('a dead letter of before the key is hashed when it is tried again', async () => {
    const kept = Buffer.from(JSON.stringify(eventOf('late', 'triggered', 0, { agentId: AGENTS[0] })));
    await keepRefused(db(), [
      {
        source: 'genesys',
        receivedAt: new Date(NOON),
        code: 'event-invalid',
        reason: 'of an older version',
        digest: 'older',
        body: kept,
      },
    ]);
    const [row] = await db().query<{ id: number }>(`select id::int from dead_letters where digest = 'older'`);
    await openDirectAdmin({ db: db(), now: () => NOON, agentIdHashKey: KEY }).replay(row?.id ?? 0);
    const rows = await db().query<{ raw: { agentId: string } }>(`select raw from events where id = 'late-triggered'`);
    expect(rows).toMatchObject([{ raw: { agentId: agentIdHash(KEY, AGENTS[0]) } }]);
  });
});

/** Every row of every table, bytes as text. */
async function everything(db: Database): Promise<string> {
  const tables = await db.query<{ name: string }>(
    `select table_name as name from information_schema.tables where table_schema = 'public' and table_type = ` +
      `'BASE TABLE'`,
  );
  expect(tables.length).toBeGreaterThan(5);
  const parts = await Promise.all(
    tables.map(async ({ name }) => {
      const rows = await db.query<Record<string, unknown>>(`select * from "${name}"`);
      return rows
        .map((row) =>
          JSON.stringify(
            Object.values(row).map((value) =>
              value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : value,
            ),
          ),
        )
        .join('\n');
    }),
  );
  return parts.join('\n');
}
