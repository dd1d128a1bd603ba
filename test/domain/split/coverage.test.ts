import fc from 'fast-check';
import type { ServedVersion } from '../../../src/domain/split/bucket.ts';
import { BUCKETS, owns, versionFor } from '../../../src/domain/split/bucket.ts';
import { isCovered, keepsService, servedPercent } from '../../../src/domain/split/coverage.ts';

const buckets = Array.from({ length: BUCKETS }, (_, place) => (100 * place) / BUCKETS);
const isServed = (versions: readonly ServedVersion[], bucket: number): boolean =>
  versions.some((version) => owns(version, bucket));

const percent = fc.oneof(
  fc.integer({ min: 0, max: 100 }),
  fc.integer({ min: 0, max: BUCKETS }).map((place) => (100 * place) / BUCKETS),
  fc.double({ min: 0, max: 100, noNaN: true }),
);
const version: fc.Arbitrary<ServedVersion> = fc.record({
  enabled: fc.boolean(),
  group: fc.constantFrom('candidate', 'control'),
  splitPercent: percent,
});
const some = fc.array(version, { maxLength: 4 });

test('what is said of stretches is true of each of the ten thousand buckets', () => {
  fc.assert(
    fc.property(some, some, (before, after) => {
      expect(isCovered(before)).toBe(buckets.every((bucket) => isServed(before, bucket)));
      expect(keepsService(before, after)).toBe(
        buckets.every((bucket) => isServed(after, bucket) || !isServed(before, bucket)),
      );
      for (const one of before)
        expect(servedPercent(one, before)).toBe(
          buckets.filter((bucket) => versionFor(before, bucket) === one).length / 100,
        );
    }),
    { numRuns: 300 },
  );
});

test('a split and its rest cover everybody, however it is rounded', () => {
  for (let place = 0; place <= BUCKETS; place++) {
    const splitPercent = place / 100;
    const versions: ServedVersion[] = [
      { enabled: true, group: 'candidate', splitPercent },
      { enabled: true, group: 'control', splitPercent: 100 },
    ];
    expect(isCovered(versions)).toBe(true);
    const [candidate] = versions;
    if (candidate !== undefined) expect(servedPercent(candidate, versions)).toBeCloseTo(splitPercent, 9);
  }
});
