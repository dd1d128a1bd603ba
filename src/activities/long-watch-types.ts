/** What the workflow says to the watch after promotion, and hears from it. */
import type { LongWatchRow } from '../domain/long-watch/types.ts';
import type { Guardrail, Policies } from '../domain/plan/plan.ts';
import type { Drift } from '../domain/rollout/drift.ts';
import type { Deployment } from '../domain/rollout/deployment.ts';
import type { OfRun } from './types.ts';

export interface LongWatchInput extends OfRun {
  readonly rolloutId: string;
  readonly deployment: Deployment;
  readonly guardrails: readonly Guardrail[];
  /** Chance of a false alarm over all cards and guardrails of this watch. */
  readonly alpha: number;
  /** When all conversations were proven to see the version, and until when it is watched; ms since the epoch. */
  readonly startedAtMs: number;
  readonly endsAtMs: number;
  readonly policies: Pick<Policies, 'settleMs' | 'onNoData'>;
  /** Exposures up to here were there before the rollout: its record begins after them. */
  readonly startSeq: number;
  /** Other serving versions, and keys of drift, that the workflow has heard of. */
  readonly acceptedRivals?: readonly string[];
  readonly knownDrift?: readonly string[];
  /** Silence has been seen and accepted. */
  readonly acceptNoData?: boolean;
  /** The workflow believes that nobody looks: it is told as soon as somebody does. */
  readonly tellSight?: boolean;
}

export interface LongWatchResult {
  /** `over`: its time is over and nothing was proven against the version. `sighted`: asked for, and it goes on. */
  readonly kind: 'over' | 'harm' | 'noData' | 'drift' | 'sighted';
  readonly reason: string;
  readonly atMs: number;
  /** Cards since the promotion. */
  readonly n: number;
  readonly rows: readonly LongWatchRow[];
  /** Of `drift`. */
  readonly drift: Drift | null;
}

/** Heartbeat details: figures for people. What the next attempt needs is in the store. */
export interface LongWatchProgress {
  readonly longWatch: {
    readonly n: number;
    readonly verdict: LongWatchRow['verdict'];
    readonly reason: string;
    readonly lastCardAt: string;
    readonly endsAt: string;
  };
}
