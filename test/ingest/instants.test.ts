import { parseInstant } from '../../src/domain/events/instant.ts';
import { capByArrival } from '../../src/domain/events/times.ts';
import { startIngest } from '../../src/ingest/server.ts';
import type { IngestServer } from '../../src/ingest/server.ts';
import { describeEachStore } from '../helpers/database.ts';
import { NOON, eventOf, iso, metricEventOf } from '../helpers/events.ts';
import { newSecret, push } from '../helpers/push.ts';

const DAY_MS = 24 * 3_600_000;

test.each([
  ['2026-03-01T12:00:00Z', NOON],
  ['2026-03-01t12:00:00z', NOON],
  ['2026-03-01 12:00:00+00', NOON],
  ['2026-03-01T12:00:00+0000', NOON],
  ['2026-03-01T12:00:00-00:00', NOON],
  ['2026-03-01T14:30:00+02:30', NOON],
  ['2026-03-01T07:00:00-0500', NOON],
  ['2026-03-01T07:00:00\u221205:00', NOON],
  ['2026-03-01T12:00Z', NOON],
  ['2026-03-01T12+00', NOON],
  ['20260301T120000Z', NOON],
  ['20260301T1200+0000', NOON],
  ['2026-03-01T12:00:00,25Z', NOON + 250],
  ['2026-03-01T12:00:00.2509999Z', NOON + 250],
  ['2026-03-01T12:00:00.5+01:00', NOON - 3_599_500],
  ['2026-02-28T24:00:00Z', Date.parse('2026-03-01T00:00:00Z')],
  ['2016-12-31T23:59:60Z', Date.parse('2017-01-01T00:00:00Z')],
  ['2024-02-29T00:00:00Z', Date.parse('2024-02-29T00:00:00Z')],
  ['0099-01-01T00:00:00Z', Date.parse('0099-01-01T00:00:00Z')],
])('%s is an instant', (text, ms) => expect(parseInstant(text)).toBe(ms));

test.each([
  ['2026-03-01T12:00:00', 'local time without a zone'],
  ['20260301T120000', 'local time without a zone'],
  ['2026-03-01T12:00:00.123', 'local time without a zone'],
  ['2026-03-01', 'a day without a time'],
  ['2026-02-29T00:00:00Z', 'no such day'],
  ['2026-13-01T00:00:00Z', 'no such day'],
  ['2026-03-00T00:00:00Z', 'no such day'],
  ['2026-03-01T24:00:01Z', 'no such time'],
  ['2026-03-01T12:60:00Z', 'no such time'],
  ['2026-03-01T12:00:61Z', 'no such time'],
  ['2026-03-01T12:00:00+24:00', 'no such offset'],
  ['yesterday', 'expected ISO 8601'],
  ['', 'expected ISO 8601'],
  ['1772366400', 'expected ISO 8601'],
  ['2026-3-1T12:00:00Z', 'expected ISO 8601'],
  ['2026-03-01T12:00:00Z\n', 'expected ISO 8601'],
  ['2026-0301T12:00:00Z', 'expected ISO 8601'],
])('%j is none, and told why', (text, why) => expect(parseInstant(text)).toContain(why));

test("a card's own times never lie after its arrival; the time between them stays where one clock told both", () => {
  expect(capByArrival({ triggeredMs: 90, renderedMs: 95 }, 100)).toEqual({ triggeredMs: 90, renderedMs: 95 });
  expect(capByArrival({ triggeredMs: 130, renderedMs: 135 }, 100)).toEqual({ triggeredMs: 95, renderedMs: 100 });
  expect(capByArrival({ triggeredMs: 90, renderedMs: 135 }, 100)).toEqual({ triggeredMs: 90, renderedMs: 135 });
  expect(capByArrival({ triggeredMs: 90, renderedMs: 9_000 }, 100)).toEqual({ triggeredMs: 90, renderedMs: 100 });
  expect(capByArrival({ triggeredMs: 130, renderedMs: 90 }, 100)).toEqual({ triggeredMs: 100, renderedMs: 60 });
  expect(capByArrival({ triggeredMs: 130, renderedMs: null }, 100)).toEqual({ triggeredMs: 100, renderedMs: null });
});

const SECRET = newSecret();

describeEachStore('times of events', (db) => {
  let server: IngestServer;
  beforeAll(async () => {
    server = await startIngest({ db: db(), secrets: [SECRET], now: () => NOON, port: 0 });
  });
  afterAll(() => server.close());
  beforeEach(() => db().query('truncate events, exposures, custom_values, dead_letters'));
  const send = async (body: unknown) => {
    const response = await push(body, { url: server.url, secret: SECRET, nowMs: NOON });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  const cards = () =>
    db().query<{ triggeredAt: Date; renderedAt: Date | null; firstSeenAt: Date }>(
      'select triggered_at as "triggeredAt", rendered_at as "renderedAt", first_seen_at as "firstSeenAt" from ' +
        'exposures',
    );

  test('however an instant is written it is stored in one form, and null for an optional field is its absence', async () => {
    const written = {
      ...eventOf('c1', 'triggered', 0),
      occurredAt: '2026-03-01T12:00:00+0000',
      triggeredAt: '2026-03-01T13:00+01',
      renderedAt: null,
      mediaType: null,
      language: null,
    };
    expect(await send(written)).toEqual({ status: 200, body: { stored: 1, duplicates: 0, refused: 0 } });
    expect(await db().query('select raw from events')).toEqual([{ raw: eventOf('c1', 'triggered', 0) }]);
  });

  test.each<[string, string, object]>([
    ['time-ahead', 'triggeredAt', eventOf('c1', 'triggered', 0, { triggeredAt: iso(NOON + DAY_MS) })],
    ['time-ahead', 'occurredAt', eventOf('c1', 'accepted', 300_001)],
    ['time-ahead', 'renderedAt', eventOf('c1', 'rendered', 0, { renderedAt: '9999-12-31T23:59:59.999-23:59' })],
    ['time-ahead', 'occurredAt', metricEventOf('c1', 'mood', 1, 300_001)],
    ['time-too-old', 'triggeredAt', eventOf('c1', 'triggered', 0, { triggeredAt: '0000-01-01T00:00:00Z' })],
    ['time-too-old', 'triggeredAt', eventOf('c1', 'triggered', 0, { triggeredAt: '1970-01-01T00:00:00Z' })],
    ['time-too-old', 'occurredAt', metricEventOf('c1', 'mood', 1, -401 * DAY_MS)],
  ])('%s: %s, refused by name, and kept with its reason', async (code, field, event) => {
    expect(await send(event)).toMatchObject({ status: 400, body: { code, field } });
    expect(await db().query('select code from dead_letters')).toEqual([{ code }]);
    expect(await db().query('select id from events')).toEqual([]);
  });

  test('a clock that is up to five minutes ahead puts no card after its arrival, in whatever order its events come', async () => {
    const ahead = { triggeredAt: iso(NOON + 290_000) };
    await send({
      events: [
        eventOf('c1', 'accepted', 299_000, { ...ahead, renderedAt: iso(NOON + 290_400) }),
        eventOf('c1', 'triggered', 290_000, ahead),
      ],
    });
    await send(eventOf('c1', 'rendered', 290_400, ahead));
    const [card] = await cards();
    expect(card?.triggeredAt.getTime()).toBeLessThanOrEqual(NOON);
    expect(card?.renderedAt?.getTime()).toBeLessThanOrEqual(NOON);
    expect((card?.renderedAt?.getTime() ?? 0) - (card?.triggeredAt.getTime() ?? 0)).toBe(400);
  });
});
