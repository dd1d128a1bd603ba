/** Slices beside the whole: on one scale, whatever they are measured in. */
import type { GuardrailReport, JudgeReport, SliceReport } from '../../src/domain/judge/types.ts';
import { forestOf, forestRange } from '../../src/domain/story/forest.ts';
import { forestFigure } from '../../src/story/forest.ts';

const n = { baseline: 130, candidate: 120 };
const whole = (more: Partial<GuardrailReport> = {}): GuardrailReport => ({
  metric: 'acceptanceRate',
  mode: 'enforce',
  verdict: 'undecided',
  baselineValue: 0.2,
  candidateValue: 0.21,
  limit: 0.18,
  tolerated: 0.19,
  logEvidence: { harm: 0, safe: 0 },
  effect: { estimate: 0.05, low: -0.05, high: 0.15, unit: 'ofBaseline' },
  n,
  sentence: '',
  ...more,
});
const slice = (name: string, more: Partial<SliceReport> = {}): SliceReport => ({
  by: 'queue',
  name,
  metric: 'acceptanceRate',
  verdict: 'undecided',
  baselineValue: 0.2,
  candidateValue: 0.2,
  effect: { estimate: 0, low: -0.3, high: null, unit: 'ofBaseline' },
  tolerated: 0.19,
  limit: 0.18,
  harmful: 0.16,
  logEvidence: { harm: 1 },
  needed: 6,
  n,
  sentence: `queue ${name}: undecided.`,
  ...more,
});
const report = (slices: readonly SliceReport[], more: Partial<JudgeReport> = {}): JudgeReport => ({
  verdict: 'undecided',
  reason: '',
  guardrails: [whole()],
  n,
  slices,
  ...more,
});

test('the nearest to harm stands first under the whole; lower that is worse lies on the worse side', () => {
  const harmed = slice('b', {
    verdict: 'harm',
    candidateValue: 0.1,
    effect: { estimate: -0.5, low: -0.7, high: -0.1, unit: 'ofBaseline' },
    logEvidence: { harm: 7 },
    sentence: 'queue b: harm.',
  });
  const rows = forestOf(report([slice('a'), harmed], { verdict: 'harm', reason: 'queue b: harm.' }));
  expect(rows.map(({ name, tipped, difference }) => [name, tipped, difference])).toEqual([
    ['whole rollout', false, '+5.0 % (-5.0 % to +15.0 %)'],
    ['queue b', true, '-50.0 % (-70.0 % to -10.0 %)'],
    ['queue a', false, '+0.0 % (-30.0 % or more)'],
  ]);
  expect(rows.map(({ place }) => place)).toEqual([
    { estimate: expect.closeTo(-0.5), better: expect.closeTo(-1.5), worse: expect.closeTo(0.5), ...marks(1) },
    { estimate: expect.closeTo(5), better: expect.closeTo(1), worse: expect.closeTo(7), ...marks(2) },
    { estimate: expect.closeTo(0), better: null, worse: expect.closeTo(3), ...marks(2) },
  ]);
});
const marks = (harmful: number) => ({
  tolerated: expect.closeTo(0.5) as number,
  harmful: expect.closeTo(harmful) as number,
});

test('of latency a slice has its share of slow cards, and says so; the whole has its milliseconds', () => {
  const latency = { metric: 'deliveryLatency', statistic: 'p95' } as const;
  const ms = whole({
    ...latency,
    baselineValue: 400,
    candidateValue: 420,
    limit: 500,
    tolerated: 450,
    effect: { estimate: 20, low: -10, high: 60, unit: 'ms' },
  });
  const slow = slice('a', {
    ...latency,
    baselineValue: 0.05,
    candidateValue: 0.09,
    tolerated: 0.08,
    limit: 0.12,
    harmful: 0.2,
    effect: { estimate: 0.04, low: -0.01, high: 0.1, unit: 'share' },
  });
  const [first, second] = forestOf(report([slow], { guardrails: [whole(), ms] }));
  expect([first?.guardrail, first?.difference, first?.harmful]).toEqual([
    'deliveryLatency p95',
    '+20 ms (-10 ms to +60 ms)',
    '500 ms',
  ]);
  expect([second?.difference, second?.candidate, second?.harmful]).toEqual([
    '+4.0 pp (-1.0 pp to +10.0 pp)',
    '9.0 % slow cards',
    '20.0 % slow cards',
  ]);
});

test('one wide interval does not press the others together; without data of both arms a row says so', async () => {
  const wide = slice('a', { effect: { estimate: 0, low: -90, high: 90, unit: 'ofBaseline' } });
  const none = slice('b', {
    verdict: 'noData',
    baselineValue: null,
    candidateValue: null,
    effect: null,
    tolerated: null,
    limit: null,
    harmful: null,
  });
  const rows = forestOf(report([wide, none]));
  expect(forestRange(rows)).toEqual([expect.closeTo(-4.25), expect.closeTo(4.25)]);
  const figure = String(await forestFigure(report([wide, none])));
  expect(figure).toContain('no cards of both arms yet');
  // An arrow at each end of the wide one.
  expect(figure.match(/d="M-?9,0L0,-5V5Z"/g)).toHaveLength(2);
  expect(await forestFigure(report([]))).toBe('');
});
