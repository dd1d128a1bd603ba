import { startIngest } from '../../src/ingest/server.ts';
import type { IngestServer } from '../../src/ingest/server.ts';
import type { Database } from '../../src/store/database.ts';
import { NOON, eventOf, metricEventOf } from '../helpers/events.ts';
import { newSecret, push } from '../helpers/push.ts';
import { openStore } from '../helpers/any-store.ts';

const PLATFORM = newSecret();
const METRICS = newSecret();

describe('a secret for metrics from outside', () => {
  let db: Database;
  let server: IngestServer;
  beforeAll(async () => {
    db = await openStore();
    server = await startIngest({ db, secrets: [PLATFORM], metricSecrets: [METRICS], now: () => NOON, port: 0 });
  });
  afterAll(async () => {
    await server.close();
    await db.close();
  });
  beforeEach(() => db.query('truncate events, exposures, custom_values, dead_letters'));
  const send = async (body: unknown, secret = METRICS) => {
    const response = await push(body, { url: server.url, secret, nowMs: NOON });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };

  test('signs levels', async () => {
    expect(
      await send({ events: [metricEventOf('c1', 'mood', 1, 0), { ...metricEventOf('c2', 'mood', 1, 0), value: 'x' }] }),
    ).toMatchObject({ status: 200, body: { stored: 1, refused: 1 } });
    expect(await db.query('select card_id, value from custom_values')).toEqual([{ card_id: 'c1', value: 1 }]);
  });

  test.each<[string, unknown]>([
    ['an outcome', eventOf('c1', 'accepted', 0)],
    ['an outcome between levels', { events: [metricEventOf('c1', 'mood', 1, 0), eventOf('c1', 'accepted', 0)] }],
    ['a type that nobody knows', eventOf('c1', 'expired', 0)],
    [
      'an outcome that is no event',
      { events: [metricEventOf('c1', 'mood', 1, 0), { type: 'agentassist.action.accepted' }] },
    ],
    ['no type', { ...metricEventOf('c1', 'mood', 1, 0), type: undefined }],
  ])('but nothing else: of a push with %s nothing is stored, nor kept to be replayed', async (_, body) => {
    expect(await send(body)).toMatchObject({ status: 403, body: { code: 'event-out-of-scope', field: 'type' } });
    const left = await Promise.all(
      ['events', 'exposures', 'custom_values', 'dead_letters'].map((table) => db.query(`select 1 from ${table}`)),
    );
    expect(left).toEqual([[], [], [], []]);
  });

  test('cannot take the ids of the events of the platform', async () => {
    const accepted = eventOf('c1', 'accepted', 0);
    expect(await send({ ...metricEventOf('c1', 'mood', 1, 0), id: accepted.id })).toMatchObject({ status: 200 });
    expect(await send(accepted, PLATFORM)).toMatchObject({ status: 200, body: { stored: 1, duplicates: 0 } });
  });
});
