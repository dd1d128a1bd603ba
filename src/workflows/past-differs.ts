/** What was asked of an activity was refused, for the run and its record do not remember the same. */
import { ActivityFailure, ApplicationFailure } from '@temporalio/workflow';
import { PAST_DIFFERS } from '../domain/rollout/past.ts';
import type { DatabaseBehind, HistoryBehind, PastDiffers } from '../domain/rollout/past.ts';

function pastDiffersIn(error: unknown): PastDiffers | null {
  const cause = error instanceof ActivityFailure ? error.cause : null;
  return cause instanceof ApplicationFailure && cause.type === PAST_DIFFERS
    ? ((cause.details?.[0] as PastDiffers | undefined) ?? null)
    : null;
}

export function databaseBehindIn(error: unknown): DatabaseBehind | null {
  const differs = pastDiffersIn(error);
  return differs?.kind === 'databaseBehind' ? differs : null;
}

/** Nobody but the run as a whole can answer it. */
export function historyBehindIn(error: unknown): HistoryBehind | null {
  const differs = pastDiffersIn(error);
  return differs?.kind === 'historyBehind' ? differs : null;
}
