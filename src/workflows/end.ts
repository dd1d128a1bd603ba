/** How a run ends: on record first, then as its result. */
import {
  allHandlersFinished,
  ApplicationFailure,
  CancellationScope,
  condition,
  upsertSearchAttributes,
} from '@temporalio/workflow';
import { PAST_DIFFERS } from '../domain/rollout/past.ts';
import type { RecordedEnd } from '../domain/rollout/past.ts';
import { MAX_TOLD } from '../domain/rollout/refusals.ts';
import type { Outcome } from '../domain/rollout/status.ts';
import type { RolloutResult } from '../domain/rollout/view.ts';
import { resultOf } from '../domain/rollout/view.ts';
import type { RolloutRun } from './run.ts';
import { attributesOf } from './search-attributes.ts';

export async function finish(run: RolloutRun, outcome: Outcome, reason: string): Promise<RolloutResult> {
  return CancellationScope.nonCancellable(async () => {
    const more = run.state.refusals.count - MAX_TOLD;
    if (more > 0) run.dispatch({ kind: 'refusedMore', more });
    run.dispatch({ kind: 'ended', outcome, reason });
    await allTold(run);
    return resultOf(run.status(), outcome);
  });
}

/** Whoever acted a moment ago hears what became of it, and so does the record of whoever acts while it is written. */
async function allTold(run: RolloutRun): Promise<void> {
  do {
    await condition(allHandlersFinished);
    await run.recorded();
  } while (!allHandlersFinished());
}

/**
 * It had ended before, with the proof that is on record: nothing is written to the organisation, where others may have
 * gone on since. One that was ended from outside, or was followed by another, has no last word to say; what is shown, and
 * nobody watches, is the guardian's.
 */
export function finishAsRecorded(run: RolloutRun, { outcome }: RecordedEnd): Promise<RolloutResult> {
  return CancellationScope.nonCancellable(async () => {
    await allTold(run);
    if (outcome === null) throw ApplicationFailure.nonRetryable(run.state.reason, PAST_DIFFERS);
    return resultOf(run.status(), outcome);
  });
}

/** What is no input of a rollout: there is no run of it. */
export function refuse(given: unknown, reason: string): RolloutResult {
  const outcome = 'rejected';
  upsertSearchAttributes(attributesOf({ phase: outcome, paused: false, splitPercent: 0, outcome }));
  return {
    outcome,
    version: versionIn(given),
    reason: reason.slice(0, 4000),
    report: null,
    safety: null,
    baselineVersion: null,
    splitPercent: 0,
    steps: [],
    deployment: null,
  };
}

function versionIn(given: unknown): string {
  const version = (given as { readonly plan?: { readonly action?: { readonly version?: unknown } } } | null)?.plan
    ?.action?.version;
  return typeof version === 'string' ? version.slice(0, 64) : '';
}
