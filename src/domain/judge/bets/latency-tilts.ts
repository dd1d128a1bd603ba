/**
 * The kinds of harm to latency that are bet on, each as a tilt: how much likelier a card of normal score z (share
 * `above` beyond it)
 * is in a candidate that is worse in that way.
 *
 * - shift: everything slower by a factor. If ln latency has standard deviation s, slower by (1 + k margins) moves z by
 *   d = ln(1 + k m)/s,
 *   tilt exp(d z - d^2/2).
 * - stretch: the upper half stretched about the median by a factor (ln latency), the lower half as it was; 1 below z =
 *   0.
 * - tail: a share e of the cards moved among the slowest share c: 1 + e c / (above + c)^2 (the second term integrates
 *   to e).
 *
 * Every tilt is flat below the guarded quantile and rises with latency above it, so a candidate that is, relieved of what
 * is tolerated, no slower from that quantile on (stochastically) has evidence of mean at most 1, whatever its quicker
 * cards are like: given the others, each candidate card's part of the evidence, g / (a + b g), rises with its g.
 * Worked number: s = 0.5, margin 25 %, k = 1, nothing tolerated: d = 0.446, a card at z = 2 is exp(0.893 - 0.1) = 2.2 times as likely.
 */
import { logTiltEvidence } from '../maths/conditional-tilt.ts';
import type { AgentScore } from '../gathering/agent-ledger.ts';
import { clamp } from '../maths/log-math.ts';
import { normalQuantile, normalTail } from '../maths/normal.ts';
import type { Reference } from '../maths/reference.ts';
import { weightAt } from '../maths/sketch.ts';
import type { Sketch } from '../maths/sketch.ts';
import type { JudgedStatistic } from '../../metrics/definition.ts';

export interface Tilt {
  readonly kind: 'shift' | 'stretch' | 'tail';
  /** shift: margins; stretch: factor; tail: share of the cards. */
  readonly size: number;
  /** tail only: among which slowest share. */
  readonly among: number;
  readonly score: AgentScore;
}

export const shift = (size: number): Tilt => ({ kind: 'shift', size, among: 0, score: 'location' });
export const stretch = (size: number): Tilt => ({ kind: 'stretch', size, among: 0, score: 'tail' });
export const tail = (size: number, among: number): Tilt => ({ kind: 'tail', size, among, score: 'tail' });

export const LATENCY_TILTS: readonly Tilt[] = [
  shift(1.6),
  shift(4),
  stretch(1.7),
  tail(0.01, 0.0004),
  tail(0.03, 0.006),
];

/** Prior weights, in the order of the tilts: what the guardrail is about weighs most. */
export function tiltWeights(statistic: JudgedStatistic): readonly number[] {
  return WEIGHTS[statistic];
}

const WEIGHTS: Readonly<Record<JudgedStatistic, readonly number[]>> = {
  p50: [0.45, 0.3, 0.1, 0.075, 0.075],
  mean: [0.4, 0.25, 0.15, 0.1, 0.1],
  p95: [0.3, 0.2, 0.24, 0.18, 0.08],
  p99: [0.25, 0.15, 0.28, 0.22, 0.1],
};

const [MIN_SHIFT, MAX_SHIFT] = [0.12, 3];

/** By how many standard deviations a card that is so many margins worse is moved. */
export type Shift = (margins: number) => number;

/** That of a factor, `marginRatio` being 1 + margin and `spread` the standard deviation of the logarithm. */
export function factorShift(marginRatio: number, spread: number): Shift {
  return (margins) => Math.log1p(margins * (marginRatio - 1)) / spread;
}

/** ln of the tilt at z, its mean over all cards being about 1. */
export function logTilt(tilt: Tilt, z: number, above: number, shiftBy: Shift): number {
  if (tilt.kind === 'tail') return Math.log1p((tilt.size * tilt.among) / (above + tilt.among) ** 2);
  if (tilt.kind === 'stretch')
    return z <= 0 ? 0 : Math.max(0, (z * z * (1 - 1 / tilt.size ** 2)) / 2 - Math.log(tilt.size) * Math.min(1, z));
  const d = shiftSize(tilt, shiftBy);
  return d * z - (d * d) / 2;
}

/** ln of the tilt's mean below the share `from` of the cards (its normal score `z`), which stands for all of them. */
function logFlat(tilt: Tilt, from: number, z: number, shiftBy: Shift): number {
  if (tilt.kind === 'tail')
    return Math.log1p((tilt.size * tilt.among * (1 / (1 - from + tilt.among) - 1 / (1 + tilt.among))) / from);
  const moved = tilt.kind === 'stretch' ? (z <= 0 ? z : z / tilt.size) : z - shiftSize(tilt, shiftBy);
  return Math.log(normalTail(-moved) / from);
}

function shiftSize(tilt: Tilt, shiftBy: Shift): number {
  return clamp(shiftBy(tilt.size), MIN_SHIFT, MAX_SHIFT);
}

interface Arms {
  readonly baseline: Sketch;
  readonly candidate: Sketch;
}

/**
 * ln e-value of every tilt for one block. `sign` -1 looks for a candidate that is faster where it must not be.
 */
export function tiltEvidence(
  arms: Arms,
  reference: Reference,
  shiftBy: Shift,
  sign: 1 | -1,
  tilts: readonly Tilt[],
  { from, isBelow }: Unguarded,
): readonly number[] {
  const lowest = from === 0 ? -Infinity : normalQuantile(from);
  const groups = groupBins(arms, reference, isBelow);
  return tilts.map((tilt) => {
    const flat = from === 0 ? 0 : logFlat(tilt, from, lowest, shiftBy);
    const logs = groups.map(({ isFlat, z, above, below }) =>
      isFlat ? flat : logTilt(tilt, sign * z, sign === 1 ? above : below, shiftBy),
    );
    return logTiltEvidence(groups, logs);
  });
}

/** What lies below the guarded quantile. */
export interface Unguarded {
  /** Its share of the cards, 0..1. */
  readonly from: number;
  readonly isBelow: (bin: number) => boolean;
}

interface Group {
  readonly isFlat: boolean;
  candidate: number;
  both: number;
  readonly z: number;
  readonly above: number;
  readonly below: number;
}

/**
 * Neighbouring bins of (almost) the same rank, and on the same side of the guarded quantile, are one category: fewer to
 * count, nothing lost.
 */
function groupBins(arms: Arms, reference: Reference, isBelow: Unguarded['isBelow']): readonly Group[] {
  const groups: Group[] = [];
  const { baseline, candidate: relieved } = arms;
  const first = Math.min(...[baseline, relieved].flatMap(({ from, weights }) => (weights.length === 0 ? [] : [from])));
  const end = Math.max(baseline.from + baseline.weights.length, relieved.from + relieved.weights.length);
  for (let bin = first; bin < end; bin++) {
    const candidate = weightAt(relieved, bin);
    const both = candidate + weightAt(baseline, bin);
    if (both === 0) continue;
    const { z, above, below } = reference.rankOf(bin);
    const last = groups.at(-1);
    const isAlike = last !== undefined && z - last.z < SAME_RANK && last.above < 2 * above && below < 2 * last.below;
    const isFlat = isBelow(bin);
    if (isAlike && last.isFlat === isFlat) {
      last.candidate += candidate;
      last.both += both;
    } else groups.push({ isFlat, candidate, both, z, above, below });
  }
  return groups;
}

const SAME_RANK = 0.12;
