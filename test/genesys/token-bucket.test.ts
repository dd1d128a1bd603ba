import fc from 'fast-check';
import { GenesysError } from '../../src/genesys/errors.ts';
import { createTokenBucket } from '../../src/genesys/token-bucket.ts';
import type { TokenBucket } from '../../src/genesys/token-bucket.ts';
import { virtualTime } from '../helpers/virtual-time.ts';

interface Scene {
  readonly bucket: TokenBucket;
  nowMs: number;
}

/** Sleeping moves the clock, so that a minute passes at once. */
function sceneOf(callsPerMinute: number, maxWaitMs = 10_000): Scene {
  const clock = { nowMs: 0 };
  const sleep = (ms: number): Promise<void> => {
    clock.nowMs += ms;
    return Promise.resolve();
  };
  return Object.assign(clock, {
    bucket: createTokenBucket({ callsPerMinute, now: () => clock.nowMs, sleep, maxWaitMs }),
  });
}

async function take(bucket: TokenBucket, times: number, urgency: 'normal' | 'safety' = 'normal'): Promise<void> {
  for (let i = 0; i < times; i += 1) await bucket.take('GET /x', urgency);
}

async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (caught: unknown) => caught,
  );
}

test('ordinary calls burst up to the reserve, then wait for their turn', async () => {
  const scene = sceneOf(300);
  await take(scene.bucket, 45);
  expect(scene.nowMs).toBe(0);
  await take(scene.bucket, 1);
  expect(scene.nowMs).toBe(250);
});

test('safety calls use the reserve at once when ordinary calls must wait', async () => {
  const scene = sceneOf(300);
  await take(scene.bucket, 45);
  await take(scene.bucket, 15, 'safety');
  expect(scene.nowMs).toBe(0);
  await take(scene.bucket, 1, 'safety');
  expect(scene.nowMs).toBe(250);
});

test('a wait longer than the bound is refused, saying when to come back', async () => {
  const scene = sceneOf(300, 1000);
  scene.bucket.closeFor(42_000);
  const error = await failureOf(scene.bucket.take('GET /x', 'normal'));
  expect(error).toBeInstanceOf(GenesysError);
  expect(error).toMatchObject({ kind: 'rateLimited', retryAfterMs: 42_000 });
  expect(scene.nowMs).toBe(0);
});

test('nobody asks while the server has closed, not even for safety', async () => {
  const scene = sceneOf(300);
  scene.bucket.closeFor(2000);
  await take(scene.bucket, 1, 'safety');
  expect(scene.nowMs).toBe(2000);
});

test('a shorter closing does not shorten a longer one', async () => {
  const scene = sceneOf(300);
  scene.bucket.closeFor(5000);
  scene.bucket.closeFor(1000);
  await take(scene.bucket, 1);
  expect(scene.nowMs).toBe(5000);
});

test('a clock that jumps back neither refills nor breaks the bucket', async () => {
  const scene = sceneOf(300);
  await take(scene.bucket, 45);
  scene.nowMs = -60_000;
  await take(scene.bucket, 1);
  expect(scene.nowMs).toBe(-59_750);
});

test('in no 60 seconds are there more calls than the rate allows, whatever the pauses and urgencies', async () => {
  const step = fc.record({
    pauseMs: fc.integer({ min: 0, max: 20_000 }),
    calls: fc.integer({ min: 1, max: 80 }),
    urgency: fc.constantFrom('normal' as const, 'safety' as const),
  });
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 10, max: 300 }), fc.array(step, { maxLength: 12 }), async (rate, steps) => {
      const scene = sceneOf(rate, Number.POSITIVE_INFINITY);
      const at: number[] = [];
      for (const { pauseMs, calls, urgency } of steps) {
        scene.nowMs += pauseMs;
        for (let i = 0; i < calls; i += 1) {
          await scene.bucket.take('GET /x', urgency);
          at.push(scene.nowMs);
        }
      }
      const fullest = at.map((start, i) => at.slice(i).filter((ms) => ms < start + 60_000).length);
      expect(Math.max(0, ...fullest)).toBeLessThanOrEqual(rate);
    }),
    { numRuns: 50 },
  );
});

test.each([0, 9, Number.NaN])('a rate of %p calls a minute is refused', (rate) => {
  expect(() => sceneOf(rate)).toThrow(RangeError);
});

test('first come, first served among those of one urgency', async () => {
  const time = virtualTime();
  const bucket = createTokenBucket({ callsPerMinute: 60, now: time.now, sleep: time.sleep });
  const taken: string[] = [];
  const chain = (async () => {
    for (let n = 0; n < 20; n += 1) {
      await bucket.take('chain', 'normal');
      taken.push('chain');
    }
  })();
  while (!time.isAwaited) await new Promise((resolve) => setImmediate(resolve));
  const before = taken.length;
  await time.pass(Promise.all([chain, bucket.take('beside', 'normal').then(() => taken.push('beside'))]));
  expect(taken.indexOf('beside')).toBe(before + 1);
});
