import fc from 'fast-check';
import type { EngagementEvent } from '../../src/domain/events/event.ts';
import { EXPOSURES_CHANNEL, storeBatches } from '../../src/store/events.ts';
import { storeEvents } from '../helpers/store-events.ts';
import { readCards } from '../../src/store/exposures.ts';
import { hasOutcome } from '../../src/store/outcomes.ts';
import { describeEachStore } from '../helpers/database.ts';
import { NOON, eventOf, iso } from '../helpers/events.ts';

const AT = new Date(NOON + 60_000);

/** Everything an exposure says, but for its place in the order of arrival. */
const EXPOSURES = `select card_id, action_id, action_name, version, conversation_id, agent_id, queue_id, media_type, language, triggered_at,
  rendered_at, outcomes, first_seen_at, late_ms from exposures order by card_id`;

describeEachStore('events', (db) => {
  const store = (events: readonly EngagementEvent[], receivedAt = AT) =>
    storeEvents(db(), events, { source: 'genesys', receivedAt });
  const exposureOf = async (cardId: string) =>
    (await db().query('select * from exposures where card_id = $1', [cardId]))[0];

  afterEach(async () => {
    await db().query('truncate events, exposures');
  });

  test('the events of a card become one exposure', async () => {
    await store([
      eventOf('c1', 'triggered', 0, { mediaType: 'voice', language: 'en-GB' }),
      eventOf('c1', 'rendered', 250, { renderedAt: iso(NOON + 250) }),
      eventOf('c1', 'accepted', 4_000, { renderedAt: iso(NOON + 250) }),
    ]);
    expect(await exposureOf('c1')).toMatchObject({
      action_id: 'action-a',
      version: '1.5.0',
      conversation_id: 'conversation of c1',
      agent_id: 'agent-1',
      queue_id: 'queue-1',
      media_type: 'voice',
      language: 'en-GB',
      triggered_at: new Date(NOON),
      rendered_at: new Date(NOON + 250),
      outcomes: { accepted: NOON + 4_000 },
      first_seen_at: AT,
      late_ms: 60_000,
    });
  });

  test('an event that comes again, in the same push, in another or at the same time, is stored once and counted', async () => {
    const events = [eventOf('c1', 'triggered', 0), eventOf('c1', 'rendered', 10)];
    expect(await store([...events, ...events])).toEqual({ stored: 2, duplicates: 2 });
    expect(await store(events)).toEqual({ stored: 0, duplicates: 2 });
    const fresh = [eventOf('c2', 'triggered', 0), eventOf('c3', 'triggered', 0)];
    const answers = await Promise.all(Array.from({ length: 5 }, () => store(fresh)));
    expect(answers.reduce((sum, { stored }) => sum + stored, 0)).toBe(2);
    expect(await db().query('select count(*) as n from events')).toEqual([{ n: 4 }]);
  });

  test('ids are unique within a source, not across sources', async () => {
    const batch = { receivedAt: AT, events: [eventOf('c1', 'triggered', 0)] };
    expect(
      await storeBatches(db(), [
        { ...batch, source: 'a' },
        { ...batch, source: 'b' },
        { ...batch, source: 'a' },
      ]),
    ).toEqual([
      { stored: 1, duplicates: 0 },
      { stored: 1, duplicates: 0 },
      { stored: 0, duplicates: 1 },
    ]);
  });

  test('nothing to store is no error', async () => {
    expect(await store([])).toEqual({ stored: 0, duplicates: 0 });
  });

  test('an event of a type that nobody knows is kept, and makes no exposure', async () => {
    expect(await store([eventOf('c1', 'expired', 0)])).toEqual({ stored: 1, duplicates: 0 });
    expect(await exposureOf('c1')).toBeUndefined();
    expect(await db().query('select type, raw from events')).toEqual([
      { type: 'agentassist.action.expired', raw: eventOf('c1', 'expired', 0) },
    ]);
  });

  test('of two outcomes the earlier one holds, whichever arrives first; at the same instant the first by name', async () => {
    await store([eventOf('c1', 'dismissed', 500)]);
    await store([eventOf('c1', 'accepted', 400)]);
    await store([eventOf('c2', 'accepted', 400)]);
    await store([eventOf('c2', 'dismissed', 500)]);
    await store([eventOf('c3', 'dismissed', 400), eventOf('c3', 'accepted', 400)]);
    const { cards } = await readCards(db(), { actionIds: ['action-a'], afterSeq: 0, settledBefore: AT, limit: 9 });
    expect(cards.map(({ outcomes }) => outcomes)).toEqual([['accepted'], ['accepted'], ['accepted']]);
    const inSql = `select count(*) filter (where ${hasOutcome('accepted', 'e')}) as accepted,
      count(*) filter (where ${hasOutcome('dismissed', 'e')}) as dismissed from exposures e`;
    expect(await db().query(inSql)).toEqual([{ accepted: 3, dismissed: 0 }]);
  });

  test('instants with any offset are understood', async () => {
    await store([
      eventOf('c1', 'triggered', 0, {
        triggeredAt: '2026-03-02T11:59:00+23:59',
        occurredAt: '2026-03-01T12:00:00.000000Z',
      }),
    ]);
    expect(await exposureOf('c1')).toMatchObject({ triggered_at: new Date(NOON) });
  });

  test('any order and any repetition of the same events give the same exposures', async () => {
    await fc.assert(
      fc.asyncProperty(deliveries, async ({ events, pushes }) => {
        await db().query('truncate events, exposures');
        await store(events);
        const expected = await db().query(EXPOSURES);
        await db().query('truncate events, exposures');
        for (const push of pushes) await store(push);
        expect(await db().query(EXPOSURES)).toEqual(expected);
      }),
      { numRuns: 40 },
    );
  });

  test('whoever listens is told which actions have news, however many, and hears nothing of duplicates', async () => {
    const heard: string[] = [];
    const stop = await db().listen(EXPOSURES_CHANNEL, (payload) => heard.push(payload));
    const actionIds = Array.from({ length: 60 }, (_, n) => `${String(n).padStart(3, '0')}-${'€'.repeat(250)}`);
    const events = actionIds.map((actionId, n) => eventOf(`c${n}`, 'triggered', 0, { actionId }));
    await store(events);
    await store(events);
    await store([
      eventOf('last', 'triggered', 0, { actionId: 'last' }),
      eventOf('last', 'rendered', 0, { actionId: 'last' }),
    ]);
    while (!heard.includes('last')) await new Promise((resolve) => setTimeout(resolve, 5));
    await stop();
    expect(
      heard
        .slice(0, -1)
        .flatMap((payload) => payload.split(','))
        .sort(),
    ).toEqual(actionIds);
  });
});

