/** Which version served as the baseline when? */
export interface PastRollout {
  readonly version: string;
  readonly startedAtMs: number;
  /** null: it runs, or nobody told of its end. */
  readonly endedAtMs: number | null;
  readonly outcome: string | null;
}

/**
 * A version is the candidate from the start of its rollout on, and the baseline only once it was promoted, until it is
 * retired or undone. One that no
 * rollout brought has always been the baseline. A rollout that was rejected showed nothing to anybody.
 */
export function wasBaseline(rollouts: readonly PastRollout[], version: string, atMs: number): boolean {
  let last: PastRollout | undefined;
  for (const rollout of rollouts) {
    if (rollout.version !== version || rollout.outcome === 'rejected' || rollout.startedAtMs > atMs) continue;
    if (last === undefined || rollout.startedAtMs > last.startedAtMs) last = rollout;
  }
  return last === undefined || (last.outcome === 'promoted' && last.endedAtMs !== null && last.endedAtMs <= atMs);
}
