import { startJudge, takeLook } from '../../../src/domain/judge/judge.ts';
import { reportOf } from '../../../src/domain/judge/report/report.ts';
import { askBefore, askPlannedEnd, isAsked, planEnd } from '../../../src/domain/judge/decision/planned-end.ts';
import { JUDGE_RULES } from '../../../src/domain/judge/state.ts';
import { retake } from '../../../src/domain/judge/retake.ts';
import type { DecisionRecord } from '../../../src/domain/judge/retake.ts';
import type { Card, JudgeState, Look } from '../../../src/domain/judge/types.ts';
import type { Guardrail } from '../../../src/domain/plan/plan.ts';
import { seededRandom } from '../../../src/domain/shared/random.ts';
import { acceptance, dismissal } from './helpers.ts';

const MINUTE = 60_000;
const guardrails: readonly Guardrail[] = [acceptance, { ...dismissal, mode: 'observe' }];
const end = { atMs: 14 * MINUTE, share: 1 };

/** A look of 80 and 80 cards a minute, acceptance 20 % and as given. */
function looks(seed: number, count: number, candidateRate: number): readonly Look[] {
  const random = seededRandom(seed);
  const arm = (which: Card['arm'], rate: number): readonly Card[] =>
    Array.from({ length: 80 }, (_, i) => ({
      arm: which,
      outcomes: random.next() < rate ? ['accepted'] : [],
      latencyMs: 200,
      agent: `a${i % 40}`,
      queue: 'q',
      firstOfConversation: true,
    }));
  return Array.from({ length: count }, (_, i) => ({
    atMs: (i + 1) * MINUTE,
    splitPercent: 50,
    cards: [...arm('baseline', 0.2), ...arm('candidate', candidateRate)],
  }));
}

const judged = (stream: readonly Look[], start: JudgeState = planEnd(startJudge(guardrails), end)) =>
  stream.reduce((state, look) => takeLook(askBefore(state, look), look), start);

test('undecided before, safe at the planned end, with its n in both sentences; an observed guardrail stays what it was', () => {
  const before = judged(looks(3, 14, 0.21));
  expect(reportOf(before)).toMatchObject({ verdict: 'undecided' });
  expect(reportOf(before)).not.toHaveProperty('plannedEnd');
  const report = reportOf(judged(looks(3, 14, 0.21).slice(0, 1), askPlannedEnd(before)));
  expect(report.verdict).toBe('safe');
  expect(report.plannedEnd).toEqual({ atMs: end.atMs, safe: true, look: 14, n: { baseline: 1120, candidate: 1120 } });
  expect(report.reason).toBe(
    'The enforced guardrail is proven within its margin at the planned end of the step, n 1120 / 1120 cards ' +
      'then (now 1200 / 1200).',
  );
  expect(report.guardrails[0]?.sentence).toMatch(
    /^acceptanceRate safe: .* proven at the planned end of the step at n 1120 \/ 1120 cards, \d\.\d standard deviations within the margin, needed 2\.4\.$/,
  );
  expect(report.guardrails[1]?.verdict).toBe('undecided');
});

test('it is asked once: before the first look beyond it, and never again', () => {
  const stream = looks(5, 30, 0.2);
  const state = judged(stream);
  expect(reportOf(state).plannedEnd).toMatchObject({ look: 14 });
  expect(askPlannedEnd(state)).toBe(state);
  expect(planEnd(state, end)).toBe(state);
  expect(isAsked(JSON.parse(JSON.stringify(state)) as JudgeState)).toBe(true);
});

test('a no stays a no, though more cards of the same kind would have proven it', () => {
  const few = askPlannedEnd(judged(looks(5, 2, 0.22)));
  expect(reportOf(few)).toMatchObject({ verdict: 'undecided', plannedEnd: { safe: false } });
  const later = askPlannedEnd(judged(looks(5, 20, 0.22), few));
  expect(reportOf(later).plannedEnd).toMatchObject({ safe: false, look: 2 });
});

test('the answer counts for its step: the next one begins without it', () => {
  const safe = askPlannedEnd(judged(looks(3, 14, 0.21)));
  expect(reportOf(safe).verdict).toBe('safe');
  expect(reportOf(planEnd(safe, { atMs: 90 * MINUTE, share: 1 })).verdict).toBe('undecided');
  expect(reportOf(planEnd(safe, null)).verdict).toBe('undecided');
});

