import * as fc from 'fast-check';
import { achievedShare } from '../../../src/domain/rollout/shares.ts';

const sharesOf = fc
  .uniqueArray(
    fc.integer({ min: 1, max: 9999 }).map((n) => n / 100),
    { maxLength: 8 },
  )
  .map((inner) => [0, ...inner.toSorted((a, b) => a - b), 100]);
const asked = fc.integer({ min: 0, max: 10_000 }).map((n) => n / 100);

test('without shares, what is asked is had', () => {
  expect(achievedShare({}, 12.34)).toBe(12.34);
});

test('it is one of the shares, never above what is asked but for the smallest, never falling, and 0 for 0 alone', () => {
  fc.assert(
    fc.property(sharesOf, asked, asked, (shares, a, b) => {
      const [low, high] = a <= b ? [a, b] : [b, a];
      const got = achievedShare({ shares }, low);
      expect(shares).toContain(got);
      expect(got <= low || got === shares[1]).toBe(true);
      expect(got === 0).toBe(low === 0);
      expect(achievedShare({ shares }, high)).toBeGreaterThanOrEqual(got);
      expect(achievedShare({ shares }, 100)).toBe(100);
    }),
  );
});
