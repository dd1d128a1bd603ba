/** The pictures of a rollout: split, effects with their intervals, evidence, latencies. */
import { area, curveStepAfter, line } from 'd3-shape';
import type { Needed } from '../domain/judge/report/needed.ts';
import { oddsText } from '../domain/judge/report/odds.ts';
import { guardrailLabel } from '../domain/plan/guardrail-label.ts';
import type { GuardrailReport } from '../domain/judge/types.ts';
import { valueText } from '../domain/metrics/format.ts';
import type { Course, CoursePoint, SplitChange } from '../domain/story/course.ts';
import { quantileOf } from '../domain/story/latency-curve.ts';
import type { LatencyCurve } from '../domain/story/latency-curve.ts';
import type { Axis } from './plot.ts';
import { plot } from './plot.ts';
import { asEffect } from '../domain/judge/report/as-effect.ts';

const percentText = (value: number): string => `${Number(value.toFixed(2))} %`;

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

/** Time in seconds, minutes or hours, whatever is short to read. */
function timeOf({ points }: Course): { readonly axis: Axis; readonly unit: number; readonly ends: number } {
  const ends = points.at(-1)?.atMs ?? 0;
  const unit = ends > 4 * HOUR_MS ? HOUR_MS : ends > 4 * MINUTE_MS ? MINUTE_MS : 1000;
  const word = unit === HOUR_MS ? 'hours' : unit === MINUTE_MS ? 'minutes' : 'seconds';
  return {
    ends,
    unit,
    axis: {
      from: 0,
      to: Math.max(1, ends / unit),
      label: `${word} since the rollout began`,
      text: (value) => String(Number(value.toFixed(2))),
    },
  };
}

/** `proven`: as the organisation showed it; where that is not known, as the cards told it once they had settled. */
export function splitChart(course: Course, proven: readonly SplitChange[] = []) {
  const { ends, unit, axis } = timeOf(course);
  const known = (proven.length > 0 ? proven : settledSplits(course.splits)).filter(({ atMs }) => atMs <= ends);
  const steps = [...known, ...known.slice(-1).map(({ percent }) => ({ atMs: ends, percent }))];
  const settling = settlingSpans(course.splits, ends);
  return plot({
    alternative:
      `The split over time: ${known.map(({ percent }) => percentText(percent ?? 0)).join(', then ') || 'not known yet'}` +
      (settling.length === 0
        ? ''
        : `; cards were settling ${settling.map(spanText(unit)).join(' and ')} ${axis.label}`),
    x: axis,
    y: { from: 0, to: 100, label: 'split', text: percentText },
    draw: ({ x, y }) => [
      ...settling.map(({ from, to }) => ({
        path: `M${x(from / unit)},${y(0)}V${y(100)}H${x(to / unit)}V${y(0)}Z`,
        style: 'settling',
      })),
      {
        path:
          line<SplitChange>(
            ({ atMs }) => x(atMs / unit),
            ({ percent }) => y(percent ?? 0),
          ).curve(curveStepAfter)(steps) ?? '',
        style: 'line candidate',
      },
    ],
  });
}

/** What cards settle to is the split that was asked before; of what has not settled yet the last one is all that is known. */
function settledSplits(splits: readonly SplitChange[]): readonly SplitChange[] {
  const all = splits.map(({ atMs, percent }, index) => ({
    atMs,
    percent: percent ?? splits[index + 1]?.percent ?? splits[index - 1]?.percent ?? null,
  }));
  return all.filter(({ percent }, index) => percent !== null && percent !== all[index - 1]?.percent);
}

function settlingSpans(splits: readonly SplitChange[], ends: number) {
  return splits.flatMap(({ atMs: from, percent }, index) =>
    percent === null ? [{ from, to: splits[index + 1]?.atMs ?? ends }] : [],
  );
}

const spanText =
  (unit: number) =>
  ({ from, to }: { readonly from: number; readonly to: number }): string =>
    `from ${Number((from / unit).toFixed(2))} to ${Number((to / unit).toFixed(2))}`;

interface Banded {
  readonly atMs: number;
  readonly estimate: number;
  readonly low: number | null;
  readonly high: number | null;
}

/** The effect with its always-valid interval, closing in on what may be said of margin and tolerance. */
export function effectChart(course: Course, index: number, row: GuardrailReport) {
  const { unit, axis } = timeOf(course);
  const bands = course.points.flatMap(({ atMs, rows }): Banded[] => {
    const effect = rows[index]?.effect;
    return effect == null ? [] : [{ atMs, estimate: effect.estimate, low: effect.low, high: effect.high }];
  });
  const marks = marksOf(row);
  const [from, to] = rangeOf(bands, [0, ...marks.map(({ at }) => at)]);
  const within = (value: number): number => Math.min(to, Math.max(from, value));
  return plot({
    alternative: `${guardrailLabel(row)}: the candidate's difference from the baseline over time. ${row.sentence}`,
    x: axis,
    y: { from, to, label: 'candidate against baseline', text: effectTextOf(row) },
    marks: [...marks, { at: 0, word: 'equal', style: 'zero' }],
    draw: ({ x, y }) => [
      {
        path:
          area<Banded>()
            .x(({ atMs }) => x(atMs / unit))
            .y0(({ low }) => y(low === null ? from : within(low)))
            .y1(({ high }) => y(high === null ? to : within(high)))(bands) ?? '',
        style: 'band',
      },
      {
        path:
          line<Banded>(
            ({ atMs }) => x(atMs / unit),
            ({ estimate }) => y(within(estimate)),
          )(bands) ?? '',
        style: 'line candidate',
      },
    ],
  });
}

