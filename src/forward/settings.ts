/** How hard is tried. The defaults span a day of attempts for one message. */
import type { CircuitRules } from './circuit.ts';

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
  readonly mostAttempts: number;
  readonly retry: Pick<CircuitRules, 'firstMs' | 'longestMs'>;
  readonly circuit: CircuitRules;
  /** Length of a window of metrics; the same for every process. */
  readonly metricsWindowMs: number;
  /** A window is sent first so long after its end, since agents answer later than a card is shown. */
  readonly metricsGraceMs: number;
  /** At most so often. */
  readonly metricsEveryMs: number;
  /** A forwarder that dies is replaced after at most this long. */
  readonly leaseMs: number;
  /** Rows that wait for one destination before it is warned of. */
  readonly warnPending: number;
}

export const DEFAULT_SETTINGS: ForwardSettings = {
  concurrency: 4,
  batch: 40,
  timeoutMs: 15_000,
  gapMs: 50,
  idleMs: 1_000,
  mostAttempts: 25,
  retry: { firstMs: 1_000, longestMs: 2 * 60 * 60_000 },
  circuit: { threshold: 5, firstMs: 1_000, longestMs: 60_000 },
  metricsWindowMs: 60_000,
  metricsGraceMs: 30_000,
  metricsEveryMs: 5_000,
  leaseMs: 6_000,
  warnPending: 100_000,
};
