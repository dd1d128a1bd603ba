/**
 * After promotion: the version against its own record and its limits, for as long as the plan says; undone by one act,
 * or by itself.
 */
import { condition } from '@temporalio/workflow';
import type { LongWatchResult } from '../activities/long-watch-types.ts';
import { armLabel } from '../domain/rollout/deployment.ts';
import { formatDuration } from '../domain/shared/duration.ts';
import { longWatch } from './activity-proxies.ts';
import type { Decision } from './decide.ts';
import { decide, decideDrift, whilePaused } from './decide.ts';
import { withLimit } from './deadline.ts';
import { tellWaves } from './member.ts';
import type { DeployedRun } from './run.ts';
import type { Blind, SetBack, StepOutcome } from './supervise.ts';
import {
  backOff,
  blindTooLong,
  CONTINUE,
  failureOf,
  firstOf,
  requested,
  rollBackFor,
  rollBackForHarm,
} from './supervise.ts';

export async function watchOn(run: DeployedRun): Promise<StepOutcome> {
  const plan = run.input.plan.policies.longWatch;
  if (plan === null) return CONTINUE;
  run.dispatch({
    kind: 'longWatchBegun',
    waitingFor:
      `the long watch to end (${formatDuration(plan.forMs)}): the version serves everybody, and is held against its ` +
      'own record',
  });
  void tellWaves(run);
  const limit = {
    ms: plan.forMs,
    what: 'the long watch to end',
    action: 'end the rollout as promoted',
    stopsInPause: false,
  };
  return withLimit(run, limit, () => untilOver(run, run.state.splitSinceMs + plan.forMs, plan.alpha));
}

type Ended =
  | LongWatchResult
  | Blind
  | SetBack
  | { readonly kind: 'until' }
  | { readonly kind: 'failed'; readonly reason: string };

async function untilOver(run: DeployedRun, endsAtMs: number, alpha: number): Promise<StepOutcome> {
  let acceptNoData = false;
  for (let failures = 0; ;) {
    const { watchCalls } = run.state;
    // The guardian's call begins a new watch, for the one at hand does not look.
    const leave = (): boolean =>
      run.state.advanced ||
      run.state.paused ||
      run.state.request !== null ||
      run.state.watchCalls !== watchCalls ||
      run.state.harmed;
    const ended = await firstOf<Ended>([
      () => watchOnce(run, { endsAtMs, alpha, acceptNoData }),
      () => condition(leave).then(() => ({ kind: 'until' as const })),
      () => condition(() => run.state.blind !== null).then(() => blindTooLong(run)),
    ]);
    // The last word of the watch before came when it was waited for no more.
    if (run.state.harmed) return rollBackForHarm(run);
    if (ended.kind === 'over') return CONTINUE;
    if (ended.kind === 'harm') return rollBackFor(ended.reason);
    if (ended.kind === 'failed') {
      failures += 1;
      if (run.state.blind === null) run.dispatch({ kind: 'blinded', reason: ended.reason });
    } else if (isSight(ended)) {
      // Failures that lie days apart are none of each other's.
      failures = 0;
      if (run.state.blind !== null) run.dispatch({ kind: 'sighted' });
    }
    const stop = await after(run, ended, failures, leave);
    if (stop.kind === 'rollBack') return stop;
    if (run.state.advanced) return CONTINUE;
    acceptNoData ||= ended.kind === 'noData';
  }
}

function isSight({ kind }: Ended): boolean {
  return kind === 'sighted' || kind === 'noData' || kind === 'drift';
}

async function after(run: DeployedRun, ended: Ended, failures: number, leave: () => boolean): Promise<StepOutcome> {
  if (ended.kind === 'failed') {
    const blind = await backOff(run, failures, leave);
    return blind === null ? CONTINUE : stopOf(await decide(run, blind));
  }
  if (ended.kind === 'blind' || ended.kind === 'setBack') return stopOf(await decide(run, ended));
  if (ended.kind === 'drift' && ended.drift !== null) return stopOf(await decideDrift(run, ended.drift));
  if (ended.kind === 'noData') {
    if (run.input.plan.policies.onNoData.do === 'rollback') return rollBackFor(ended.reason);
    run.dispatch({
      kind: 'entered',
      phase: 'longWatch',
      waitingFor: 'cards to come again, or the long watch to end',
      reason: ended.reason,
    });
  }
  return run.state.paused ? stopOf(await whilePaused(run)) : requested(run);
}

/** Nothing is left to promote. */
function stopOf(decision: Decision): StepOutcome {
  return decision.kind === 'rollBack' ? decision : CONTINUE;
}

interface Watching {
  readonly endsAtMs: number;
  readonly alpha: number;
  readonly acceptNoData: boolean;
}

async function watchOnce(
  run: DeployedRun,
  { endsAtMs, alpha, acceptNoData }: Watching,
): Promise<LongWatchResult | SetBack | { readonly kind: 'failed'; readonly reason: string }> {
  const { input, state, rolloutId } = run;
  const { deployment, opened } = state;
  const { guardrails, policies } = input.plan;
  try {
    return await longWatch.executeWithOptions({ summary: `long watch of ${armLabel(deployment.candidate)}` }, [
      {
        rolloutId,
        past: run.past(),
        deployment,
        guardrails,
        alpha,
        startedAtMs: run.state.splitSinceMs,
        endsAtMs,
        policies,
        startSeq: opened.startSeq,
        acceptNoData,
        tellSight: state.blind !== null,
        acceptedRivals: state.accepted.rivals,
        knownDrift: state.knownDrift,
      },
    ]);
  } catch (error) {
    return failureOf(run, error);
  }
}
