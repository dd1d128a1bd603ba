import type { JudgeReport, Verdict } from '../../../src/domain/judge/types.ts';
import type { WatchFacts, WatchGoal } from '../../../src/domain/rollout/watch-decision.ts';
import { watchEnd } from '../../../src/domain/rollout/watch-decision.ts';

function report(verdict: Verdict, candidate = 1000): JudgeReport {
  return { verdict, reason: `because ${verdict}`, guardrails: [], n: { baseline: 9000, candidate } };
}
function facts(verdict: Verdict, more: Partial<WatchFacts> = {}): WatchFacts {
  return {
    report: report(verdict), nowMs: 100_000, lastCandidateAtMs: 99_000, lastBaselineAtMs: 99_000, firstCandidateAtMs: 60_000, splitPercent: 10,
    noDataAfterMs: 30_000, untrustedAccepted: false, ...more,
  };
}
const bake = (more: Partial<Extract<WatchGoal, { kind: 'bake' }>> = {}): WatchGoal => ({
  kind: 'bake', startedAtMs: 90_000, forMs: 5000, atMostMs: 60_000, minCards: 100, cardsBefore: 0, require: 'noHarm', ...more,
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
  ['untrusted data that a person accepted does not stop, and does not advance', bake(), facts('untrusted', { untrustedAccepted: true }), null],
  ['a silent candidate is no data', bake(), facts('undecided', { lastCandidateAtMs: 60_000 }), 'noData'],
  ['a silent baseline is no data', bake(), facts('undecided', { lastBaselineAtMs: 60_000 }), 'noData'],
  ['at 100 % a silent baseline is as it should be', { kind: 'hold' }, facts('safe', { lastBaselineAtMs: 0, splitPercent: 100 }), null],
  ['at 0 % a silent candidate is as it should be', { kind: 'hold' }, facts('noData', { lastCandidateAtMs: 0, splitPercent: 0 }), null],
])('%s', (_, goal, given, expected) => {
  expect(watchEnd(goal, given)?.kind ?? null).toBe(expected);
});

test('the reason of an undecided bake names what is missing, with numbers', () => {
  const end = watchEnd(bake({ minCards: 5000, atMostMs: 10_000 }), facts('safe'));
  expect(end?.reason).toContain('only 1000 of 5000 candidate cards');
});

test.each<[string, Partial<WatchFacts>, number, string | null]>([
  ['a level that nobody sends is no data', {}, 1000, 'noData'],
  ['not before the limit is over', { firstCandidateAtMs: 80_000 }, 1000, null],
  ['nor with fewer cards than tell a missing level from a rare one', {}, 29, null],
  ['nor when a person has accepted it', { noDataAfterMs: null }, 1000, null],
])('%s', (_, more, candidate, expected) => {
  const row = { metric: 'level', name: 'handleTime', mode: 'enforce', verdict: 'noData' } as JudgeReport['guardrails'][number];
  const end = watchEnd(bake(), facts('noData', { report: { ...report('noData', candidate), guardrails: [row] }, ...more }));
  expect(end?.kind ?? null).toBe(expected);
  if (end !== null) expect(end.reason).toBe('No handleTime has come for 40 s (limit 30 s), although 1000 candidate and 9000 baseline cards have: is it sent, and by that name?');
});

test('a level that is only observed stops nothing', () => {
  const row = { metric: 'level', name: 'handleTime', mode: 'observe', verdict: 'noData' } as JudgeReport['guardrails'][number];
  expect(watchEnd({ kind: 'hold' }, facts('safe', { report: { ...report('safe'), guardrails: [row] } }))).toBeNull();
});

test('a version that was not proven by its steps is held for proof, not for a time that is over', () => {
  expect(watchEnd(bake({ forMs: 0, atMostMs: 0, minCards: 0, require: 'safe' }), facts('undecided'))?.reason).toBe('A version is promoted on proof, and the judge says undecided: because undecided');
});
