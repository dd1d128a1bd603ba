/**
 * Which moments of a rollout are fixed beforehand, so that the judge may be asked there whether the candidate is safe.
 */
import type { PlannedEnd } from '../judge/types.ts';
import type { Bake } from '../plan/steps/definition.ts';
import type { Step } from '../plan/steps/steps.ts';

/**
 * The end of a bake that requires `safe` or more: of its `atMost`, in the unit of `startedAtMs`. All such bakes of the plan
 * share the budget. Null for a bake that requires less, and for one without a time of its own (the last question before
 * a promotion), whose moment the data would choose.
 */
export function plannedEndOf(steps: readonly Step[], bake: Bake, startedAtMs: number): PlannedEnd | null {
  if (bake.require === 'noHarm' || bake.atMostMs === 0) return null;
  const asking = steps.filter((step) => step.kind === 'bake' && step.require !== 'noHarm').length;
  return { atMs: startedAtMs + bake.atMostMs, share: 1 / Math.max(1, asking) };
}
