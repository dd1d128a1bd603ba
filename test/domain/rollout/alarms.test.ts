import type { GuardrailReport, JudgeReport } from '../../../src/domain/judge/types.ts';
import { alarmsOf, newAlarm } from '../../../src/domain/rollout/alarms.ts';
import { initialState } from '../../../src/domain/rollout/state.ts';
import { apply } from '../../../src/domain/rollout/transition.ts';

const row = (more: Partial<GuardrailReport> = {}): GuardrailReport => ({
  metric: 'dismissalRate',
  mode: 'pause',
  verdict: 'harm',
  baselineValue: 0.2,
  candidateValue: 0.4,
  limit: 0.24,
  logEvidence: { harm: 5, safe: 0 },
  n: { baseline: 900, candidate: 100 },
  sentence: 'dismissalRate harm.',
  ...more,
});
const report = (...guardrails: GuardrailReport[]): JudgeReport => ({
  verdict: 'safe',
  reason: 'all is safe',
  guardrails,
  n: { baseline: 900, candidate: 100 },
});
const latency = row({ metric: 'deliveryLatency', statistic: 'p95', sentence: 'p95 harm.' });

test('harm of a guardrail that pauses is told, of no other kind', () => {
  expect(newAlarm(report(row()), [])).toBe('dismissalRate harm.');
  expect(newAlarm(report(row({ mode: 'observe' }), row({ mode: 'enforce' })), [])).toBeNull();
  expect(newAlarm(report(row({ verdict: 'undecided' }), row({ verdict: 'noData' })), [])).toBeNull();
  expect(newAlarm(report(row()), 'all')).toBeNull();
});

test('a resume accepts what it was shown: not ten times as much, and nothing of another guardrail', () => {
  const judged = apply(initialState(), { kind: 'judged', report: report(row()) }, 1000);
  const paused = apply(judged, { kind: 'autoPaused', cause: 'alarm', reason: 'dismissalRate harm.' }, 1000);
  const { accepted } = apply(paused, { kind: 'acted', act: 'resume', by: 'ann', reason: 'known' }, 2000);
  const more = (harm: number) => row({ logEvidence: { harm, safe: 0 } });
  expect(newAlarm(report(more(7)), accepted.alarms)).toBeNull();
  expect(newAlarm(report(more(7.4)), accepted.alarms)).toBe(
    'dismissalRate harm. Again: 1:1640, and ann accepted 1:148 at 1970-01-01T00:00:02.000Z.',
  );
  expect(newAlarm(report(more(7), latency), accepted.alarms)).toBe('p95 harm.');
  expect(alarmsOf(report(latency)).map(({ kind }) => kind)).toEqual(['deliveryLatency p95']);
});

test('a resume of another pause accepts none of it', () => {
  const judged = apply(initialState(), { kind: 'judged', report: report(row()) }, 1000);
  const paused = apply(judged, { kind: 'acted', act: 'pause', by: 'ann', reason: 'lunch' }, 1000);
  const { accepted } = apply(paused, { kind: 'acted', act: 'resume', by: 'ann', reason: 'back' }, 2000);
  expect(newAlarm(report(row()), accepted.alarms)).toBe('dismissalRate harm.');
});
