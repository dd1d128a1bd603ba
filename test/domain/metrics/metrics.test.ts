import { awaitedBy } from '../../../src/domain/metrics/awaited.ts';
import { marginText, rowText, valueText, writtenMargin } from '../../../src/domain/metrics/format.ts';
import { METRIC_NAMES, RATES } from '../../../src/domain/metrics/index.ts';
import { OUTCOMES, outcomesOf } from '../../../src/domain/metrics/outcomes.ts';

test('names of metrics, events, options and knobs are each told apart', () => {
  for (const names of [
    METRIC_NAMES,
    OUTCOMES,
    RATES.map(({ forecast }) => forecast.word),
    RATES.map(({ sandbox }) => sandbox.word),
  ])
    expect(new Set(names).size).toBe(names.length);
});

test('of two answers the earlier counts, at the same instant the first by name; what nobody knows counts as nothing', () => {
  expect(outcomesOf({})).toEqual([]);
  expect(outcomesOf({ accepted: 5, dismissed: 4 })).toEqual(['dismissed']);
  expect(outcomesOf({ accepted: 4, dismissed: 4 })).toEqual(['accepted']);
  expect(outcomesOf({ expired: 1, accepted: 9 })).toEqual(['accepted']);
});

test('a card waits for what a guardrail needs beside the answer: the values of custom metrics', () => {
  expect(awaitedBy([{ metric: 'acceptanceRate' }, { metric: 'undeliveredRate' }])).toEqual({
    custom: [],
    outcomes: [],
  });
  expect(awaitedBy([{ metric: 'custom', name: 'handleTime' }])).toEqual({ custom: ['handleTime'], outcomes: [] });
});

test('a small value reads the same in a table as in a sentence', () => {
  const row = { metric: 'undeliveredRate', baselineValue: 0.001, limit: 0.011 } as const;
  expect([rowText(row, 0.0004), valueText(row, 0.0004), rowText(row, null)]).toEqual(['0.04 %', '0.04 %', '–']);
  expect(valueText({ metric: 'deliveryLatency' }, 4.25)).toBe('4.3 ms');
  expect(rowText({ metric: 'custom', unit: 's', baselineValue: 1e6, limit: 1e6 + 0.1 }, 1e6 + 0.26)).toBe(
    '1000000.26 s',
  );
});

test.each([
  ['acceptanceRate', 'relative', 0.1, '10 %', '10%'],
  ['undeliveredRate', 'absolute', 0.01, '1 pp', '1pp'],
  ['deliveryLatency', 'absolute', 200, '200 ms', '200ms'],
  ['custom', 'absolute', 15, '15 s', '15'],
] as const)('a margin of %s, %s %d, reads %s and is written %s', (metric, kind, value, read, written) => {
  const margin = { kind, value };
  expect([marginText({ metric, unit: 's', margin }), writtenMargin(metric, margin)]).toEqual([read, written]);
});
