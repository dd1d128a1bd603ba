/**
 * What is strange about the values of a custom metric, in one clause: values far from all others, in another unit, or
 * below 0 where no other is; a grid that is too coarse for them; a mean that a few of them make.
 */
import { isFewValued, shareWhere } from '../maths/bin-spans.ts';
import type { Comparison } from '../gathering/comparison.ts';
import { comparedQuantity } from '../decision/compared-quantity.ts';
import { rateText, valueText } from '../../metrics/format.ts';
import { quantileBin, quantileOn } from '../maths/sketch.ts';
import { coordinateOf } from '../maths/asinh-grid.ts';
import type { Guardrail } from '../../plan/plan.ts';
import type { Arm } from '../types.ts';

/** In coordinates of the grid: 27 of its scales. */
const FAR = 4;
const MANY = 0.05;

/** null where there is nothing to say, and of metrics other than custom metrics. */
export function oddityOf(guardrail: Guardrail, comparison: Comparison): string | null {
  const compared = comparedQuantity(guardrail, comparison);
  const custom = comparison.custom.find(({ name }) => name === guardrail.name);
  if (guardrail.metric !== 'custom' || compared === null || custom === undefined) return null;
  const {
    quantity: { grid },
    baseline,
    turn,
  } = compared;
  const middle = quantileBin(baseline.sketch, 0.5);
  if (middle === null) return null;
  const centre = coordinateOf(custom.place, grid.middleOf(middle));
  const isFar = (bin: number): boolean => Math.abs(coordinateOf(custom.place, grid.middleOf(bin)) - centre) >= FAR;
  const [far, farOfCandidate] = [shareWhere(baseline.sketch, isFar), shareWhere(compared.candidate.sketch, isFar)];
  if (Math.max(far, farOfCandidate) >= MANY) {
    const example = farthest(compared.baseline.spans ?? {}, isFar) ?? farthest(compared.candidate.spans ?? {}, isFar);
    const shown = example === null ? '' : ` (${valueText(guardrail, turn * example, Math.abs(example) / 1e8)})`;
    return (
      `${rateText(farOfCandidate)} / ${rateText(far)} of its values lie far from all others${shown}: they look like ` +
      'stand-ins for what is not known, or like another unit'
    );
  }
  const unlike = unlikeOthers(compared);
  if (unlike !== null)
    return (
      `${rateText(unlike.candidate)} / ${rateText(unlike.baseline)} of its values are ${unlike.what} ` +
      `(${valueText(guardrail, unlike.example)}): they look like stand-ins for what is not known, or like another unit`
    );
  return coarseClause(guardrail, compared) ?? meanClause(guardrail, compared);
}

type Compared = NonNullable<ReturnType<typeof comparedQuantity>>;

/** What a bin holds: between which values, as they came. */
interface Held {
  readonly low: number;
  readonly high: number;
  readonly weight: number;
}

/** Shares of the cards of each arm, and one of the values. */
interface Unlike {
  readonly baseline: number;
  readonly candidate: number;
  readonly example: number;
  readonly what: string;
}

/** Times so far apart, and none between: minutes and seconds, seconds and milliseconds. */
const UNIT_APART = 20;

function unlikeOthers(compared: Compared): Unlike | null {
  const [baseline, candidate] = [heldBy(compared, 'baseline'), heldBy(compared, 'candidate')];
  const all = [...baseline, ...candidate].filter(({ high }) => high > 0).toSorted((a, b) => a.low - b.low);
  let upTo = 0;
  for (const held of all) {
    if (upTo > 0 && held.low >= UNIT_APART * upTo) {
      const above = sharesOf(baseline, candidate, ({ low }) => low >= held.low);
      const below = sharesOf(baseline, candidate, ({ low, high }) => high > 0 && low < held.low);
      if (areMany(above) && areMany(below))
        return { ...above, example: held.low, what: `${UNIT_APART} times the others and more, with none between` };
    }
    upTo = Math.max(upTo, held.high);
  }
  const negative = [...baseline, ...candidate].filter(({ low }) => low < 0);
  const example = negative[0]?.low ?? 0;
  const shares = sharesOf(baseline, candidate, ({ low }) => low < 0);
  const isOne = negative.every(({ low, high }) => low === example && high === example);
  const others = sharesOf(baseline, candidate, ({ low, high }) => low >= 0 && low < high);
  return areMany(shares) && isOne && others.baseline > 0.5
    ? { ...shares, example, what: 'the only ones below 0, and all the same' }
    : null;
}

