/** Up to where a candidate that is worse is left alone: beside a guardrail's margin, and always within it. */
import type { Margin } from '../metrics/definition.ts';
import type { Guardrail } from './plan.ts';
import type { WrittenMargin } from './margin.ts';
import { measureOf, readMargin } from './margin.ts';
import type { Fault } from './problem.ts';

/** In what the margin is in; half of the margin where the plan says nothing. */
export function toleranceOf({ tolerance, margin }: Pick<Guardrail, 'tolerance' | 'margin'>): number {
  return tolerance ?? margin.value / 2;
}

/** As a margin of its own: a share, or in the quantity's unit. */
export function toleratedMargin(guardrail: Pick<Guardrail, 'tolerance' | 'margin'>): Margin {
  return { kind: guardrail.margin.kind, value: toleranceOf(guardrail) };
}

/** Written as a margin is; `0%` makes every difference harm. */
export function parseTolerance(value: unknown): WrittenMargin | Fault {
  const read = readMargin(value);
  return typeof read === 'string' ? refuse(read) : read;
}

/** Does the tolerance fit the margin beside it? Undefined when it does. */
export function toleranceFault(tolerance: WrittenMargin, margin: WrittenMargin): Fault | undefined {
  if (measureOf(tolerance.text) !== measureOf(margin.text))
    return refuse(`"${tolerance.text}" is of another kind than the margin, "${margin.text}"`);
  return toleranceRangeFault(tolerance.margin.value, margin.margin.value, [`"${tolerance.text}"`, `"${margin.text}"`]);
}

/** The same for a tolerance as people write it and as the engine runs it. */
export function toleranceRangeFault(
  tolerance: number,
  margin: number,
  [seen, beside] = [String(tolerance), String(margin)],
): Fault | undefined {
  return tolerance < margin ? undefined : refuse(`${seen} is not below the margin, ${beside}`);
}

function refuse(seen: string): Fault {
  return {
    code: 'plan-tolerance',
    message: `${seen}; expected how much worse than the baseline is still no harm, less than the margin.`,
    remedy: 'Write it as the margin is written, such as 5% beside 10%, or leave it out: half of the margin.',
  };
}
