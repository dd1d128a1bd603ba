/**
 * What is strange about the values of a custom metric, in one clause: values far from all others, and a grid that is
 * too coarse for them.
 */
import { shareWhere } from '../maths/bin-spans.ts';
import type { Comparison } from '../gathering/comparison.ts';
import { comparedQuantity } from '../decision/compared-quantity.ts';
import { rateText, valueText } from '../../metrics/format.ts';
import { quantileBin, quantileOn } from '../maths/sketch.ts';
import { coordinateOf } from '../maths/asinh-grid.ts';
import type { Guardrail } from '../../plan/plan.ts';

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
  return coarseClause(guardrail, compared);
}

/** The bin that holds most of the far values is not kept apart; any of them is an example. */
function farthest(
  spans: Readonly<Record<string, readonly [number, number]>>,
  isFar: (bin: number) => boolean,
): number | null {
  const bin = Object.keys(spans).map(Number).findLast(isFar);
  return bin === undefined ? null : (spans[bin]?.[1] ?? null);
}

function coarseClause(
  guardrail: Guardrail,
  { quantity: { grid }, shown, baseline }: NonNullable<ReturnType<typeof comparedQuantity>>,
): string | null {
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
