import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { drawSchedule } from '../../../bench/campaign/draw.ts';
import {
  forgetReached,
  giveOrder,
  notComeTo,
  reachedIn,
  takeOrder,
  withdrawOrders,
} from '../../../bench/campaign/orders.ts';
import type { Order } from '../../../bench/campaign/orders.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'assist-orders-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const order: Order = { of: 'A', activity: 'record', side: 'after', deed: 'kill', passing: 1 };

test('an order lets pass whom it shall, is carried out once, and is told with whoever did it', () => {
  giveOrder(folder, order);
  const here = { of: 'A', activity: 'record', side: 'after' };
  expect(takeOrder(folder, { ...here, side: 'before' }, 7)).toBeNull();
  expect(takeOrder(folder, { ...here, of: 'B' }, 7)).toBeNull();
  expect(takeOrder(folder, here, 7)).toBeNull();
  expect(takeOrder(folder, here, 8)).toEqual({ ...order, passing: 0 });
  expect(takeOrder(folder, here, 9)).toBeNull();
  expect(reachedIn(folder)).toEqual([{ ...order, passing: 0, pid: 8, atMs: expect.any(Number) as number }]);
  forgetReached(folder);
  expect(reachedIn(folder)).toEqual([]);
});

test('what was withdrawn is carried out no more', () => {
  giveOrder(folder, { ...order, passing: 0 });
  withdrawOrders(folder);
  expect(takeOrder(folder, { of: 'A', activity: 'record', side: 'after' }, 7)).toBeNull();
});

test('a schedule is drawn from its seed and number alone', () => {
  expect(drawSchedule(3, 5)).toEqual(drawSchedule(3, 5));
  expect(drawSchedule(3, 5)).not.toEqual(drawSchedule(3, 6));
});

test('what is tried again is each boundary once, and none that somebody has come to', () => {
  const other: Order = { ...order, side: 'before' };
  const orders = [order, { ...order, of: 'B', passing: 3 }, other, { ...other, deed: 'stop' as const }];
  expect(notComeTo(orders, [{ ...other, activity: 'watch' }])).toEqual([order, other, { ...other, deed: 'stop' }]);
  expect(notComeTo(orders, [order, { ...other, deed: 'stop' }])).toEqual([other]);
});

test('a schedule in which somebody is to die beside the guardian tears a rollout out of its trial', () => {
  for (let nth = 1; nth <= 20; nth += 1) {
    const { rollouts } = drawSchedule(3, nth, ['recordRecovery']);
    expect(rollouts.find(({ kind }) => kind === 'good')?.hand).toBe('terminate');
  }
});