/**
 * A few cards with conflicting and missing facts, cut into pushes in any order with any repetition; each event at least
 * once.
 */
const deliveries = fc
  .array(
    fc.record({
      card: fc.integer({ min: 1, max: 3 }),
      kind: fc.constantFrom('triggered', 'rendered', 'accepted', 'dismissed', 'expired'),
      atMs: fc.integer({ min: -3, max: 3 }),
      triggeredAtMs: fc.integer({ min: -2, max: 2 }),
      renderedAtMs: fc.option(fc.integer({ min: -2, max: 2 })),
      agentId: fc.constantFrom('agent-1', 'Agent-2', 'ägent'),
      mediaType: fc.constantFrom({}, { mediaType: 'voice' }, { mediaType: 'chat' }),
    }),
    { minLength: 1, maxLength: 12 },
  )
  .map((facts) =>
    facts.map(({ card, kind, atMs, triggeredAtMs, renderedAtMs, agentId, mediaType }, n) =>
      eventOf(`c${card}`, kind, atMs, {
        id: `e${n}`,
        triggeredAt: iso(NOON + triggeredAtMs),
        agentId,
        ...mediaType,
        ...(renderedAtMs === null ? {} : { renderedAt: iso(NOON + renderedAtMs) }),
      }),
    ),
  )
  .chain((events) =>
    fc.record({
      events: fc.constant(events),
      pushes: fc
        .tuple(
          fc.shuffledSubarray(events, { minLength: events.length }),
          fc.array(fc.constantFrom(...events), { maxLength: 10 }),
          fc.integer({ min: 1, max: 4 }),
        )
        .map(([order, repeats, size]) => chunk([...repeats, ...order], size)),
    }),
  );

function chunk<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, n) => items.slice(n * size, (n + 1) * size));
}