test('a step is asked once, whatever moment it is said to end at afterwards', () => {
  const planned = { ...end, step: 1 };
  for (const rate of [0.21, 0.14]) {
    const asked = askPlannedEnd(judged(looks(3, 14, rate), planEnd(startJudge(guardrails), planned)));
    for (const again of [planned, { ...planned, atMs: 15 * MINUTE }, { ...planned, atMs: 90 * MINUTE }])
      expect(planEnd(asked, again)).toBe(asked);
    expect(isAsked(planEnd(asked, { ...planned, step: 3 }))).toBe(false);
  }
  const unasked = planEnd(startJudge(guardrails), planned);
  expect(planEnd(unasked, { ...planned, atMs: 90 * MINUTE })).toMatchObject({ plannedEnd: { atMs: 90 * MINUTE } });
});

test('an answer of a release that did not name the step is kept for the same moment', () => {
  const asked = askPlannedEnd(judged(looks(3, 14, 0.21)));
  expect(planEnd(asked, { ...end, step: 1 })).toBe(asked);
});

test('harm that shows afterwards withdraws the answer, long before and after it is proven', () => {
  let state = askPlannedEnd(judged(looks(3, 14, 0.21)));
  const verdicts: string[] = [];
  for (const look of looks(9, 40, 0.13)) verdicts.push(reportOf((state = takeLook(state, look))).verdict);
  expect(verdicts[0]).toBe('safe');
  expect(verdicts.indexOf('undecided')).toBeGreaterThan(0);
  expect(verdicts.indexOf('undecided')).toBeLessThan(verdicts.indexOf('harm'));
  expect(verdicts.at(-1)).toBe('harm');
});

test('without cards, and with nothing enforced, it is no', () => {
  expect(reportOf(askPlannedEnd(planEnd(startJudge(guardrails), end)))).toMatchObject({
    verdict: 'noData',
    plannedEnd: { safe: false, look: 0 },
  });
  const observed = planEnd(startJudge([{ ...acceptance, mode: 'observe' }]), end);
  expect(reportOf(askPlannedEnd(judged(looks(3, 14, 0.21), observed)))).toMatchObject({
    verdict: 'undecided',
    plannedEnd: { safe: false },
  });
});

test('planned ends share the budget: with four of them more is needed', () => {
  const neededOf = (share: number): unknown =>
    (
      askPlannedEnd(judged(looks(3, 3, 0.2), planEnd(startJudge(guardrails), { ...end, share }))) as {
        plannedEnd?: { answer: { needed: number } };
      }
    ).plannedEnd?.answer.needed;
  expect(neededOf(1)).toBeCloseTo(2.409, 2);
  expect(neededOf(0.25)).toBeCloseTo(2.878, 2);
});

test('a candidate exactly a margin worse passes in at most alpha of 300 streams', () => {
  let passed = 0;
  const lax = planEnd(startJudge([{ ...acceptance, alpha: 0.05 }]), { ...end, atMs: 8 * MINUTE });
  for (let seed = 1; seed <= 300; seed++)
    passed += reportOf(judged(looks(seed, 9, 0.16), lax)).plannedEnd?.safe === true ? 1 : 0;
  // Three standard deviations above 5 %.
  expect(passed).toBeLessThanOrEqual(300 * 0.05 + 3 * Math.sqrt(300 * 0.05 * 0.95));
  expect(passed).toBeGreaterThan(0);
});

test('a record with an answer is taken again to the last bit, wherever in the record it was asked', () => {
  for (const askedAt of [0, 9, 14]) {
    const stream = looks(3, 14, 0.21);
    const asked = askPlannedEnd(stream.slice(0, askedAt).reduce(takeLook, planEnd(startJudge(guardrails), end)));
    const state = stream.slice(askedAt).reduce(takeLook, asked) as JudgeState & {
      readonly plannedEnd: NonNullable<DecisionRecord['plannedEnd']>;
    };
    const record: DecisionRecord = {
      kind: 'decisionRecord',
      rules: JUDGE_RULES,
      action: 'A',
      version: '1.0.0',
      rolloutId: 'r',
      guardrails,
      looks: stream,
      plannedEnd: state.plannedEnd,
      report: reportOf(state),
    };
    const again = retake(JSON.parse(JSON.stringify(record)) as DecisionRecord);
    expect(again.agrees).toBe(true);
    expect(again.report.plannedEnd?.look).toBe(askedAt);
    expect(retake({ ...record, plannedEnd: null }).agrees).toBe(false);
  }
});