type Shares = Pick<Unlike, 'baseline' | 'candidate'>;

function areMany({ baseline, candidate }: Shares): boolean {
  return Math.max(baseline, candidate) >= MANY;
}

function sharesOf(baseline: readonly Held[], candidate: readonly Held[], are: (held: Held) => boolean): Shares {
  const weightOf = (held: readonly Held[]): number => held.reduce((sum, { weight }) => sum + weight, 0);
  const share = (held: readonly Held[]): number => weightOf(held.filter(are)) / Math.max(1e-9, weightOf(held));
  return { baseline: share(baseline), candidate: share(candidate) };
}

function heldBy({ turn, quantity: { grid }, ...compared }: Compared, arm: Arm): readonly Held[] {
  const { sketch, spans = {} } = compared[arm];
  return sketch.weights.flatMap((weight, i) => {
    if (weight === 0) return [];
    const bin = sketch.from + i;
    const [low, high] = spans[bin] ?? [grid.valueAt(bin, 0), grid.valueAt(bin, 1)];
    return [turn === 1 ? { low, high, weight } : { low: -high, high: -low, weight }];
  });
}

/** Of the cards, and how much of all distances from the median they make. */
const [FEW, MOST] = [0.01, 0.4];

function meanClause(guardrail: Guardrail, compared: Compared): string | null {
  if (guardrail.statistic !== 'mean') return null;
  const values = heldBy(compared, 'baseline');
  const median = quantileOn(compared.shown('baseline'), compared.baseline.sketch, 0.5) ?? 0;
  const distances = values
    .map(({ low, high, weight }) => ({ weight, distance: Math.abs((low + high) / 2 - compared.turn * median) }))
    .toSorted((a, b) => b.distance - a.distance);
  const cards = distances.reduce((sum, { weight }) => sum + weight, 0);
  const all = distances.reduce((sum, { weight, distance }) => sum + weight * distance, 0);
  let [left, farthest] = [FEW * cards, 0];
  for (const { weight, distance } of distances) {
    farthest += Math.min(weight, left) * distance;
    left -= Math.min(weight, left);
  }
  return !isFewValued(compared.baseline.sketch) && farthest > MOST * all
    ? 'one card in a hundred makes two fifths and more of how its values differ, so that its mean says little: use p50 and p95'
    : null;
}

/** The bin that holds most of the far values is not kept apart; any of them is an example. */
function farthest(
  spans: Readonly<Record<string, readonly [number, number]>>,
  isFar: (bin: number) => boolean,
): number | null {
  const bin = Object.keys(spans).map(Number).findLast(isFar);
  return bin === undefined ? null : (spans[bin]?.[1] ?? null);
}

function coarseClause(guardrail: Guardrail, { quantity: { grid }, shown, baseline }: Compared): string | null {
  const [low, high] = [quantileBin(baseline.sketch, 0.16), quantileBin(baseline.sketch, 0.84)];
  if (low === null || high === null || high - low > 1) return null;
  const spread =
    (quantileOn(shown('baseline'), baseline.sketch, 0.84) ?? 0) -
    (quantileOn(shown('baseline'), baseline.sketch, 0.16) ?? 0);
  if (!(spread > 0)) return null;
  const width = grid.valueAt(low, 1) - grid.valueAt(low, 0);
  return spread < 0.01 * width && high === low
    ? null
    : `its first values were unlike the later ones, so that differences below ${valueText(guardrail, width)} ` +
        'are not told apart: start the rollout anew';
}
