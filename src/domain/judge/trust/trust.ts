import type { Guardrail } from '../../plan/plan.ts';
import { hasLost } from './lost-outcomes.ts';
import type { LostOutcomes } from './lost-outcomes.ts';
import { isRatioBroken } from './sample-ratio.ts';
import type { SampleRatio } from './sample-ratio.ts';

/** What the data say of themselves. */
export interface Suspicion {
  readonly guardrails: readonly Guardrail[];
  readonly sampleRatio: SampleRatio;
  readonly lost: LostOutcomes;
}

/** Can the data not be trusted? Once they cannot, they never can again. */
export function isDistrusted(suspicion: Suspicion): boolean {
  return isRatioBroken(suspicion.sampleRatio) || armsLosing(suspicion).length > 0;
}

/**
 * The arms whose events are being lost. A jump in the candidate alone is harm where undelivered cards are guarded
 * against.
 */
export function armsLosing({
  lost,
  guardrails,
}: Omit<Suspicion, 'sampleRatio'>): readonly ('candidate' | 'baseline')[] {
  const guarded = guardrails.some(({ metric, mode }) => metric === 'undeliveredRate' && mode === 'enforce');
  const [baseline, candidate] = [hasLost(lost.baseline), hasLost(lost.candidate)];
  if (!baseline && (!candidate || guarded)) return [];
  return [...(candidate ? (['candidate'] as const) : []), ...(baseline ? (['baseline'] as const) : [])];
}

/** How strongly the data speak against themselves, ln: of the sample ratio and of lost outcomes, whichever is more. */
export function distrustEvidence({ sampleRatio, lost }: Omit<Suspicion, 'guardrails'>): number {
  return Math.max(sampleRatio.peak, lost.baseline.peak, lost.candidate.peak);
}
