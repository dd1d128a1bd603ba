/** The demo's own proof and summary; the whole demo runs as one command in the packaging of the project. */
import { servedDocuments } from '../../src/local/demo/actions-demo.ts';
import { provesOutcome } from '../../src/local/demo/read-back.ts';
import { harmfulRows, summarise } from '../../src/local/demo/summary.ts';
import { summaryLines } from '../../src/cli/view/demo-view.ts';
import type { DemoRollout } from '../../src/local/demo/summary.ts';
import { DEFAULT_CLIENT } from '../../src/sandbox/options.ts';
import { startSandbox } from '../../src/sandbox/server.ts';
import { report } from './fixtures.ts';

const doc = (version: string, enabled: boolean, group: string, splitPercent: number) => ({
  version,
  enabled,
  group,
  splitPercent,
});
const versions = { candidate: '1.5.0', baseline: '1.4.0' };
const PROMOTED = [doc('1.4.0', false, 'control', 0), doc('1.5.0', true, 'control', 100)];
const RESTORED = [doc('1.4.0', true, 'control', 100), doc('1.5.0', false, 'candidate', 0)];

test('only what is served proves an outcome', () => {
  expect(provesOutcome(PROMOTED, 'promoted', versions)).toBe(true);
  expect(provesOutcome(RESTORED, 'rolledBack', versions)).toBe(true);
  expect(provesOutcome(RESTORED, 'promoted', versions)).toBe(false);
  expect(provesOutcome(PROMOTED, 'rolledBack', versions)).toBe(false);
  expect(provesOutcome(RESTORED, null, versions)).toBe(false);
  expect(provesOutcome([], 'promoted', versions)).toBe(false);
});

test.each([
  ['a candidate still enabled', [doc('1.4.0', true, 'control', 100), doc('1.5.0', true, 'candidate', 0)]],
  ['a candidate with a split left', [doc('1.4.0', true, 'control', 100), doc('1.5.0', false, 'candidate', 5)]],
  ['a baseline below 100', [doc('1.4.0', true, 'control', 95), doc('1.5.0', false, 'candidate', 0)]],
])('%s is not rolled back', (_, documents) => {
  expect(provesOutcome(documents, 'rolledBack', versions)).toBe(false);
});

test.each([
  ['an old baseline still enabled', [doc('1.4.0', true, 'control', 0), doc('1.5.0', true, 'control', 100)]],
  ['a candidate not yet control', [doc('1.4.0', false, 'control', 0), doc('1.5.0', true, 'candidate', 100)]],
])('%s is not promoted', (_, documents) => {
  expect(provesOutcome(documents, 'promoted', versions)).toBe(false);
});

test('reads the organisation over HTTP', async () => {
  const sandbox = await startSandbox();
  try {
    const endpoint = { url: sandbox.url, clientId: DEFAULT_CLIENT.id, clientSecret: DEFAULT_CLIENT.secret };
    expect(await servedDocuments(endpoint, 'RefundAssist')).toEqual([doc('1.4.0', true, 'control', 100)]);
    await expect(servedDocuments({ ...endpoint, clientSecret: 'wrong' }, 'RefundAssist')).rejects.toThrow(
      'answered 400',
    );
  } finally {
    await sandbox.close();
  }
});

const good: DemoRollout = {
  version: '1.6.0',
  expected: 'rolledBack',
  outcome: 'rolledBack',
  provenByReadBack: true,
  timeToSafetyMs: 3_041,
  reactionMs: 188,
  reason: report.reason,
  harm: harmfulRows(report),
  workflowId: 'w',
  runId: 'r',
  url: 'http://ui',
  seconds: 6.6,
};

test('ok only with both outcomes as expected, both proven, and no hole in the coverage', () => {
  expect(summarise([good, good], 25, 0).ok).toBe(true);
  expect(summarise([good, { ...good, provenByReadBack: false }], 25, 0).ok).toBe(false);
  expect(summarise([good, { ...good, outcome: 'promoted' }], 25, 0).ok).toBe(false);
  expect(summarise([good, good], 25, 1).ok).toBe(false);
});

const STYLE = { color: false, kept: false, next: 'assist-rollouts dev --target assistPanel' };

test('links that are dead with the demo are not printed; what to do next is', () => {
  const summary = summarise([good], 25.2, 0);
  const lines = summaryLines(summary, STYLE);
  expect(lines.at(-1)).toBe('next: `assist-rollouts dev --target assistPanel`');
  expect(lines.join('\n')).not.toContain('http://ui');
  expect(summaryLines(summary, { ...STYLE, kept: true }).join('\n')).toContain('http://ui');
});

test('the summary names metric, value, limit and n of what did harm, and the seconds to safety', () => {
  expect(good.harm).toEqual([
    {
      metric: 'acceptanceRate',
      candidateValue: 0.26,
      baselineValue: 0.4,
      limit: 0.32,
      n: { baseline: 1200, candidate: 310 },
    },
  ]);
  const text = summaryLines(summarise([good], 25.2, 0), STYLE).join('\n');
  expect(text).toContain('✔ 1.6.0: rolledBack after 6.6 s, proven by reading the organisation back');
  expect(text).toContain(
    'candidate 26.0 % vs baseline 40.0 % (35 % lower), limit 32.0 % (20 % lower), n 310 / 1200 cards',
  );
  expect(text).toContain('3 s from the first harmful card to the proven restored split, 188 ms from the decision');
  expect(text).toContain('ok, 25.2 s in all');
});
