import { backOffMs } from '../../../src/domain/shared/back-off.ts';

const rules = { firstMs: 500, maxMs: 30_000 };

test.each([
  [0, 500],
  [1, 1_000],
  [5, 16_000],
  [6, 30_000],
  [5_000, 30_000],
])('after %d retries the whole wait is %d ms', (retries, ms) => {
  expect(backOffMs(retries, rules, 1)).toBe(ms);
});

test('half of it is certain, the other half is random', () => {
  expect([0, 0.5, 1].map((random) => backOffMs(1, rules, random))).toEqual([500, 750, 1_000]);
});

test('it grows by the factor that is asked for', () => {
  expect(backOffMs(2, { firstMs: 200, maxMs: 10_000, factor: 1.5 }, 1)).toBe(450);
});
