/**
 * Bets on the mean of a custom metric that takes few values, such as a satisfaction of 1 to 5, a yes or no, a count:
 * ranks hardly know such values apart, and their quantiles do not move before everything has.
 *
 * With x the candidate's values and y the baseline's, n1 and n0 of them, "the mean of x is at most s times that of y,
 * plus o" (the tolerance, for harm; turned round, with the margin, for safe) is bet against by
 *
 *     e = prod over x of (1 + l (x - s m - o))  x  prod over y of (1 - l s n1/n0 (y - m)).
 *
 * Its mean is at most 1: with d the distance of y's mean from m it is at most (1 + l s d)^n1 (1 - l s n1/n0 d)^n0, of
 * which the logarithm is concave in d and flat at 0. m, l and the range within which values count come from the
 * remembered baseline: m is its mean, l = gain / (variance (1 + s^2 n1/n0)), which grows fastest where the means differ
 * by `gain` from the bound. Values count as no farther out than the remembered ones by their range, in both arms, so
 * that no factor falls below a tenth.
 *
 * Reference: I. Waudby-Smith, A. Ramdas (2024), "Estimating means of bounded random variables by betting", JRSS B 86(1),
 * section 4. Worked number: m = 0.5, s = 1, o = 0, l = 0.4, two cards each: x = 1, 1 and y = 0, 1: 1.2^2 x 1.2 x 0.8 =
 * 1.3824.
 */
import { isFewValued, spannedGrid } from '../maths/bin-spans.ts';
import type { Spanned } from '../maths/bin-spans.ts';
import { momentsOf, valuesOn, weightOf } from '../maths/sketch.ts';
import type { Moments, SketchedCards, WeighedValue } from '../maths/sketch.ts';
import { asinhGrid } from '../maths/asinh-grid.ts';
import type { GridPlace } from '../maths/asinh-grid.ts';
import type { Grid } from '../maths/grid.ts';
import { clamp } from '../maths/log-math.ts';
import { toleranceTimes } from '../maths/margin.ts';
import type { Guardrail } from '../../plan/plan.ts';

interface Arms {
  readonly baseline: Spanned;
  readonly candidate: Spanned;
}

export interface MeanEvidence {
  readonly harm: readonly number[];
  /** Of the bets on the one claim. */
  readonly safe: readonly number[];
}

/** Beyond the baseline, in margins, in the order of the weights of custom-tilts.ts. */
const HARM_MARGINS = [1.5, 3, 7, 2, 5, 14] as const;
/** Of what lies between the baseline and the margin, or the tolerance at least. */
const [SAFE_PARTS, MIN_PART] = [[1, 0.5] as const, 0.1];
const [MIN_FOR_HARM, MIN_FOR_SAFE] = [60, 200];
/** Of the range. */
const NOTHING = 0.05;
/** No factor gets smaller. */
const MIN_FACTOR = 0.1;

/**
 * ln e-values for one block, values turned so that higher is worse; null where the remembered baseline cards are too few
 * to bet by, or hold too many values, or values on both sides of 0 where the margin is a share.
 */
export function meanEvidence(
  guardrail: Guardrail,
  place: GridPlace,
  arms: Arms,
  memory: SketchedCards,
): MeanEvidence | null {
  const grid = asinhGrid(place);
  const isKnown = memory.cards >= MIN_FOR_HARM && isFewValued(memory.sketch);
  const known = isKnown ? knownOf(guardrail, valuesOn(grid, memory.sketch)) : null;
  if (known === null) return null;
  const [baseline, candidate] = [valuesOf(grid, arms.baseline, known), valuesOf(grid, arms.candidate, known)];
  const tolerance = toleranceTimes(guardrail);
  const bet = (times: number, margins: number, sign: 1 | -1): number =>
    logCapital({ baseline, candidate }, known, lineOf(guardrail, known, times), margins * known.margin, sign);
  return {
    harm: HARM_MARGINS.map((times) => bet(tolerance, Math.max(MIN_PART, times - tolerance), 1)),
    safe: SAFE_PARTS.map((part) => (memory.cards < MIN_FOR_SAFE ? 0 : bet(1, part, -1))),
  };
}

