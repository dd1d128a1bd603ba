/** The time of all processes is the store's, whatever the clock of a machine says. */
import { followStoreClock } from '../../src/store/clock.ts';
import type { Queryable } from '../../src/store/database.ts';
import { describeEachStore } from '../helpers/database.ts';
import { untilHolds } from '../helpers/outside.ts';

const HOUR_MS = 3_600_000;

describeEachStore('the clock of a store', (db) => {
  test.each([
    ['hours ahead', 5 * HOUR_MS],
    ['hours behind', -5 * HOUR_MS],
  ])('a machine that is %s goes by it, and is told so once', async (_, offMs) => {
    const told: number[] = [];
    const readEveryMs = 20;
    let reads = 0;
    const counted: Queryable = {
      query: (...args: Parameters<Queryable['query']>) => {
        reads += 1;
        return db().query(...args);
      },
    };
    const wall = (): number => Date.now() + offMs;
    const clock = await followStoreClock(counted, { onOff: (aheadMs) => told.push(aheadMs), wall, readEveryMs });
    try {
      await untilHolds('it has read again', () => Promise.resolve(reads > 3));
      expect(Math.abs(clock.now() - Date.now())).toBeLessThan(HOUR_MS);
      expect(told).toEqual([expect.any(Number)]);
      expect(Math.abs((told[0] ?? 0) - offMs)).toBeLessThan(HOUR_MS);
    } finally {
      clock.close();
    }
  });
});

/** A store whose clock says so, or that is away. */
function storeAt(says: () => number): Queryable {
  return { query: () => new Promise((resolve) => resolve([{ at: says() }])) } as unknown as Queryable;
}

test('it goes on by the steady clock while the store is away, and neither jumps when the own clock is set', async () => {
  let [steadyMs, ownMs, reads] = [0, 0, 0];
  const away = storeAt(() => {
    reads += 1;
    if (reads > 1) throw new Error('away');
    return 1_000_000;
  });
  const clock = await followStoreClock(away, {
    onOff: () => undefined,
    wall: () => ownMs,
    monotonic: () => steadyMs,
    readEveryMs: 5,
  });
  try {
    steadyMs += 400;
    ownMs += HOUR_MS;
    await untilHolds('it was away', () => Promise.resolve(reads > 2));
    expect(clock.now()).toBe(1_000_400);
  } finally {
    clock.close();
  }
});

test('an answer that was long under way moves it no further than it must', async () => {
  let [steadyMs, underWayMs, reads] = [0, 0, 0];
  const store = storeAt(() => {
    reads += 1;
    // By its own clock a million ahead of the steady one, said in the middle of the way.
    const says = steadyMs + underWayMs / 2 + 1_000_000;
    steadyMs += underWayMs;
    return says;
  });
  const clock = await followStoreClock(store, {
    onOff: () => undefined,
    wall: () => 0,
    monotonic: () => steadyMs,
    readEveryMs: 5,
  });
  const again = (): Promise<void> => {
    const before = reads;
    return untilHolds('it was read again', () => Promise.resolve(reads > before + 1));
  };
  const offMs = (): number => clock.now() - steadyMs - 1_000_000;
  try {
    expect(offMs()).toBe(0);
    underWayMs = 10_000;
    await again();
    expect(offMs()).toBe(0);
    underWayMs = 0;
    await again();
    expect(offMs()).toBe(0);
  } finally {
    clock.close();
  }
});

test('of an answer that was long under way the nearest time is taken that it leaves', async () => {
  let steadyMs = 0;
  const store = storeAt(() => {
    steadyMs += 10_000;
    return 1_000_000;
  });
  const options = { onOff: () => undefined, monotonic: () => steadyMs };
  const behind = await followStoreClock(store, { ...options, wall: () => 0 });
  expect(behind.now()).toBe(1_000_000);
  behind.close();
  const within = await followStoreClock(store, { ...options, wall: () => steadyMs + 983_000 });
  expect(within.now()).toBe(983_000 + steadyMs);
  within.close();
  const ahead = await followStoreClock(store, { ...options, wall: () => 5_000_000 });
  expect(ahead.now()).toBe(1_010_000);
  ahead.close();
});
