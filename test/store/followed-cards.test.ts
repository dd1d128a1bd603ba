import type { PushedEvent } from '../../src/domain/events/event.ts';
import { readFollowed } from '../../src/store/followed-cards.ts';
import type { FollowedQuery } from '../../src/store/followed-cards.ts';
import { describeEachStore } from '../helpers/database.ts';
import { eventOf, metricEventOf, NOON } from '../helpers/events.ts';
import { storeEvents } from '../helpers/store-events.ts';

describeEachStore('cards followed beyond their settling', (db) => {
  const store = (receivedMs: number, ...events: readonly PushedEvent[]) =>
    storeEvents(db(), events, { source: 'genesys', receivedAt: new Date(NOON + receivedMs) });
  const read = (more: Partial<FollowedQuery> = {}) =>
    readFollowed(db(), {
      actionIds: ['action-a', 'action-b'],
      afterSeq: 0,
      upToSeq: 1e9,
      nowMs: NOON + 3_600_000,
      settleMs: 60_000,
      followMs: 240_000,
      custom: [],
      limit: 100,
      ...more,
    });
  const lateOf = async (more: Partial<FollowedQuery> = {}) => (await read(more)).map(({ late }) => late);

  afterEach(async () => {
    await db().query('truncate events, exposures, custom_values');
  });

  test('late is what arrived after its card had settled, whatever its own clock says, and not what came in time', async () => {
    for (const id of ['quick', 'slow', 'rendered', 'never', 'lost']) await store(0, eventOf(id, 'triggered', 0));
    await store(59_000, eventOf('quick', 'accepted', 1000));
    await store(90_000, eventOf('slow', 'dismissed', 1000), eventOf('rendered', 'rendered', 1000));
    await store(400_000, eventOf('lost', 'accepted', 1000));
    expect(await lateOf()).toEqual([false, true, true, false, false]);
  });

  test('an answer that came in time and again later is not late', async () => {
    await store(0, eventOf('c1', 'triggered', 0), eventOf('c1', 'accepted', 1000));
    await store(90_000, eventOf('c1', 'dismissed', 2000), eventOf('c1', 'rendered', 500));
    expect(await lateOf()).toEqual([true]);
    await store(91_000, eventOf('c2', 'triggered', 0), eventOf('c2', 'accepted', 1000));
    await store(200_000, eventOf('c2', 'dismissed', 2000));
    expect(await lateOf()).toEqual([true, false]);
  });

  test('a metric counts where the plan asks for it', async () => {
    await store(0, eventOf('c1', 'accepted', 0));
    await store(100_000, metricEventOf('c1', 'handleTime', 30, 1000));
    expect([await lateOf(), await lateOf({ custom: ['handleTime'] })]).toEqual([[false], [true]]);
  });

  test('it stops at the first card whose time is not over, and goes on from there', async () => {
    await store(0, eventOf('c1', 'accepted', 0));
    await store(30_000, eventOf('c2', 'accepted', 0));
    const [first, ...others] = await read({ nowMs: NOON + 310_000 });
    expect(others).toEqual([]);
    expect(await read({ afterSeq: first?.seq ?? 0 })).toMatchObject([{ actionId: 'action-a', agentId: 'agent-1' }]);
    expect(await read({ upToSeq: first?.seq ?? 0 })).toHaveLength(1);
  });
});
