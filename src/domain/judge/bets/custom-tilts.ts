/**
 * What is bet on in a custom metric: the kinds of harm of latency-tilts.ts, in sizes of their own. A latency's margins
 * are wide beside its spread; a custom metric's may be anything, so the first shift is just beyond the margin.
 */
import { shift, stretch, tail } from './latency-tilts.ts';
import type { Tilt } from './latency-tilts.ts';
import type { JudgedStatistic } from '../../metrics/definition.ts';

export const CUSTOM_TILTS: readonly Tilt[] = [
  shift(1.5),
  shift(3),
  shift(7),
  stretch(1.7),
  tail(0.01, 0.0004),
  tail(0.03, 0.006),
];

/** Prior weights, in the order of the tilts. */
export const CUSTOM_WEIGHTS: Readonly<Record<JudgedStatistic, readonly number[]>> = {
  p50: [0.3, 0.3, 0.15, 0.1, 0.075, 0.075],
  mean: [0.25, 0.25, 0.15, 0.15, 0.1, 0.1],
  p95: [0.18, 0.18, 0.14, 0.24, 0.18, 0.08],
  p99: [0.15, 0.15, 0.1, 0.3, 0.2, 0.1],
};
