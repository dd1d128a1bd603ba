/** Values of a guardrail on the scale of its effect. */
import type { GuardrailReport } from '../types.ts';

/** Of a guardrail, or of a slice. */
export type Compared = Pick<GuardrailReport, 'effect' | 'baselineValue'>;

/** As a difference from the baseline, in the unit of the effect; null: there is none yet, or nothing to hold it to. */
export function asEffect({ effect, baselineValue }: Compared, value: number | null | undefined): number | null {
  if (value == null || baselineValue === null || effect == null) return null;
  return effect.unit === 'ofBaseline' ? (value - baselineValue) / (baselineValue || 1) : value - baselineValue;
}
