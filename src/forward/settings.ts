/** How hard is tried. The defaults span a day of attempts for one message. */
import type { BackOffRules } from '../domain/shared/back-off.ts';

export interface ForwardSettings {
  /** Messages under way at once, per destination. */
  readonly concurrency: number;
  /** Events in a message at most. */
  readonly batch: number;
  readonly timeoutMs: number;
  /**
   * Shortest time between two claims that do not fill a message: many small messages would take the database from the
   * intake.
   */
  readonly gapMs: number;
  /** Looks for work at least so often, should a notification be lost. */
  readonly idleMs: number;
  /** Failed attempts after which a message becomes dead letters. */
  readonly maxAttempts: number;
  readonly retry: BackOffRules;
  /** Failures in a row after which the destination is left alone for a while; the workflow says for how long. */
  readonly maxFailures: number;
  /** Length of a window of metrics; the same for every process. */
  readonly metricsWindowMs: number;
  /** A window is sent first so long after its end, since agents answer later than a card is shown. */
  readonly metricsGraceMs: number;
  /** At most so often. */
  readonly metricsEveryMs: number;
  /** A sender reports, and learns whether it is still wanted, so often. */
  readonly reportEveryMs: number;
  /** Rows that wait for one destination before it is warned of. */
  readonly warnPending: number;
}

export const DEFAULT_FORWARD_SETTINGS: ForwardSettings = {
  concurrency: 4,
  batch: 40,
  timeoutMs: 15_000,
  gapMs: 50,
  idleMs: 1_000,
  maxAttempts: 25,
  retry: { firstMs: 1_000, maxMs: 2 * 60 * 60_000 },
  maxFailures: 5,
  metricsWindowMs: 60_000,
  metricsGraceMs: 30_000,
  metricsEveryMs: 5_000,
  reportEveryMs: 1_000,
  warnPending: 100_000,
};
