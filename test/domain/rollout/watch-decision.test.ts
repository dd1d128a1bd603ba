import type { JudgeReport, Verdict } from '../../../src/domain/judge/types.ts';
import type { WatchFacts, WatchGoal } from '../../../src/domain/rollout/watch-decision.ts';
import { watchEnd } from '../../../src/domain/rollout/watch-decision.ts';

function report(verdict: Verdict, candidate = 1000): JudgeReport {
  return { verdict, reason: `because ${verdict}`, guardrails: [], n: { baseline: 9000, candidate } };
}
function facts(verdict: Verdict, more: Partial<WatchFacts> = {}): WatchFacts {
  return {
    report: report(verdict), nowMs: 100_000, lastCandidateAtMs: 99_000, lastBaselineAtMs: 99_000, splitPercent: 10,
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
