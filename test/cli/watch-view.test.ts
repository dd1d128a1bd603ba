/** The view of `watch` at fixed sizes, by its text. */
import stringWidth from 'string-width';
import { createPaint } from '../../src/cli/view/paint.ts';
import { rolloutLines } from '../../src/cli/view/rollout-view.ts';
import { intervalPlot } from '../../src/cli/view/interval-plot.ts';
import { createFigures } from '../../src/cli/newest-figures.ts';
import type { GuardrailReport, JudgeReport } from '../../src/domain/judge/types.ts';
import type { BakeProgress } from '../../src/domain/rollout/bake-progress.ts';
import type { RolloutStatus, WatchProgress } from '../../src/workflows/messages.ts';
import { viewOf } from './fixtures.ts';

const acceptance: GuardrailReport = {
  metric: 'acceptanceRate',
  mode: 'enforce',
  verdict: 'undecided',
  baselineValue: 0.41,
  candidateValue: 0.39,
  limit: 0.328,
  tolerated: 0.369,
  logEvidence: { harm: Math.log(1.2), safe: Math.log(22) },
  effect: { estimate: -0.05, low: -0.19, high: 0.07, unit: 'ofBaseline' },
  recent: {
    baselineValue: 0.42,
    candidateValue: 0.3,
    effect: { estimate: -0.28, low: -0.44, high: -0.12, unit: 'ofBaseline' },
    n: { baseline: 120, candidate: 100 },
    sinceMs: 1,
  },
  n: { baseline: 1200, candidate: 310 },
  sentence: `acceptanceRate undecided: ${'words '.repeat(30)}end.`,
};
const { recent: _recent, ...settled } = acceptance;
const latency: GuardrailReport = {
  ...settled,
  metric: 'deliveryLatency',
  statistic: 'p95',
  verdict: 'harm',
  baselineValue: 505,
  candidateValue: 1226,
  limit: 707,
  tolerated: 606,
  logEvidence: { harm: 8.1, safe: -5 },
  effect: { estimate: 721, low: 300, high: null, unit: 'ms' },
};
const undelivered: GuardrailReport = {
  ...settled,
  metric: 'undeliveredRate',
  verdict: 'safe',
  baselineValue: 0.01,
  candidateValue: 0.012,
  limit: 0.04,
  tolerated: 0.025,
  logEvidence: { harm: 0, safe: 28 },
  effect: { estimate: 0.002, low: -0.01, high: 0.01, unit: 'share' },
};
const handling: GuardrailReport = {
  ...settled,
  metric: 'custom',
  name: '処理時間',
  statistic: 'p50',
  mode: 'observe',
  verdict: 'noData',
  baselineValue: null,
  candidateValue: null,
  limit: null,
  effect: null,
  n: { baseline: 0, candidate: 0 },
};
const report: JudgeReport = {
  verdict: 'undecided',
  reason: '',
  guardrails: [acceptance, latency, undelivered, handling],
  n: acceptance.n,
};
const labels = ['setSplit 5 %', 'bake 30 m, at most 6 h (require safe)', 'setSplit 25 %', 'approve: Team leads agree'];
const steps = [...labels, 'setSplit 50 %', 'bake 2 h, at most 24 h (require safe)'].map((label, index) => ({
  index,
  label,
  state: index === 0 ? ('done' as const) : index === 1 ? ('running' as const) : ('pending' as const),
}));
const bake: BakeProgress = {
  startedAt: '2026-03-01T12:00:00.000Z',
  forMs: 1_800_000,
  atMostMs: 21_600_000,
  cards: 80,
  minCards: 100,
  require: 'noHarm',
  stale: [],
};
const progress: WatchProgress = {
  cursor: 1,
  splitPercent: 5,
  observedSplitPercent: 5.1,
  verdict: 'undecided',
  report,
  bake,
  lastCandidateCardAt: null,
  lastBaselineCardAt: null,
};
const at = (second: number, actor: string, act: string, reason: string) => ({
  at: new Date(Date.parse('2026-03-01T12:00:00.000Z') + second * 1_000).toISOString(),
  actor,
  act,
  reason,
});
const status: Partial<RolloutStatus> = {
  action: '返金アシスト',
  steps,
  description: 'New wording, agreed with Legal',
  links: [{ name: 'CHG-1', url: 'https://change.example.com/1' }],
  reason: 'resume by maria: ok legal',
  needed: Array.from({ length: 4 }, () => ({ harm: Math.log(625), safe: Math.log(1000) })),
  deadline: { at: '2026-03-01T18:00:00.000Z', what: 'the bake to end', action: 'hold for proof or a person' },
  log: [
    at(0, 'engine', 'baking', 'from here on it waits for 30 m to pass'),
    at(10, 'engine', 'stepStarted', 'step 2 of 6: bake 30 m'),
    at(20, 'ana', 'pause', 'looks \u001B[31mstrange'),
  ],
};
const NOW = Date.parse('2026-03-01T12:12:05.000Z');

