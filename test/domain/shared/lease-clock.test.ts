import { createLeaseClock } from '../../../src/domain/shared/lease-clock.ts';

test('it counts the time in which the machine stood still, and no clock that is set back', () => {
  const given = { monotonic: 1_000, wall: 50_000 };
  const clock = createLeaseClock(
    () => given.monotonic,
    () => given.wall,
  );
  const after = (monotonicMs: number, wallMs: number): number => {
    const before = clock();
    given.monotonic += monotonicMs;
    given.wall += wallMs;
    return clock() - before;
  };
  expect(after(100, 101)).toBe(100);
  // A virtual machine that was stopped for half a minute: its own clock did not go on.
  expect(after(20, 30_020)).toBe(30_020);
  expect(after(40, -3_600_000)).toBe(40);
  expect(after(100, 100)).toBe(100);
});
