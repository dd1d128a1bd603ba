/**
 * How far from what was found the truth may be, of a share, a quantile, and a difference or a ratio of two.
 *
 * A share p is within z standard deviations of a found one s where cards x KL(s || p) <= z^2 / 2: a normal interval
 * where both are in the middle, and one that keeps its promise where few hits or misses were found (none of 1000 cards
 * at z = 3: at most 0.45 %). The same inequality, solved for s, says between which shares of the cards a quantile lies.
 * Two such limits make those of a contrast by "square and add": d -+ sqrt(reach_1^2 + reach_0^2), each value with its
 * reach to the side that counts.
 *
 * References: W. Hoeffding (1963), JASA 58, theorem 1 (KL bound); G. Zou, A. Donner (2008), "Construction of confidence
 * limits about effect measures: a general approach", Statistics in Medicine 27 (square and add, and for a ratio its root
 * in r of d = p1 - r p0). Worked number: 0.2 (0.1 to 0.3) against 0.4 (0.3 to 0.5): difference -0.2 -+ 0.141, ratio 0.5
 * with limits 0.243 and 0.824.
 */
import { clamp } from './log-math.ts';

/** null: not bounded on that side. */
export interface Limits {
  readonly low: number | null;
  readonly high: number | null;
}

/** Between which shares the truth lies, given the one found among so many cards. */
export function shareLimits(found: number, cards: number, z: number): { readonly low: number; readonly high: number } {
  const apart = (share: number): number => deviations(found, share, cards);
  return { low: farthest(found, 0, z, apart), high: farthest(found, 1, z, apart) };
}

/** Which shares may be found among so many cards, given the truth; null where all on that side may. */
export function foundLimits(share: number, cards: number, z: number): Limits {
  const apart = (found: number): number => deviations(found, share, cards);
  return {
    low: apart(0) <= z ? null : farthest(share, 0, z, apart),
    high: apart(1) <= z ? null : farthest(share, 1, z, apart),
  };
}

const MAX_STEPS = 60;
const CLOSE = 1e-13;

/**
 * The share towards `to` that is z standard deviations apart, which grow nearly evenly: by the rule of false position,
 * its stale end halved (M. Dowell, P. Jarratt (1971), BIT 11, the Illinois method).
 */
function farthest(from: number, to: number, z: number, apart: (share: number) => number): number {
  let [near, far, below, beyond, at, side] = [from, to, -z, apart(to) - z, to, 0];
  if (beyond <= 0) return to;
  for (let i = 0; i < MAX_STEPS; i++) {
    const next = Number.isFinite(beyond) ? (near * beyond - far * below) / (beyond - below) : (near + far) / 2;
    if (Math.abs(next - at) < CLOSE) return next;
    at = next;
    const off = apart(at) - z;
    if (off > 0) {
      if (side > 0) below /= 2;
      [far, beyond, side] = [at, off, 1];
    } else {
      if (side < 0) beyond /= 2;
      [near, below, side] = [at, off, -1];
    }
  }
  return at;
}

/** How far the two shares are apart. */
function deviations(found: number, share: number, cards: number): number {
  return Math.sqrt(2 * cards * Math.max(0, divergence(found, share)));
}

/** Kullback and Leibler's, of two shares. */
function divergence(found: number, share: number): number {
  return part(found, share) + part(1 - found, 1 - share);
}

function part(found: number, share: number): number {
  return found <= 0 ? 0 : share <= 0 ? Infinity : found * Math.log(found / share);
}

export interface Estimated extends Limits {
  readonly value: number;
}

/** Of candidate - baseline. */
export function differenceLimits(candidate: Estimated, baseline: Estimated): Limits {
  const difference = candidate.value - baseline.value;
  const reach = (a: number | null, b: number | null): number | null =>
    a === null || b === null ? null : Math.hypot(candidate.value - a, baseline.value - b);
  const [down, up] = [reach(candidate.low, baseline.high), reach(candidate.high, baseline.low)];
  return { low: down === null ? null : difference - down, high: up === null ? null : difference + up };
}

/** Of candidate / baseline, for a baseline above zero. */
export function ratioLimits(candidate: Estimated, baseline: Estimated): Limits {
  const values = [candidate, baseline].flatMap(({ value, low, high }) => [value, low ?? 0, high ?? 0]);
  // A ratio has no unit, and squares of what is as large as numbers go cannot be held.
  const unit = Math.max(...values.map(Math.abs));
  const [c, b] = [inUnits(candidate, unit), inUnits(baseline, unit)];
  return {
    low: smallerRoot(c.value, b.value, c.low, b.high),
    high: largerRoot(c.value, b.value, c.high, b.low),
  };
}

function inUnits({ value, low, high }: Estimated, unit: number): Estimated {
  return { value: value / unit, low: low === null ? null : low / unit, high: high === null ? null : high / unit };
}

/** The r from which on p1 - r p0 may be 0. */
function smallerRoot(p1: number, p0: number, low: number | null, high: number | null): number | null {
  if (low === null || high === null) return null;
  const [a, c] = [p0 ** 2 - (high - p0) ** 2, p1 ** 2 - (p1 - low) ** 2];
  const root = Math.sqrt(Math.max(0, (p0 * p1) ** 2 - a * c));
  if (a <= 0 && c < 0) return null;
  // Of the two equal forms, the one that subtracts nothing.
  return p1 > 0 ? c / Math.max(Number.MIN_VALUE, p0 * p1 + root) : a > 0 ? (p0 * p1 - root) / a : null;
}

/** The r up to which it may. */
function largerRoot(p1: number, p0: number, high: number | null, low: number | null): number | null {
  if (high === null || low === null || low <= 0) return null;
  const [a, c] = [p0 ** 2 - (p0 - low) ** 2, p1 ** 2 - (high - p1) ** 2];
  return (p0 * p1 + Math.sqrt(Math.max(0, (p0 * p1) ** 2 - a * c))) / a;
}

/** Within what can be told; null stays null. */
export function within({ low, high }: Limits, least: number, most: number): Limits {
  return { low: low === null ? null : clamp(low, least, most), high: high === null ? null : clamp(high, least, most) };
}
