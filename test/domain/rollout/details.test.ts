import { rowText } from '../../../src/domain/metrics/format.ts';
import { initialState } from '../../../src/domain/rollout/state.ts';
import type { RolloutState } from '../../../src/domain/rollout/state.ts';
import { statusOf } from '../../../src/domain/rollout/view.ts';
import { stepLabel } from '../../../src/domain/plan/steps/steps.ts';
import { detailsMarkdown } from '../../../src/domain/rollout/details.ts';

const unknown = { baselineValue: null, limit: null };

test('values carry their unit, and no data is a dash', () => {
  expect([
    rowText({ metric: 'acceptanceRate', ...unknown }, 0.4031),
    rowText({ metric: 'deliveryLatency', ...unknown }, 612.4),
    rowText({ metric: 'undeliveredRate', ...unknown }, null),
  ]).toEqual(['40.3 %', '612 ms', '–']);
});

test('details tell steps, verdicts with n, what is waited for and what a person can do, and no cell breaks the table', () => {
  const text = detailsMarkdown({
    title: 'RefundAssist v1.5.0',
    phase: 'baking',
    paused: false,
    splitPercent: 10,
    reason: 'a | b\nc',
    waitingFor: 'time',
    canDo: ['abort'],
    steps: [{ index: 0, label: stepLabel({ kind: 'setSplit', percent: 10 }), state: 'done' }],
    report: {
      verdict: 'undecided',
      reason: '',
      n: { baseline: 90, candidate: 10 },
      guardrails: [
        {
          metric: 'deliveryLatency',
          statistic: 'p95',
          mode: 'enforce',
          verdict: 'undecided',
          baselineValue: 500,
          candidateValue: 510,
          limit: 700,
          tolerated: 600,
          logEvidence: { harm: 0, safe: 0 },
          n: { baseline: 90, candidate: 10 },
          sentence: '',
        },
        {
          metric: 'custom',
          name: 'mood',
          unit: 'points',
          statistic: 'p5',
          mode: 'observe',
          verdict: 'undecided',
          baselineValue: -0.25,
          candidateValue: -0.31,
          limit: -0.5,
          logEvidence: { harm: 0, safe: 0 },
          n: { baseline: 9, candidate: 1 },
          sentence: '',
        },
      ],
    },
  });
  expect(text).toContain('| 1 | setSplit 10 % | ✅ done |');
  expect(text).toContain('| deliveryLatency p95 | undecided | 510 ms | 500 ms | 600 ms | 700 ms | 10 / 90 |');
  expect(text).toContain('| mood p5 (observe) | undecided | -0.31 points | -0.25 points | – | -0.5 points | 1 / 9 |');
  expect(text).toContain(String.raw`Why: a \| b\\nc`);
  expect(text).toContain('`abort`');
});

test('nothing that people write becomes a link, a heading, a table or HTML beside what the engine says', () => {
  const evil =
    '[Approve here](https://evil.example)\n\n# promoted\n\n| a | b |\n| - | - |\n<a ' +
    'href="https://evil.example">x</a> `x`';
  const text = detailsMarkdown({
    title: evil,
    phase: 'baking',
    paused: false,
    splitPercent: 10,
    reason: evil,
    waitingFor: evil,
    canDo: [],
    report: null,
    steps: [
      {
        index: 0,
        label: stepLabel({ kind: 'approve', reason: evil, timeoutMs: null, onTimeout: 'hold' } as never),
        state: 'running',
      },
    ],
  });
  expect(text).not.toMatch(/[^\\]\[Approve|^# |^\| a|<a|https:|[^\\]`x/m);
  expect(text.split('\n')).toHaveLength(12);
});

test('while it needs attention the details hold what agents see, the ids, the values and the order: the baseline first', () => {
  const state: RolloutState = {
    ...initialState(),
    phase: 'needsAttention',
    splitPercent: 50,
    deployment: {
      target: 'agentAssistActions',
      actionName: 'RefundAssist',
      baseline: { id: 'id-b', version: '1.4.0', fingerprint: { html: 'h', trigger: 't', ui: 'u' } },
      candidate: { id: 'id-c', version: '1.5.0', fingerprint: { html: 'h', trigger: 't', ui: 'u' } },
    },
  };
  const facts = {
    workflowId: 'w',
    rolloutId: 'r',
    action: 'RefundAssist',
    version: '1.5.0',
    steps: [],
    startedAtMs: 0,
  };
  const text = detailsMarkdown({ ...statusOf(facts, state), title: 'RefundAssist' });
  expect(text).toContain('Agents may still see v1.5.0 in at most 50 % of the conversations.');
  const [first, second] = [
    text.indexOf('1. v1.4.0 (id-b) enabled with traffic'),
    text.indexOf('2. v1.5.0 (id-c) traffic'),
  ];
  expect(first).toBeGreaterThan(0);
  expect(second).toBeGreaterThan(first);
});
