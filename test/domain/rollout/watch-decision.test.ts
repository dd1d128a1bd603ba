import type { JudgeReport, Verdict } from '../../../src/domain/judge/types.ts';
import type { Arrivals } from '../../../src/domain/rollout/arrivals.ts';
import type { AcceptedDistrust } from '../../../src/domain/rollout/state.ts';
import type { WatchFacts, WatchGoal } from '../../../src/domain/rollout/watch-decision.ts';
import { watchEnd } from '../../../src/domain/rollout/watch-decision.ts';

function report(verdict: Verdict, candidate = 1000): JudgeReport {
  return { verdict, reason: `because ${verdict}`, guardrails: [], n: { baseline: 9000, candidate } };
}
/** 40 cards of each arm since 50 s; the last of each came then. */
function last(candidate: number, baseline: number): Arrivals {
  return {
    sinceMs: 50_000,
    arms: { candidate: { cards: 40, lastMs: candidate }, baseline: { cards: 40, lastMs: baseline } },
  };
}
function facts(verdict: Verdict, more: Partial<WatchFacts> = {}): WatchFacts {
  return {
    report: report(verdict),
    nowMs: 100_000,
    arrivals: last(99_000, 99_000),
    firstCandidateAtMs: 60_000,
    splitPercent: 10,
    noCard: null,
    noDataAfterMs: 30_000,
    silenceAcceptedAtMs: null,
    distrust: [],
    staleAfterMs: 5000,
    alarms: [],
    budgets: [],
    ...more,
  };
}
const distrusted = (...kinds: NonNullable<JudgeReport['distrust']>): JudgeReport => ({
  ...report('untrusted'),
  distrust: kinds,
});
const ratio = (logEvidence: number) => ({ kind: 'sampleRatio' as const, logEvidence });
const accepted = (logEvidence: number, times = 1): readonly AcceptedDistrust[] => [
  { ...ratio(logEvidence), by: 'ann', atMs: Date.parse('2026-03-01T14:03:00Z'), times },
];
const bake = (more: Partial<Extract<WatchGoal, { kind: 'bake' }>> = {}): WatchGoal => ({
  kind: 'bake',
  startedAtMs: 90_000,
  forMs: 5000,
  atMostMs: 60_000,
  minCards: 100,
  cardsBefore: 0,
  require: 'noHarm',
  ...more,
});

test.each<[string, WatchGoal, WatchFacts, string | null]>([
  ['harm ends a hold', { kind: 'hold' }, facts('harm'), 'harm'],
  ['harm ends a bake at once', bake({ forMs: 1e9 }), facts('harm'), 'harm'],
  ['a hold goes on for everything else', { kind: 'hold' }, facts('safe'), null],
  ['a bake may end without harm when it asks for no more', bake(), facts('undecided'), 'advance'],
  ['a bake that requires safe waits while undecided', bake({ require: 'safe' }), facts('undecided'), null],
  ['a bake that requires safe ends when safe', bake({ require: 'safe' }), facts('safe'), 'advance'],
  ['no bake ends before its time', bake({ forMs: 20_000 }), facts('safe'), null],
  ['no bake ends before its minimum of cards', bake({ minCards: 2000 }), facts('safe'), null],
  ['cards of earlier steps do not count for this bake', bake({ cardsBefore: 950 }), facts('safe'), null],
  ['noData never satisfies noHarm', bake(), facts('noData'), null],
  ['at most is over: undecided', bake({ require: 'safe', atMostMs: 10_000 }), facts('undecided'), 'undecided'],
  ['untrusted data stops a bake', bake(), facts('untrusted'), 'untrusted'],
  [
    'untrusted data that a person accepted does not stop, and does not advance',
    bake(),
    facts('untrusted', { distrust: 'all' }),
    null,
  ],
  ['a silent candidate is no data', bake(), facts('undecided', { arrivals: last(60_000, 99_000) }), 'noData'],
  [
    'a bake does not end on old data: the candidate fell silent',
    bake(),
    facts('safe', { arrivals: last(85_000, 99_000) }),
    null,
  ],
  ['nor when the baseline did', bake(), facts('safe', { arrivals: last(99_000, 85_000) }), null],
  [
    'at its longest time it is undecided for that',
    bake({ atMostMs: 10_000 }),
    facts('safe', { arrivals: last(85_000, 99_000) }),
    'undecided',
  ],
  [
    'a silence that a person accepted stays accepted',
    bake(),
    facts('undecided', { arrivals: last(60_000, 99_000), silenceAcceptedAtMs: 70_000, staleAfterMs: 1e9 }),
    'advance',
  ],
  [
    'until a card came and the next silence began',
    bake(),
    facts('undecided', { arrivals: last(69_500, 99_000), silenceAcceptedAtMs: 65_000 }),
    'noData',
  ],
  [
    'distrust that a person was shown does not stop',
    bake(),
    facts('untrusted', { report: distrusted(ratio(5)), distrust: accepted(4.8) }),
    null,
  ],
  [
    'until there is ten times the evidence',
    bake(),
    facts('untrusted', { report: distrusted(ratio(7.2)), distrust: accepted(4.8) }),
    'untrusted',
  ],
  [
    'a second time until there is a hundred times, so that what stays as it is asks less and less often',
    bake(),
    facts('untrusted', { report: distrusted(ratio(9.3)), distrust: accepted(4.8, 2) }),
    null,
  ],
  [
    'another kind of distrust was not accepted with it',
    bake(),
    facts('untrusted', {
      report: distrusted(ratio(5), { kind: 'lostByBaseline', logEvidence: 7 }),
      distrust: accepted(9),
    }),
    'untrusted',
  ],
  ['a silent baseline is no data', bake(), facts('undecided', { arrivals: last(99_000, 60_000) }), 'noData'],
  [
    'at 100 % a silent baseline is as it should be',
    { kind: 'hold' },
    facts('safe', { arrivals: last(99_000, 0), splitPercent: 100 }),
    null,
  ],
  [
    'at 0 % a silent candidate is as it should be',
    { kind: 'hold' },
    facts('noData', { arrivals: last(0, 99_000), splitPercent: 0 }),
    null,
  ],
])('%s', (_, goal, given, expected) => {
  expect(watchEnd(goal, given)?.kind ?? null).toBe(expected);
});

