import type { z } from 'zod';
import type { MaxCards } from '../max-cards.ts';
import type { CalendarRef } from '../../calendar/form.ts';

export type Requirement = 'noHarm' | 'safe' | 'goal';

/** A span of time in which cards are judged. */
export interface Bake {
  readonly forMs: number;
  /** Longest time to wait for `require`; at least `forMs`. */
  readonly atMostMs: number;
  /** Minimum of settled candidate cards in this bake before it may end. */
  readonly minCards: number;
  /** `goal`: safe, and every goal of the plan proven. */
  readonly require: Requirement;
  /** Candidate cards that may be shown in this bake before a verdict. */
  readonly maxCards?: MaxCards | undefined;
  /** Its times count only while this is open; absent: always. */
  readonly hours?: CalendarRef | undefined;
}

/** All there is to know of a kind of step, but for how it runs: that is `workflows/steps.ts`. */
export interface StepDefinition<S extends { readonly kind: string }> {
  /** What the rollout is called while it is at the step. */
  readonly phase: string;
  /**
   * What stands behind the kind in a plan file, turned into the step; what only the whole plan tells may be left out.
   */
  readonly written: z.ZodType<{ readonly kind: S['kind'] }>;
  /** The step in the engine's words, as a workflow is handed it. */
  readonly engine: z.ZodType<S>;
  /** In one short line, as status, details and the timeline show it. */
  readonly label: (step: S) => string;
  /** 0..100, the share of conversations that see the candidate from here on; null: as before. */
  readonly splitAfter: (step: S) => number | null;
  /** What a forecast makes of the step: the bake in which cards are judged; null: it is over at once. */
  readonly forecastAs: (step: S) => Bake | null;
}
