import {
  LATENCY_GRID,
  addSketch,
  binOf,
  countAbove,
  emptySketch,
  meanOn,
  quantileBin,
  quantileMs,
  scaleSketch,
  sketchTotal,
  upperEdgeMs,
} from '../../../src/domain/judge/maths/sketch.ts';
import type { Sketch } from '../../../src/domain/judge/maths/sketch.ts';

function sketchOf(values: readonly number[]): Sketch {
  return values.reduce((sketch, value) => addSketch(sketch, { from: binOf(value), weights: [1] }), emptySketch);
}

test('worked number: 220 ms lies in bin 138, up to 224.2 ms', () => {
  expect(binOf(220)).toBe(138);
  expect(upperEdgeMs(138)).toBeCloseTo(224.18, 2);
});

test('quantiles and mean are known to 4 %', () => {
  const values = Array.from({ length: 999 }, (_, i) => i + 1);
  const sketch = sketchOf(values);
  for (const level of [0.1, 0.5, 0.95, 0.99])
    expect(Math.abs((quantileMs(sketch, level) ?? 0) / (level * 1000) - 1)).toBeLessThan(0.04);
  expect(Math.abs((meanOn(LATENCY_GRID, sketch) ?? 0) / 500 - 1)).toBeLessThan(0.02);
});

test('counts above an edge are exact, zero and days included', () => {
  const days = 3 * 86_400_000;
  const sketch = sketchOf([0, 0, -5, 0.4, 100, 1000, days]);
  expect(sketchTotal(sketch)).toBe(7);
  expect(countAbove(sketch, 0)).toBe(3);
  expect(countAbove(sketch, binOf(1000))).toBe(1);
  expect(quantileBin(sketch, 0.5)).toBe(0);
  expect(Math.abs((quantileMs(sketch, 1) ?? 0) / days - 1)).toBeLessThan(0.04);
});

test('empty says null, fading away leaves nothing behind', () => {
  expect([quantileMs(emptySketch, 0.5), quantileBin(emptySketch, 0.5), meanOn(LATENCY_GRID, emptySketch)]).toEqual([
    null,
    null,
    null,
  ]);
  expect(scaleSketch({ from: 3, weights: [0.001, 0, 10] }, 0.5)).toEqual({ from: 5, weights: [5] });
});