test('distrust that comes again says who accepted how much, and when', () => {
  const end = watchEnd(bake(), facts('untrusted', { report: distrusted(ratio(8.6)), distrust: accepted(6.2) }));
  expect(end?.reason).toBe('because untrusted Again: 1:5430, and ann accepted 1:493 at 2026-03-01T14:03:00.000Z.');
});

test('of what the judge asks anew since it was accepted, whatever it proves is news', () => {
  const anew = accepted(9).map((one) => ({ ...one, askedAnew: true as const }));
  const end = watchEnd(bake(), facts('untrusted', { report: distrusted(ratio(7.3)), distrust: anew }));
  expect([end?.kind, end?.reason.includes('Again: 1:1480, and ann accepted 1:8100')]).toEqual(['untrusted', true]);
});

test('the reason of an undecided bake names what is missing, with numbers', () => {
  const end = watchEnd(bake({ minCards: 5000, atMostMs: 10_000 }), facts('safe'));
  expect(end?.reason).toContain('only 1000 of 5000 candidate cards');
});

const unsentMetric = (mode: 'enforce' | 'observe') =>
  ({ metric: 'custom', name: 'handleTime', mode, verdict: 'noData' }) as JudgeReport['guardrails'][number];

test.each<[string, Partial<WatchFacts>, number, string | null]>([
  ['a custom metric that nobody sends is no data', {}, 1000, 'noData'],
  ['not before the limit is over', { firstCandidateAtMs: 80_000 }, 1000, null],
  ['nor with fewer cards than tell a missing metric from a rare one', {}, 29, null],
  ['nor when a person has accepted it', { noDataAfterMs: null }, 1000, null],
  ['as it was missing then', { silenceAcceptedAtMs: 95_000, missingAccepted: ['handleTime'] }, 1000, null],
  ['what else was silent then excuses nothing', { silenceAcceptedAtMs: 95_000, missingAccepted: [] }, 1000, 'noData'],
  ['a workflow that did not say of what accepts all', { silenceAcceptedAtMs: 95_000 }, 1000, null],
])('%s', (_, more, candidate, expected) => {
  const row = unsentMetric('enforce');
  const end = watchEnd(
    bake(),
    facts('noData', { report: { ...report('noData', candidate), guardrails: [row] }, ...more }),
  );
  expect(end?.kind ?? null).toBe(expected);
  if (end !== null)
    expect(end.reason).toBe(
      'No handleTime has come for 40 s (limit 30 s), although 1000 candidate and 9000 baseline cards have: is ' +
        'it sent, and by that name?',
    );
});

test('all that is silent is told at once: whoever accepts it accepts what was shown', () => {
  const row = unsentMetric('enforce');
  const end = watchEnd(
    { kind: 'hold' },
    facts('noData', { report: { ...report('noData'), guardrails: [row] }, arrivals: last(60_000, 50_000) }),
  );
  expect(end?.reason).toMatch(/^No candidate card .*No baseline card .*No handleTime has come/su);
});

test('a custom metric that is only observed stops nothing', () => {
  const row = unsentMetric('observe');
  expect(watchEnd({ kind: 'hold' }, facts('safe', { report: { ...report('safe'), guardrails: [row] } }))).toBeNull();
});

test('a version that was not proven by its steps is held for proof, not for a time that is over', () => {
  expect(watchEnd(bake({ forMs: 0, atMostMs: 0, minCards: 0, require: 'safe' }), facts('undecided'))?.reason).toBe(
    'A version is promoted on proof, and the judge says: because undecided',
  );
});
