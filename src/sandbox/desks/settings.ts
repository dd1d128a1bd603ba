/** What can be set of the simulated desks. */
export interface DeskSettings {
  readonly running: boolean;
  /** Share of the panels that are out of sight when their conversation begins. */
  readonly hiddenShare: number;
  /** Until such a one is shown, on average; most conversations are over before. */
  readonly shownAfterMs: number;
  /** Panels at once; a conversation beyond them has none. */
  readonly maxOpen: number;
}

export const DESKS: DeskSettings = { running: true, hiddenShare: 0.1, shownAfterMs: 5_000, maxOpen: 2_000 };
