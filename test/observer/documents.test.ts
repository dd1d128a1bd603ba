import { unservedBuckets } from '../../bench/observer/documents.ts';
import type { Document } from '../../bench/observer/documents.ts';

test.each<[string, readonly [group: string, percent: number, enabled: boolean][], number]>([
  [
    'both versions',
    [
      ['control', 80, true],
      ['candidate', 20, true],
    ],
    0,
  ],
  [
    'a gap between them',
    [
      ['control', 70, true],
      ['candidate', 20, true],
    ],
    1_000,
  ],
  [
    'a candidate that is off',
    [
      ['control', 80, true],
      ['candidate', 20, false],
    ],
    2_000,
  ],
  [
    'an overlap',
    [
      ['control', 100, true],
      ['candidate', 20, true],
    ],
    0,
  ],
  ['nobody', [], 10_000],
  ['a hundredth of a percent', [['control', 99.99, true]], 1],
])('unserved buckets: %s', (_, versions, holes) => {
  const documents = versions.map(
    ([group, percent, enabled]) =>
      ({ enabled, metadata: { traffic_split: percent, ab_test_group: group } }) as Document,
  );
  expect(unservedBuckets(documents)).toBe(holes);
});
