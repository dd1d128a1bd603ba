/** What stands around the version that a plan brings. */
import type { ActionVersion } from '../plan/plan.ts';
import type { OtherTrigger } from './overlaps.ts';

export interface Surroundings {
  /** Null when there is none to compare with; `note` says why. */
  readonly baseline: { readonly action: ActionVersion; readonly from: string; readonly splitPercent: number } | null;
  readonly note: string | null;
  /** Null when no others were looked at. */
  readonly others: readonly OtherTrigger[] | null;
  /** The plan's version is in the organisation already. */
  readonly exists: boolean;
}
