/** What a start would do, as far as it can be known before: nothing is changed by asking. */
import type { CalendarView } from '../calendar/question.ts';
import type { Assumptions } from '../forecast/assumptions.ts';
import type { Problem } from '../plan/problem.ts';

/** What a worker answers. */
export interface DryRunAnswer {
  /** Why it is no start, or why whoever asks may not; null: they may. */
  readonly refusal: string | null;
  /** How it is known who asks; null: claimed. */
  readonly verifiedBy: string | null;
  /** By the very check that a start goes through. */
  readonly problems: readonly Problem[];
  /** Null where the refusal or a problem came first. */
  readonly around: Around | null;
}

/** What the start would find. */
export interface Around {
  readonly standing: StandingNow;
  /** Since the last rollout: what another hand made of what it left, a sentence each. */
  readonly changed: readonly string[];
  /** At the time of a planned start, else now. */
  readonly calendar: CalendarView;
  /** Cards of the last days; null: none are known. */
  readonly traffic: { readonly rates: Assumptions; readonly cards: number; readonly hours: number } | null;
}

export interface StandingNow {
  /** What it would be compared with; null: nothing. */
  readonly baseline: { readonly id: string; readonly version: string; readonly splitPercent: number } | null;
  readonly note: string | null;
  /** For that note the version would not be deployed. */
  readonly refused: boolean;
  /** The version is in the organisation already. */
  readonly exists: boolean;
}