function draw(columns: number, rows: number, more: Partial<RolloutStatus> = {}, live = true): string[] {
  const view = viewOf({ ...status, ...more }, { progress: live ? progress : null });
  return rolloutLines(view, { paint: createPaint(false), now: NOW, columns, rows, zone: 'Europe/Berlin' });
}

test.each([
  [80, 40],
  [80, 24],
  [60, 40],
  [60, 24],
])(
  'within %i columns and %i rows, name, state, both values, limit, n and evidence both ways are there',
  (columns, rows) => {
    const lines = draw(columns, rows);
    const text = lines.join('\n');
    expect(lines.length).toBeLessThanOrEqual(rows);
    expect(lines.filter((line) => stringWidth(line) > columns)).toEqual([]);
    // The colour code of whoever wrote the reason is shown, and no other control character is there.
    expect(lines.join('')).not.toMatch(/\p{Cc}/u);
    expect(text).toMatch(/acceptanceRate +undecided +39\.0 % +41\.0 % +32\.8 %/);
    expect(text).toMatch(/deliveryLatency p95 +harm +1226 ms +505 ms +707 ms/);
    expect(text).toMatch(/harm 1:1\.2 of 1:625 +safe 1:22 of 1:1000/);
    expect(text).toMatch(/harm 1:3290 of 1:625 +safe 1:1 of 1:1000/);
    expect(text).toMatch(/safe 1:1e12 of 1:1000/);
    expect(text).toContain('310/1200');
    expect(text).toContain('40 %, 17 m 55 s to go at least');
    expect(text.replaceAll(/\s+/g, ' ')).toContain('missing: 12 m 05 s of 30 m; 80 of 100 candidate cards');
    expect(text).toContain('time left: 5 h 48 m');
    expect(text).toContain('you can: pause, abort');
  },
);

test('at 80 by 40 everything has room: steps, intervals, what is recent, sentences, the log by local time', () => {
  const lines = draw(80, 40);
  const sentence = lines.filter((line) => /^● |^ {2}words/.test(line));
  expect(sentence.length).toBeGreaterThan(2);
  expect(lines).toEqual([
    '返金アシスト 1.5.0 → 1.6.0  baking  12 m 05 s',
    'New wording, agreed with Legal',
    'CHG-1: https://change.example.com/1',
    'http://ui/run-1',
    '',
    '✔ 1. setSplit 5 %',
    '▶ 2. bake 30 m, at most 6 h (require safe)',
    '     ████████░░░░░░░░░░░░ 40 %, 17 m 55 s to go at least',
    '     missing: 12 m 05 s of 30 m; 80 of 100 candidate cards',
    '· 3. setSplit 25 %',
    '· 4. approve: Team leads agree',
    '· 5. setSplit 50 %',
    '· 6. bake 2 h, at most 24 h (require safe)',
    '',
    'split asked 10 %, observed 5.1 %',
    'judge: undecided on 310 candidate and 1200 baseline cards, of the whole rollout',
    'guardrail               state      candidate  baseline   limit         n',
    'acceptanceRate          undecided     39.0 %    41.0 %  32.8 %  310/1200',
    expect.stringMatching(/^ {2}\S{30,} {2}harm 1:1\.2 of 1:625 {2}safe 1:22 of 1:1000$/),
    '  lately 30.0 % vs 42.0 %, n 100/120: not as the whole rollout',
    'deliveryLatency p95     harm         1226 ms    505 ms  707 ms  310/1200',
    expect.stringContaining('━'),
    'undeliveredRate         safe           1.2 %     1.0 %   4.0 %  310/1200',
    expect.stringContaining('┊'),
    '処理時間 p50 (observe)  noData             –         –       –       0/0',
    '0 as baseline  ┊ tolerated  ┃ margin  ━●━ difference, worse: right',
    ...sentence,
    '',
    'why: resume by maria: ok legal',
    'time left: 5 h 48 m for the bake to end, then: hold for proof or a person',
    'you can: pause, abort',
    '',
    'log (times of Europe/Berlin)',
    '13:00:10 engine stepStarted: step 2 of 6: bake 30 m',
    String.raw`13:00:20 ana pause: looks \u001b[31mstrange`,
  ]);
});

