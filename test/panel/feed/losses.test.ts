import { troubleOf } from '../../../src/panel/feed/losses.ts';
import type { Fates, LossLooks } from '../../../src/panel/feed/losses.ts';

const NONE: Fates = { card: 0, withheld: 0, fenced: 0, tooLate: 0, missed: 0 };
const BEFORE: Fates = { ...NONE, card: 1_000, missed: 400 };

const trouble = (since: Partial<Fates>, over: Partial<LossLooks> = {}): string | null => {
  const now = Object.fromEntries(
    Object.entries(BEFORE).map(([fate, n]) => [fate, n + (since[fate as keyof Fates] ?? 0)]),
  ) as Fates;
  const live = { channels: 2, isOpen: true, unheard: 0 };
  return troubleOf({ fates: [BEFORE, now], live, closedMs: null, hasQueues: true, ...over });
};

test.each<[string, Partial<Fates>, string | null]>([
  ['all surface', { card: 100 }, null],
  ['what was lost before is over', {}, null],
  ['a few are lost', { card: 100, missed: 20 }, null],
  ['few were said at all', { missed: 9 }, null],
  [
    'many are lost',
    { card: 60, withheld: 20, missed: 15, tooLate: 5 },
    '20 of 100 utterances that should surface a card lately did not (20.0 %): 5 for the store was away, 15 for they ' +
      'were only read in a transcript afterwards',
  ],
])('%s', (_, since, said) => {
  expect(trouble(since)).toBe(said);
});

test('conversations that find no room are told, and channels that stay closed', () => {
  const live = { channels: 1, isOpen: false, unheard: 2 };
  expect(trouble({}, { live, closedMs: 29_999 })).toBe(
    '2 conversations run and are not heard, for its 1 channel has no room for more',
  );
  expect(trouble({}, { live: { ...live, unheard: 0 }, closedMs: 30_000 })).toBe(
    'not all of its notification channels have been open for 30 s',
  );
  expect(trouble({}, { closedMs: 30_000, hasQueues: false })).toBeNull();
});
