/** What a run and its record know of each other. */
import { comparePast, cursorAhead } from '../../../src/domain/rollout/past.ts';
import type { PastOnRecord } from '../../../src/domain/rollout/past.ts';

const NOON = Date.UTC(2026, 2, 1, 12);
const MINUTE = 60_000;
const known = { rolloutId: 'r', written: 4, told: 6 };
const record = (more: Partial<PastOnRecord>): PastOnRecord => ({
  highest: 6,
  kept: 4,
  later: [],
  end: null,
  lastSeq: 90,
  ...more,
});
const later = (...acts: readonly [string, number][]) => ({
  later: acts.map(([act, atMs]) => ({ act, atMs })),
  highest: 6 + acts.length,
});

test.each<[string, Partial<PastOnRecord>, object | null]>([
  ['all that was told is there', {}, null],
  ['what is on its way is not there yet', { highest: 4 }, null],
  ['an entry that was confirmed is lost', { highest: 3, kept: 3 }, { kind: 'databaseBehind', lastSeq: 90 }],
  ['one is lost, and a later one was written since', { highest: 6, kept: 3 }, { kind: 'databaseBehind', lastSeq: 90 }],
  ['all are lost', { highest: 0, kept: 0, lastSeq: 0 }, { kind: 'databaseBehind', lastSeq: 0 }],
  ['people act while it waits', later(['pause', NOON + 1], ['approve', NOON + 2], ['refused', NOON + 3]), null],
  ['they acted just before, in the same task', later(['pause', NOON - 5000]), null],
  ['they acted long before it asked', later(['pause', NOON - 2 * MINUTE]), { kind: 'historyBehind', highest: 7 }],
  ['a later split was proven', later(['splitProven', NOON + 1]), { kind: 'historyBehind', isPromoted: false }],
  ['it was aborted', later(['abort', NOON + 1]), { kind: 'historyBehind', end: null }],
  ['it was promoted', later(['longWatchBegun', NOON + 1]), { kind: 'historyBehind', isPromoted: true }],
  ...['abort', 'rollingBack', 'needsAttention', 'splitProven'].map((act): [string, Partial<PastOnRecord>, object] => [
    `it was promoted, and ${act} came after that`,
    later(['longWatchBegun', NOON + 1], ['pause', NOON + 2], [act, NOON + 3]),
    { kind: 'historyBehind', isPromoted: false },
  ]),
  [
    'it was promoted, and people acted since',
    later(['rollingBack', NOON], ['longWatchBegun', NOON + 1], ['pause', NOON + 2], ['resume', NOON + 3]),
    { kind: 'historyBehind', isPromoted: true },
  ],
  [
    'it has ended',
    { end: { phase: 'rolledBack', outcome: 'rolledBack', reason: 'harm', atMs: NOON } },
    { kind: 'historyBehind', end: { outcome: 'rolledBack' } },
  ],
])('%s', (_, more, expected) => {
  const differs = comparePast(known, record(more), NOON);
  if (expected === null) expect(differs).toBeNull();
  else expect(differs).toMatchObject(expected);
});

test('what was lost and told is not told again', () => {
  expect(comparePast({ ...known, lostTo: 3 }, record({ kept: 1 }), NOON)).toBeNull();
  expect(comparePast({ ...known, lostTo: 3 }, record({ kept: 0 }), NOON)).toMatchObject({ kind: 'databaseBehind' });
});

test('both are said with what was lost', () => {
  expect(comparePast(known, record({ highest: 1, kept: 1 }), NOON)?.message).toMatch(
    /database was restored to an older state .* lacks 3 of the 4 entries that it had confirmed/,
  );
  expect(comparePast(known, record(later(['abort', NOON])), NOON)?.message).toMatch(
    /Temporal was restored to an older state .* 1 entry is not known to it any more, the last at 2026-03-01T12:00:00.000Z \(abort\)/,
  );
});

test.each<[string, number, number, number, boolean]>([
  ['there are cards beyond it', 50, 10, 90, false],
  ['it lies on the last card', 90, 10, 90, false],
  ['it lies where it began, and retention has deleted what was there', 50, 50, 0, false],
  ['it lies beyond the last card', 91, 10, 90, true],
])('a cursor: %s', (_, cursor, startSeq, lastSeq, isAhead) => {
  expect(cursorAhead(cursor, startSeq, lastSeq) !== null).toBe(isAhead);
});
