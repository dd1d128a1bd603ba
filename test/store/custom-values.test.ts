import fc from 'fast-check';
import type { PushedEvent } from '../../src/domain/events/event.ts';
import { readEventStats } from '../../src/store/event-stats.ts';
import { EXPOSURES_CHANNEL } from '../../src/store/events.ts';
import { storeEvents } from '../helpers/store-events.ts';
import { readCards } from '../../src/store/exposures.ts';
import type { CardsQuery } from '../../src/store/exposures.ts';
import { describeEachStore } from '../helpers/database.ts';
import { NOON, eventOf, metricEventOf } from '../helpers/events.ts';

describeEachStore('custom values', (db) => {
  const store = (events: readonly PushedEvent[], receivedAtMs = NOON) =>
    storeEvents(db(), events, { source: 'genesys', receivedAt: new Date(receivedAtMs) });
  const read = (more: Partial<CardsQuery> = {}) =>
    readCards(db(), {
      actionIds: ['action-a'],
      afterSeq: 0,
      settledBefore: new Date(NOON + 3_600_000),
      limit: 100,
      awaited: { custom: ['handleTime'], outcomes: [] },
      ...more,
    });
  const values = () => db().query('select card_id, name, value, occurred_at from custom_values order by card_id, name');

  afterEach(async () => {
    await db().query('truncate events, exposures, custom_values, unknown_event_types');
  });

  test('a card is read with those of its custom metrics that are asked for; without asking, or without a value, it has none', async () => {
    await store([
      eventOf('c1', 'accepted', 1),
      metricEventOf('c1', 'handleTime', 312.5, 5),
      metricEventOf('c1', 'mood', -0.25, 6),
      eventOf('c2', 'accepted', 2),
    ]);
    expect((await read()).cards.map(({ custom: found }) => found)).toEqual([{ handleTime: 312.5 }, {}]);
    expect((await read({ awaited: { custom: ['mood', 'handleTime'], outcomes: [] } })).cards[0]?.custom).toEqual({
      handleTime: 312.5,
      mood: -0.25,
    });
    expect((await read({ awaited: { custom: [], outcomes: [] } })).cards.map((card) => 'custom' in card)).toEqual([
      false,
      false,
    ]);
  });

  test('numbers come back as they were, whatever their sign and size', async () => {
    const values = [0, -1, 0.1, 1 / 3, -123456789.000001, 1e-300, -1.7976931348623157e308, 5e-324, 2 ** 53];
    await store(
      values.flatMap((value, i) => [eventOf(`c${i}`, 'accepted', i), metricEventOf(`c${i}`, 'handleTime', value, i)]),
    );
    expect((await read()).cards.map(({ custom: found }) => found?.['handleTime'])).toEqual(values);
  });

  test('it may come before its card, of which it makes none, and is neither an unknown event nor news of an unknown action', async () => {
    expect(await store([metricEventOf('c1', 'handleTime', 7, 0)])).toEqual({ stored: 1, duplicates: 0 });
    expect((await read()).cards).toEqual([]);
    expect((await readEventStats(db())).unknownTypes).toEqual([]);
    await store([eventOf('c1', 'dismissed', 3)]);
    expect((await read()).cards).toMatchObject([{ outcomes: ['dismissed'], custom: { handleTime: 7 } }]);
  });

  test('a card waits for its value until it settles; what stands behind it waits too', async () => {
    const early = { settledBefore: new Date(NOON + 999) };
    await store([eventOf('c1', 'accepted', 1)], NOON + 1_000);
    await store([eventOf('c2', 'accepted', 2), metricEventOf('c2', 'handleTime', 20, 3)], NOON + 2_000);
    expect(await read(early)).toMatchObject({ cards: [], head: { firstSeenAt: NOON + 1_000 } });
    expect((await read({ ...early, awaited: { custom: [], outcomes: [] } })).cards).toHaveLength(2);
    await store([metricEventOf('c1', 'handleTime', 10, 4)], NOON + 60_000);
    expect((await read(early)).cards.map(({ custom: found }) => found)).toEqual([
      { handleTime: 10 },
      { handleTime: 20 },
    ]);
  });

  test('of several values of one card the earliest counts, at one instant the smaller; the same event again changes nothing', async () => {
    await store([metricEventOf('c1', 'handleTime', 50, 500), metricEventOf('c1', 'handleTime', 60, 400)]);
    expect(await values()).toMatchObject([{ value: 60 }]);
    await store([metricEventOf('c1', 'handleTime', 70, 300)]);
    expect(await values()).toMatchObject([{ value: 70 }]);
    expect(await store([metricEventOf('c1', 'handleTime', 1, 300)])).toEqual({ stored: 0, duplicates: 1 });
    await store([
      metricEventOf('c1', 'handleTime', 80, 300, { id: 'again' }),
      metricEventOf('c1', 'handleTime', 65, 300, { id: 'less' }),
    ]);
    expect(await values()).toMatchObject([{ value: 65, occurred_at: new Date(NOON + 300) }]);
  });

  test("whoever watches the card's action is told of a value", async () => {
    await store([eventOf('c1', 'accepted', 1, { actionId: 'action-of-c1' })]);
    const heard: string[] = [];
    const stop = await db().listen(EXPOSURES_CHANNEL, (payload) => heard.push(payload));
    await store([metricEventOf('c1', 'handleTime', 5, 2), metricEventOf('nobody', 'handleTime', 5, 2)]);
    while (heard.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await stop();
    expect(heard).toEqual(['action-of-c1']);
  });

  test('any order and any repetition of the same events give the same values', async () => {
    const facts = fc.record({
      card: fc.integer({ min: 1, max: 2 }),
      level: fc.constantFrom('handleTime', 'Mood'),
      value: fc.constantFrom(-2, 0, 1e9, 0.5),
      atMs: fc.integer({ min: 0, max: 3 }),
    });
    const events = fc
      .array(facts, { minLength: 1, maxLength: 10 })
      .map((list) =>
        list.map(({ card, level, value, atMs }, n) => metricEventOf(`c${card}`, level, value, atMs, { id: `e${n}` })),
      );
    await fc.assert(
      fc.asyncProperty(
        events.chain((list) =>
          fc.tuple(
            fc.constant(list),
            fc.shuffledSubarray(list, { minLength: list.length }),
            fc.array(fc.constantFrom(...list), { maxLength: 4 }),
          ),
        ),
        async ([plain, shuffled, repeats]) => {
          await db().query('truncate events, custom_values');
          await store(plain);
          const expected = await values();
          await db().query('truncate events, custom_values');
          for (const event of [...repeats, ...shuffled]) await store([event]);
          expect(await values()).toEqual(expected);
        },
      ),
      { numRuns: 25 },
    );
  });
});
