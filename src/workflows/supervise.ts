/** Keeps the guardrails live while something else is waited for. */
import { CancellationScope, condition, sleep } from '@temporalio/workflow';
import type { WatchResult } from '../activities/types.ts';
import type { WatchGoal } from '../domain/rollout/watch-decision.ts';
import { watching } from './activity-proxies.ts';
import type { RolloutRun } from './run.ts';

/** What stopped a step. */
export type Stop =
  | { readonly kind: 'next' }
  | { readonly kind: 'promote' }
  | { readonly kind: 'rollBack'; readonly reason: string };

export const NEXT: Stop = { kind: 'next' };

/**
 * Watches until the goal is met (its result), or `until` becomes true ('until').
 * News (a verdict not seen before) is learnt and the watch goes on.
 */
export async function supervise(run: RolloutRun, goal: WatchGoal, until: () => boolean, acceptAll = false): Promise<WatchResult | 'until'> {
  while (!until()) {
    const result = await firstOf<WatchResult | 'until'>([
      () => watch(run, goal, acceptAll),
      () => condition(until).then(() => 'until' as const),
    ]);
    if (result === 'until') break;
    run.learn(result);
    if (result.kind !== 'news') return result;
  }
  return 'until';
}

/**
 * Does the work while watching for harm and for an abort, so that an outage of the organisation never blinds the engine.
 * The watch starts only when the work takes long: a call that answers at once costs no history.
 */
export async function guarded<T>(run: RolloutRun, work: () => Promise<T>): Promise<{ readonly value: T } | Stop> {
  run.writeInFlight = true;
  const ended = await firstOf<{ readonly value: T } | Stop>([
    () => work().then((value) => {
      run.writeInFlight = false;
      return { value };
    }),
    () => condition(() => run.state.request?.kind === 'abort').then(() => requested(run) ?? NEXT),
    async () => {
      await sleep('5s', { summary: 'the call takes long: watch meanwhile' });
      const result = await supervise(run, { kind: 'hold' }, () => false, true);
      return { kind: 'rollBack', reason: result === 'until' ? '' : result.reason };
    },
  ]);
  return ended;
}

/** The person's request as a stop, if there is one. */
export function requested(run: RolloutRun): Stop | null {
  const { request } = run.state;
  if (request === null) return null;
  const why = `${request.kind} by ${request.by}: ${request.reason}`;
  return request.kind === 'abort' ? { kind: 'rollBack', reason: why } : { kind: 'promote' };
}

/** First to settle wins; all others are cancelled. */
async function firstOf<T>(starts: readonly (() => Promise<T>)[]): Promise<T> {
  return CancellationScope.cancellable(async () => {
    const scope = CancellationScope.current();
    try {
      return await Promise.race(starts.map((start) => start()));
    } finally {
      scope.cancel();
    }
  });
}

function watch(run: RolloutRun, goal: WatchGoal, acceptAll: boolean): Promise<WatchResult> {
  const { deployment, opened, state, input } = run;
  if (deployment === null || opened === null) return condition(() => false) as Promise<never>;
  return watching.watch.executeWithOptions({ summary: `watch at split ${state.splitPercent} % (${goal.kind})` }, [{
    rolloutId: run.rolloutId,
    deployment,
    guardrails: input.plan.guardrails,
    slices: input.plan.slices,
    policies: input.plan.policies,
    startSeq: opened.startSeq,
    rolloutStartedAtMs: opened.startedAtMs,
    splitPercent: state.splitPercent,
    splitSinceMs: run.splitSinceMs,
    goal,
    plannedEnd: run.plannedEnd,
    acceptNoData: acceptAll || state.paused || state.accepted.noData,
    acceptUntrusted: acceptAll || state.paused || state.accepted.untrusted,
    seen: run.seen,
  }]);
}
