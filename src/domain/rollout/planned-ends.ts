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
export function plannedEndOf(
  steps: readonly Step[],
  bake: Bake,
  { step, startedAtMs }: { readonly step: number; readonly startedAtMs: number },
): PlannedEnd | null {
  if (bake.require === 'noHarm' || bake.atMostMs === 0) return null;
  const asking = steps.filter((other) => other.kind === 'bake' && other.require !== 'noHarm').length;
  return { atMs: startedAtMs + bake.atMostMs, share: 1 / Math.max(1, asking), step };
}

/**
 * The planned end of a bake of open hours once these were counted anew; `known`: as it was, instants in ms since the
 * epoch. A calendar may move it while it is to come. A pause (`stood`) puts it off no more than that of another bake:
 * whoever pauses and resumes has the data in sight, and the moment is none that they choose. Once it has passed it stays.
 */
export function recountedEnd(
  known: PlannedEnd | null,
  counted: PlannedEnd | null,
  { stood, nowMs }: { readonly stood: boolean; readonly nowMs: number },
): PlannedEnd | null {
  if (known === null || counted === null) return counted;
  return known.atMs <= nowMs || (stood && known.atMs < counted.atMs) ? known : counted;
}
