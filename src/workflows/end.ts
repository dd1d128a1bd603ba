/** How a run ends: on record first, then as its result. */
import { allHandlersFinished, CancellationScope, condition, upsertSearchAttributes } from '@temporalio/workflow';
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
    // Whoever acted a moment ago hears what became of it, and so does the record of whoever acts while it is written.
    do {
      await condition(allHandlersFinished);
      await run.recorded();
    } while (!allHandlersFinished());
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