/**
 * ln e-values for "better by more than `times` margins", for bets of so many `margins` beyond that; null as above.
 */
export function meanGain(
  guardrail: Guardrail,
  place: GridPlace,
  arms: Arms,
  memory: SketchedCards,
  { times, margins }: { readonly times: number; readonly margins: readonly number[] },
): readonly number[] | null {
  const grid = asinhGrid(place);
  if (memory.cards < MIN_FOR_HARM || !isFewValued(memory.sketch)) return null;
  const known = knownOf(guardrail, valuesOn(grid, memory.sketch));
  if (known === null) return null;
  const [baseline, candidate] = [valuesOf(grid, arms.baseline, known), valuesOf(grid, arms.candidate, known)];
  const line = lineOf(guardrail, known, -times);
  return margins.map((gain) =>
    memory.cards < MIN_FOR_SAFE ? 0 : logCapital({ baseline, candidate }, known, line, gain * known.margin, -1),
  );
}

/** What the remembered baseline says of the values to come. */
interface Known extends Moments {
  /** Within which values count. */
  readonly low: number;
  readonly high: number;
  /** One margin, in the metric's unit. */
  readonly margin: number;
}

function knownOf({ margin }: Guardrail, values: readonly WeighedValue[]): Known | null {
  const [least, most] = [values[0]?.value ?? 0, values.at(-1)?.value ?? 0];
  const range = most - least;
  if (!(range > 0)) return null;
  const isShare = margin.kind === 'relative';
  // A bin's middle is not its value.
  const [isBelow, isAbove] = [least < -NOTHING * range, most > NOTHING * range];
  if (isShare && isBelow && isAbove) return null;
  const { mean, variance } = momentsOf(values);
  return {
    mean,
    variance,
    low: isShare && !isBelow ? Math.max(0, least - range) : least - range,
    high: isShare && !isAbove ? Math.min(0, most + range) : most + range,
    margin: isShare ? margin.value * Math.abs(mean) : margin.value,
  };
}

/** The candidate's mean at so many margins: slope x the baseline's + offset. */
interface Line {
  readonly slope: number;
  readonly offset: number;
}

function lineOf({ margin }: Guardrail, { mean }: Known, times: number): Line {
  return margin.kind === 'absolute'
    ? { slope: 1, offset: times * margin.value }
    : { slope: Math.max(0.01, 1 + Math.sign(mean) * times * margin.value), offset: 0 };
}

function valuesOf(grid: Grid, { sketch, spans }: Spanned, { low, high }: Known): readonly WeighedValue[] {
  const values = valuesOn(spannedGrid(grid, spans), sketch);
  return values.map(({ value, weight }) => ({ value: clamp(value, low, high), weight }));
}

type Values = Readonly<Record<'baseline' | 'candidate', readonly WeighedValue[]>>;

/** `sign` 1 bets that the candidate's mean lies above the line by `gain`, -1 that it lies below. */
function logCapital(values: Values, known: Known, { slope, offset }: Line, gain: number, sign: 1 | -1): number {
  const [n1, n0] = [weightOf(values.candidate), weightOf(values.baseline)];
  if (n1 === 0 || n0 === 0) return 0;
  const { mean, variance, low, high } = known;
  const [bound, per] = [slope * mean + offset, (slope * n1) / n0];
  const [down, up] = sign === 1 ? [bound - low, high - mean] : [high - bound, mean - low];
  const stake = Math.min(
    gain / (variance * (1 + slope * per)),
    (1 - MIN_FACTOR) / Math.max(down, Number.MIN_VALUE),
    (1 - MIN_FACTOR) / Math.max(per * up, Number.MIN_VALUE),
  );
  const logOf = (of: readonly WeighedValue[], centre: number, by: number): number =>
    of.reduce((sum, { value, weight }) => sum + weight * Math.log1p(by * (value - centre)), 0);
  return logOf(values.candidate, bound, sign * stake) + logOf(values.baseline, mean, -sign * stake * per);
}
