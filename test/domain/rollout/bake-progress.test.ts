import type { BakeProgress } from '../../../src/domain/rollout/bake-progress.ts';
import { bakeConditions, bakeShare } from '../../../src/domain/rollout/bake-progress.ts';
import { bakeProgress } from '../../../src/domain/rollout/bake-progress.ts';
import { watchEnd } from '../../../src/domain/rollout/watch-decision.ts';
import type { WatchGoal } from '../../../src/domain/rollout/watch-decision.ts';
import { noArrivals } from '../../../src/domain/rollout/arrivals.ts';
import type { GuardrailReport, JudgeReport } from '../../../src/domain/judge/types.ts';

const needed = Array.from({ length: 2 }, () => ({ harm: Math.log(625), safe: Math.log(1000) }));
const START = Date.parse('2026-03-01T12:00:00.000Z');
const MINUTE = 60_000;
const goal: Extract<WatchGoal, { kind: 'bake' }> = {
  kind: 'bake',
  startedAtMs: START,
  forMs: 30 * MINUTE,
  atMostMs: 120 * MINUTE,
  minCards: 100,
  cardsBefore: 40,
  require: 'safe',
};

function row(metric: GuardrailReport['metric'], verdict: GuardrailReport['verdict'], safe: number): GuardrailReport {
  return {
    metric,
    mode: 'enforce',
    verdict,
    baselineValue: 0.4,
    candidateValue: 0.4,
    limit: 0.32,
    logEvidence: { harm: 0, safe },
    n: { baseline: 500, candidate: 140 },
    sentence: '',
  };
}

function reportOf(verdict: JudgeReport['verdict'], candidate: number, rows: readonly GuardrailReport[]): JudgeReport {
  return { verdict, reason: '', guardrails: rows, n: { baseline: 500, candidate } };
}

function open(report: JudgeReport, more: Partial<BakeProgress> = {}, atMs = START + 31 * MINUTE): string[] {
  return bakeConditions({ ...bakeProgress(goal, report, []), ...more }, report, { nowMs: atMs, needed })
    .filter(({ met }) => !met)
    .map(({ text }) => text);
}

const safe = row('acceptanceRate', 'safe', 8);
const undecided = row('undeliveredRate', 'undecided', Math.log(12));

test('what is missing is named, each with how far it has come', () => {
  const report = reportOf('undecided', 60, [safe, undecided]);
  expect(open(report, {}, START + 12 * MINUTE)).toEqual([
    '12 m of 30 m',
    '20 of 100 candidate cards',
    'undeliveredRate safe: evidence 1:12 of 1:1000',
  ]);
});

test('silent arms, data that are not trusted, goals and missing data are named too', () => {
  const enough = (rows: readonly GuardrailReport[], verdict: JudgeReport['verdict']) => reportOf(verdict, 200, rows);
  expect(open(enough([safe], 'safe'), { stale: ['no baseline card has come for 20 s'] })).toEqual([
    'no baseline card has come for 20 s',
  ]);
  expect(open(enough([safe], 'untrusted'))).toEqual(['safe: the judge says untrusted']);
  expect(open(enough([{ ...undecided, verdict: 'noData' }], 'noData'))).toEqual([
    'undeliveredRate safe: the judge says noData',
  ]);
  expect(open(enough([], 'undecided'))).toEqual(['safe: the judge says undecided']);
  expect(open(enough([safe], 'noData'), { require: 'noHarm' })).toEqual(['no harm: the judge says noData']);
  const aimed = { ...safe, goal: { value: 0.5, proven: false, logEvidence: 0 } };
  expect(open({ ...enough([aimed], 'safe'), goals: 'open' }, { require: 'goal' })).toEqual([
    'acceptanceRate: its goal is not proven',
  ]);
});

test('a bake goes on exactly when nothing is missing', () => {
  for (const minutes of [1, 30])
    for (const candidate of [100, 140])
      for (const rows of [[safe], [safe, undecided]])
        for (const require of ['noHarm', 'safe'] as const) {
          const report = reportOf(rows.length === 1 ? 'safe' : 'undecided', candidate, rows);
          const nowMs = START + minutes * MINUTE;
          const end = watchEnd(
            { ...goal, require },
            {
              report,
              nowMs,
              arrivals: noArrivals(nowMs),
              firstCandidateAtMs: null,
              splitPercent: 10,
              noCard: null,
              noDataAfterMs: null,
              silenceAcceptedAtMs: null,
              distrust: [],
              alarms: [],
              staleAfterMs: 5_000,
              budgets: [],
            },
          );
          expect({ minutes, candidate, require, missing: open(report, { require }, nowMs) }).toEqual({
            minutes,
            candidate,
            require,
            missing: end?.kind === 'advance' ? [] : expect.arrayContaining([expect.any(String)]),
          });
        }
});

test('where only open hours count, they are what passes', () => {
  const hours = { countedMs: 5 * MINUTE, ofMs: 30 * MINUTE, atMs: START, open: true, endsAtMs: START + 99 * MINUTE };
  const report = reportOf('safe', 200, [safe]);
  const bake = bakeProgress(goal, report, []);
  const at = START + 10 * MINUTE;
  expect(bakeConditions(bake, report, { nowMs: at, hours })[0]).toEqual({
    met: false,
    text: '15 m of 30 m of open hours',
  });
  expect(bakeShare(bake, at, hours)).toBe(0.5);
  expect(bakeConditions(bake, report, { nowMs: at, hours: { ...hours, open: false } })[0]?.text).toBe(
    '5 m of 30 m of open hours',
  );
  expect(bakeShare(bake, START + 15 * MINUTE)).toBe(0.5);
  expect(bakeShare({ ...bake, forMs: 0 }, at)).toBe(1);
});
