/** How far the candidate is from the baseline, and how far it may be, in the words of the guardrail's margin. */
import { marginText } from '../../metrics/format.ts';
import type { Guardrail } from '../../plan/plan.ts';
import { toleratedMargin } from '../../plan/tolerance.ts';

/** "25 % lower", "1.2 pp higher", "no difference"; null where nothing is a share of the baseline's figure. */
export function differenceText(guardrail: Guardrail, candidate: number, baseline: number): string | null {
  const { kind } = guardrail.margin;
  const difference = Math.abs(candidate - baseline);
  if (difference === 0) return 'no difference';
  if (kind === 'relative' && baseline === 0) return null;
  const value = kind === 'relative' ? twoDigits((100 * difference) / Math.abs(baseline)) / 100 : twoDigits(difference);
  return `${marginText({ metric: guardrail.metric, unit: guardrail.unit, margin: { kind, value } })} ${candidate > baseline ? 'higher' : 'lower'}`;
}

/** "5 %", "0.5 pp", "100 ms". */
export function toleranceText(guardrail: Guardrail): string {
  return marginText({ metric: guardrail.metric, unit: guardrail.unit, margin: toleratedMargin(guardrail) });
}

/** "10 % lower", "1 pp higher", "200 ms higher". */
export function marginClause(guardrail: Guardrail): string {
  return `${marginText(guardrail)} ${guardrail.worseWhen}`;
}

function twoDigits(value: number): number {
  return value >= 100 ? Math.round(value) : Number(value.toPrecision(2));
}