/** Margin and tolerance. */
function marksOf(row: GuardrailReport) {
  const [margin, tolerance] = [asEffect(row, row.limit), asEffect(row, row.tolerated)];
  return [
    ...(margin === null ? [] : [{ at: margin, word: 'margin', style: 'mark margin' }]),
    ...(tolerance === null ? [] : [{ at: tolerance, word: 'tolerance', style: 'mark tolerance' }]),
  ];
}

/** Of what matters: the marks, and the second half of the course; the first is wide. */
function rangeOf(bands: readonly Banded[], marks: readonly number[]): readonly [number, number] {
  const late = bands.slice(Math.floor(bands.length / 2));
  const values = [
    ...marks,
    ...late.flatMap(({ estimate, low, high }) => [estimate, low ?? estimate, high ?? estimate]),
  ];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const room = (high - low) * 0.1 || 1;
  return [low - room, high + room];
}

function effectTextOf(row: GuardrailReport): (value: number) => string {
  const unit = row.effect?.unit ?? 'own';
  return (value) => {
    const sign = value < 0 ? '-' : value > 0 ? '+' : '';
    if (unit === 'ofBaseline') return `${sign}${percentText(Math.abs(value) * 100)}`;
    if (unit === 'share') return `${sign}${Number((Math.abs(value) * 100).toFixed(2))} pp`;
    return `${sign}${valueText(row, Math.abs(value), Math.abs(value) / 100)}`;
  };
}

/** How far the evidence has come towards what a verdict needs, both ways. */
export function evidenceChart(course: Course, index: number, needed: Needed, row: GuardrailReport) {
  const { unit, axis } = timeOf(course);
  const shareOf = (point: CoursePoint, side: 'harm' | 'safe'): number =>
    Math.min(MAX_SHOWN, Math.max(MIN_SHOWN, ((point.rows[index]?.logEvidence[side] ?? 0) / needed[side]) * 100));
  return plot({
    alternative:
      `${guardrailLabel(row)}: evidence for harm and for safe over time, in per cent of what a verdict needs ` +
      `(${oddsText(needed.harm)} for harm, ${oddsText(needed.safe)} for safe)`,
    x: axis,
    y: { from: MIN_SHOWN, to: MAX_SHOWN, label: 'evidence of the needed', text: percentText },
    marks: [{ at: 100, word: 'needed', style: 'mark margin' }],
    draw: ({ x, y }) =>
      (['harm', 'safe'] as const).map((side) => ({
        path:
          line<CoursePoint>(
            ({ atMs }) => x(atMs / unit),
            (point) => y(shareOf(point, side)),
          )(course.points) ?? '',
        style: `line ${side}`,
      })),
  });
}

const MIN_SHOWN = -50;
const MAX_SHOWN = 150;

/** Which share of each arm's cards was there after so many milliseconds. */
export function latencyChart({ latency }: Course) {
  const curves = (['baseline', 'candidate'] as const).flatMap((arm) => {
    const curve = latency[arm];
    return curve === null ? [] : [{ arm, curve }];
  });
  const slowest = Math.max(1, ...curves.map(({ curve }) => quantileOf(curve, 0.99)));
  return plot({
    alternative: curves
      .map(
        ({ arm, curve }) =>
          `${arm}: half of ${curve.n} cards within ${Math.round(quantileOf(curve, 0.5))} ms, 95 % within ` +
          `${Math.round(quantileOf(curve, 0.95))} ms`,
      )
      .join('; '),
    x: { from: 0, to: slowest, label: 'delivery latency, ms', text: (value) => String(value) },
    y: { from: 0, to: 100, label: 'cards there', text: percentText },
    draw: ({ x, y }) =>
      curves.map(({ arm, curve }) => ({
        path:
          line<readonly [number, number]>(
            ([ms]) => x(ms),
            ([, share]) => y(share),
          )(pointsOf(curve, slowest)) ?? '',
        style: `line ${arm}`,
      })),
  });
}

/** Every hundredth thousandth is enough for a line, and none beyond the picture. */
function pointsOf({ atThousandths }: LatencyCurve, maxMs: number): (readonly [number, number])[] {
  return atThousandths.flatMap((ms, at) => (at % 5 === 0 && ms <= maxMs ? [[ms, at / 10] as const] : []));
}
