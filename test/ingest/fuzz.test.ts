import fc from 'fast-check';
import type { Database } from '../../src/store/database.ts';
import { createIngestApp } from '../../src/ingest/app.ts';
import type { IngestApp } from '../../src/ingest/app.ts';
import { NOON, eventOf, iso, metricEventOf } from '../helpers/events.ts';
import { newSecret, sign } from '../helpers/push.ts';
import { openStore } from '../helpers/any-store.ts';

const SECRET = newSecret();
const TIMESTAMP = String(NOON / 1000);

describe('hostile pushes', () => {
  let db: Database;
  let app: IngestApp;
  beforeAll(async () => {
    db = await openStore();
    app = createIngestApp({ db, secrets: [SECRET], now: () => NOON });
  });
  afterAll(() => db.close());

  const send = async (body: Uint8Array, headers: Readonly<Record<string, string>> = {}): Promise<Response> =>
    app.fetch(
      new Request('http://here/events', {
        method: 'POST',
        body: Buffer.from(body),
        headers: {
          'webhook-id': 'msg_1',
          'webhook-timestamp': TIMESTAMP,
          'webhook-signature': sign(SECRET, 'msg_1', TIMESTAMP, body),
          ...headers,
        },
      }),
    );
  const countEvents = async () => (await db.query<{ n: number }>('select count(*) as n from events'))[0]?.n ?? -1;

  test('a signed body with any value in any field is stored or refused as bad input; the answer says which', async () => {
    await fc.assert(
      fc.asyncProperty(mutatedEvents, async (events) => {
        const before = await countEvents();
        const response = await send(Buffer.from(JSON.stringify({ events })));
        const answer = (await response.json()) as { stored?: number };
        expect([200, 400]).toContain(response.status);
        expect((await countEvents()) - before).toBe(answer.stored ?? 0);
      }),
      { numRuns: 300 },
    );
  });

  test('bytes that were changed after they were signed are never stored', async () => {
    const body = Buffer.from(JSON.stringify(eventOf('signed', 'triggered', 0)));
    const signature = sign(SECRET, 'msg_1', TIMESTAMP, body);
    const before = await countEvents();
    await fc.assert(
      fc.asyncProperty(fc.nat(body.length - 1), fc.integer({ min: 1, max: 255 }), async (place, mask) => {
        const changed = Buffer.from(body);
        changed[place] = (changed[place] ?? 0) ^ mask;
        expect((await send(changed, { 'webhook-signature': signature })).status).toBe(401);
      }),
      { numRuns: 200 },
    );
    expect(await countEvents()).toBe(before);
  });

  test('headers of any content are refused, never an error of ours', async () => {
    const header = fc.string({
      unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)),
      maxLength: 300,
    });
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('webhook-id', 'webhook-timestamp', 'webhook-signature'),
        header,
        async (name, value) => {
          expect((await send(Buffer.from('{}'), { [name]: value })).status).toBe(401);
        },
      ),
      { numRuns: 300 },
    );
  });
});

const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)), maxLength: 20 }),
  fc.constantFrom(
    '',
    '\0',
    '\ud800',
    "'; drop table events; --",
    '{}',
    '\\',
    '"',
    '2026-02-30T00:00:00Z',
    '2026-01-01T00:00:00+15:59',
    '0000-01-01T00:00:00Z',
    '9999-12-31T23:59:59.999999999Z',
    '2026-01-01T24:00:00Z',
    '-infinity',
    'now',
  ),
  fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
  fc.jsonValue(),
  fc.double(),
  fc.constant(undefined),
);

const fields = Object.keys(eventOf('c', 'triggered', 0, { renderedAt: iso(NOON), mediaType: 'voice', language: 'en' }));

const mutatedLevel = fc
  .tuple(fc.uuid(), fc.constantFrom(...Object.keys(metricEventOf('c', 'mood', 0, 0)), 'agentId'), hostile)
  .map(([id, field, value]) =>
    Object.fromEntries([...Object.entries(metricEventOf(id, 'mood', -1, 0)), [field, value]]),
  );

const mutatedEvents = fc.array(
  fc.oneof(
    { weight: 1, arbitrary: mutatedLevel },
    {
      weight: 3,
      arbitrary: fc
        .tuple(fc.uuid(), fc.constantFrom(...fields, 'unknown', '__proto__'), hostile)
        .map(([id, field, value]) =>
          Object.fromEntries([...Object.entries(eventOf(id, 'accepted', 0)), [field, value]]),
        ),
    },
  ),
  { minLength: 1, maxLength: 3 },
);
