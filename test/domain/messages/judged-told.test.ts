/** What the judge has decided, in the first line that whoever is called reads. */
import type { GuardrailReport, JudgeReport, SliceReport } from '../../../src/domain/judge/types.ts';
import { judgedText } from '../../../src/domain/messages/judged-told.ts';

const n = { baseline: 52, candidate: 17 };
const row = (more: Partial<GuardrailReport>): GuardrailReport => ({
  metric: 'acceptanceRate',
  mode: 'enforce',
  verdict: 'undecided',
  baselineValue: 0.42,
  candidateValue: 0.2,
  limit: 0.378,
  logEvidence: { harm: 0, safe: 0 },
  n,
  sentence: 's.',
  ...more,
});
const latency = row({
  metric: 'deliveryLatency',
  statistic: 'p95',
  verdict: 'harm',
  baselineValue: 602,
  candidateValue: 1634,
  limit: 750,
});
const report = (verdict: JudgeReport['verdict'], ...guardrails: GuardrailReport[]): JudgeReport => ({
  verdict,
  reason: 'r.',
  guardrails,
  n,
});

test.each<[string, JudgeReport | null, string]>([
  ['nothing', null, 'No card is judged yet, so neither harm nor safety is proven.'],
  [
    'undecided',
    report('undecided', row({})),
    'No harm is proven so far; not yet proven safe (17 candidate and 52 baseline cards).',
  ],
  [
    'safe',
    report('safe', row({ verdict: 'safe' })),
    "Proven safe so far: no worse than the plan's margins allow (17 candidate and 52 baseline cards).",
  ],
  [
    'one of several',
    report('harm', row({}), latency, row({ metric: 'dismissalRate' })),
    'Harm is proven: cards come late: p95 1.6 s instead of 0.6 s. Of 2 other guardrails it is not.',
  ],
  [
    'two of two',
    report('harm', row({ verdict: 'harm' }), latency),
    'Harm is proven: agents accept fewer cards: 20.0 % instead of 42.0 %. So it is of deliveryLatency p95.',
  ],
  [
    'harm that only pauses is no absence of harm',
    report('undecided', row({}), { ...latency, mode: 'pause' }),
    'Harm is proven that only pauses it: cards come late: p95 1.6 s instead of 0.6 s. No other harm is proven so far; ' +
      'not yet proven safe (17 candidate and 52 baseline cards).',
  ],
  [
    'figures that do not show it',
    report('harm', { ...latency, candidateValue: 500 }),
    'Harm is proven: cards come late, though the figures of all cards do not show it.',
  ],
  [
    'a metric of somebody else',
    report(
      'harm',
      row({
        metric: 'custom',
        name: 'handleTime',
        statistic: 'p50',
        unit: 's',
        verdict: 'harm',
        baselineValue: 40,
        candidateValue: 60,
        limit: 44,
      }),
    ),
    'Harm is proven: handleTime p50 is worse: 60 s instead of 40 s.',
  ],
])('%s', (_name, given, said) => expect(judgedText(given)).toBe(said));

test.each(['noData', 'untrusted'] as const)('%s proves neither', (verdict) => {
  expect(judgedText(report(verdict, row({ verdict })))).toMatch(/neither harm nor safety is proven/);
});

test('harm in one queue alone is told without figures of all', () => {
  const slice: SliceReport = {
    by: 'queue',
    name: 'q-1',
    metric: 'acceptanceRate',
    verdict: 'harm',
    sentence: 'r.',
    n,
    baselineValue: 0.4,
    candidateValue: 0.1,
    effect: null,
    tolerated: null,
    limit: null,
    harmful: null,
    logEvidence: { harm: 9 },
    needed: 8,
  };
  expect(judgedText({ ...report('harm', row({})), slices: [slice] })).toBe(
    'Harm is proven in one queue alone: agents accept fewer cards.',
  );
});