test('a verdict that fell by another way than its own evidence of all looks is proven, and never lacks any', () => {
  const harmed = { ...acceptance, verdict: 'harm' as const, logEvidence: { harm: Math.log(52), safe: 0 } };
  const ended: JudgeReport = { ...report, verdict: 'harm', guardrails: [harmed, latency, undelivered, handling] };
  const text = draw(100, 40, { phase: 'rolledBack', outcome: 'rolledBack', report: ended }, false).join('\n');
  expect(text).toContain('1:52 proven');
  expect(text).not.toContain('1:52 of');
});

test('a person who is needed gets what agents see, ids and values in order, the runbook and the links of the plan', () => {
  const byHand = {
    agentsSee: 'Agents may still see v1.6.0 (id c-1) in 10 % of conversations.',
    writes: ['version b-1: traffic_split 100', 'version c-1: traffic_split 0, enabled false'],
  };
  const waitingFor = `the organisation to confirm: 500; still trying. ${byHand.agentsSee} By hand, in this order: ${byHand.writes.join(', then ')}.`;
  const lines = draw(80, 24, { phase: 'needsAttention', canDo: [], byHand, waitingFor, deadline: null }, false);
  const text = lines.join('\n');
  expect(lines.length).toBeLessThanOrEqual(24);
  expect(text).toContain('waiting for: the organisation to confirm: 500; still trying.\n');
  expect(text).toContain('Agents may still see v1.6.0 (id c-1) in 10 % of conversations.\n');
  expect(text).toContain('  1. version b-1: traffic_split 100\n  2. version c-1: traffic_split 0, enabled false\n');
  expect(text).toContain('docs/runbook.md#setting-it-by-hand\n  CHG-1: https://change.example.com/1');
});

test('of a lost run no bake goes on, whatever its watch said last: what became of it is told', () => {
  const lost = { phase: 'terminated', why: 'Its run was terminated.', recovery: null } as const;
  const view = viewOf({ ...status, waitingFor: 'somebody to bring the baseline back' }, { progress, lost });
  const text = rolloutLines(view, { paint: createPaint(false), now: NOW }).join('\n');
  expect(text).toContain('waiting for: somebody to bring the baseline back');
  expect(text).not.toContain('missing:');
});

test('the picture of an interval has what is worse at its right, whichever way that is', () => {
  const width = 31;
  const place = (row: GuardrailReport, sign: string): number => intervalPlot(row, width)?.indexOf(sign) ?? -1;
  for (const row of [acceptance, latency, undelivered]) {
    expect(stringWidth(intervalPlot(row, width) ?? '')).toBe(width);
    expect(place(row, '0')).toBeLessThan(place(row, '┊'));
    expect(place(row, '┊')).toBeLessThan(place(row, '┃'));
  }
  expect(place(acceptance, '●')).toBeGreaterThan(place(acceptance, '0'));
  expect(
    intervalPlot(
      { ...acceptance, effect: { ...latency.effect, unit: 'ofBaseline', estimate: 0.1, low: null, high: 0.2 } },
      width,
    ),
  ).toMatch(/━▸$/);
  expect(intervalPlot(latency, width)).toMatch(/●━*▸$/);
  expect(intervalPlot(handling, width)).toBeNull();
  expect(intervalPlot(acceptance, 5)).toBeNull();
});

test('figures that are followed never jump back, but to what an end was decided on', () => {
  const figures = createFigures();
  const older = { ...report, n: { baseline: 10, candidate: 5 } };
  const now = viewOf({ report: older }, { progress });
  expect(figures(now)).toBe(now);
  // No watch runs, and the workflow knows an older word.
  expect(figures(viewOf({ report: older })).status.report).toBe(report);
  // Another worker begins with what was kept.
  expect(figures(viewOf({}, { progress: { ...progress, report: older } })).progress?.report).toBe(report);
  const ended = viewOf({ report: older, outcome: 'promoted', phase: 'promoted' });
  expect(figures(ended)).toBe(ended);
});
