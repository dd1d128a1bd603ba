/** Keeps the guardrails live while something else is waited for. */
import { ActivityFailure, CancellationScope, condition, isCancellation, sleep } from '@temporalio/workflow';
import type { WatchResult } from '../activities/types.ts';
import type { Expected } from '../domain/rollout/drift.ts';
import type { WatchGoal } from '../domain/rollout/watch-decision.ts';
import { watch } from './activity-proxies.ts';
import type { RolloutRun } from './run.ts';

/** How a step ended. */
export type StepOutcome =
  | { readonly kind: 'continue' }
  | { readonly kind: 'promote' }
  | { readonly kind: 'rollBack'; readonly reason: string };

export const CONTINUE: StepOutcome = { kind: 'continue' };

export function rollBackFor(reason: string): StepOutcome {
  return { kind: 'rollBack', reason };
}

/**
 * `until`: what was waited for is there. `blind`: nobody could look for as long as the plan allows. Else what the watch
 * found.
 */
export type Watched = WatchResult | { readonly kind: 'until' } | Blind;

export interface Blind {
  readonly kind: 'blind';
  readonly reason: string;
}

export interface SuperviseOptions {
  /** Silence and distrust stop nothing: a person is asked already, or has asked for it. */
  readonly tolerant?: boolean;
  /** A write of ours is on its way: only contents are compared. */
  readonly writing?: boolean;
}

/**
 * Watches until the goal is met (its result), or `until` becomes true. News (a verdict not seen before) is learnt and
 * the watch goes on. A
 * watch that cannot run is started again and again, for as long as the plan lets nobody look.
 */
export async function supervise(
  run: RolloutRun,
  goal: WatchGoal,
  until: () => boolean,
  options: SuperviseOptions = {},
): Promise<Watched> {
  let failures = 0;
  while (!until()) {
    const { calls } = run;
    const result = await firstOf<
      Watched | { readonly kind: 'failed'; readonly reason: string } | { readonly kind: 'again' }
    >([
      () => watchOnce(run, goal, options),
      () => condition(until).then(() => ({ kind: 'until' as const })),
      () => condition(() => run.state.blind !== null).then(() => blindTooLong(run)),
      () => condition(() => run.calls !== calls).then(() => ({ kind: 'again' as const })),
    ]);
    if (result.kind === 'until') break;
    if (result.kind === 'again') continue;
    if (result.kind === 'blind') return result;
    if (result.kind === 'failed') {
      failures += 1;
      if (run.state.blind === null) run.tell({ kind: 'blinded', atMs: Date.now(), reason: result.reason });
      const end = await backOff(run, failures, until);
      if (end !== null) return end;
      continue;
    }
    failures = 0;
    run.learn(result);
    if (result.kind !== 'news') return result;
  }
  return { kind: 'until' };
}

const MAX_BACK_OFF_MS = 5 * 60_000;

/**
 * Before the watch is tried again; ends early when what is waited for is there, and for good when nobody has looked for
 * too long.
 */
export async function backOff(run: RolloutRun, failures: number, until: () => boolean): Promise<Watched | null> {
  return firstOf<Watched | null>([
    () =>
      sleep(Math.min(MAX_BACK_OFF_MS, 1000 * 2 ** (failures - 1)), { summary: 'try the watch again' }).then(() => null),
    () => condition(until).then(() => null),
    () => blindTooLong(run),
  ]);
}

/**
 * Resolves when nobody has looked for as long as the plan allows; never while no conversation sees the candidate, or
 * once a person was asked.
 */
export async function blindTooLong(run: RolloutRun): Promise<Blind> {
  const { afterMs } = run.input.plan.policies.onBlind;
  const { blind } = run.state;
  if (blind === null || run.state.splitPercent === 0 || run.state.pausedFor === 'blind') return never();
  const leftMs = blind.sinceMs + afterMs - Date.now();
  const seen = leftMs > 0 && (await condition(() => run.state.blind === null, leftMs, { summary: 'nobody looks' }));
  return seen
    ? never()
    : {
        kind: 'blind',
        reason: `No judge that can act has looked since ${new Date(blind.sinceMs).toISOString()}: ${blind.why}`,
      };
}

function never(): Promise<never> {
  return condition(() => false) as Promise<never>;
}

async function watchOnce(
  run: RolloutRun,
  goal: WatchGoal,
  options: SuperviseOptions,
): Promise<WatchResult | { readonly kind: 'failed'; readonly reason: string }> {
  try {
    return await startWatch(run, goal, options);
  } catch (error) {
    if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error;
    return { kind: 'failed', reason: error.cause?.message ?? error.message };
  }
}

/**
 * Does the work while watching for harm and for an abort, so that an outage of the organisation never blinds the
 * engine.
 * The watch starts only when the work takes long: a call that answers at once costs no history.
 */
export async function guarded<T>(
  run: RolloutRun,
  work: () => Promise<T>,
  over: () => boolean,
): Promise<{ readonly value: T } | Watched> {
  run.writeInFlight = true;
  return firstOf<{ readonly value: T } | Watched>([
    () =>
      work().then((value) => {
        run.writeInFlight = false;
        return { value };
      }),
    () => condition(() => run.state.request?.kind === 'abort' || over()).then(() => ({ kind: 'until' as const })),
    async () => {
      await sleep('5s', { summary: 'the call takes long: watch meanwhile' });
      return supervise(run, { kind: 'hold' }, () => false, { tolerant: true, writing: true });
    },
  ]);
}

/** The person's request as an outcome; `continue` without one. */
export function requested(run: RolloutRun): StepOutcome {
  const { request } = run.state;
  if (request === null) return CONTINUE;
  return request.kind === 'abort' ? rollBackFor(`abort by ${request.by}: ${request.reason}`) : { kind: 'promote' };
}

/** First to settle wins; all others are cancelled. */
export async function firstOf<T>(starts: readonly (() => Promise<T>)[]): Promise<T> {
  return CancellationScope.cancellable(async () => {
    const scope = CancellationScope.current();
    try {
      return await Promise.race(starts.map((start) => start()));
    } finally {
      scope.cancel();
    }
  });
}

function startWatch(
  run: RolloutRun,
  goal: WatchGoal,
  { tolerant = false, writing = false }: SuperviseOptions,
): Promise<WatchResult> {
  const { deployment, opened, state, input } = run;
  if (deployment === null || opened === null) return never();
  const accepts = tolerant || state.paused;
  return watch.executeWithOptions({ summary: `watch at split ${state.splitPercent} % (${goal.kind})` }, [
    {
      rolloutId: run.rolloutId,
      deployment,
      guardrails: input.plan.guardrails,
      slices: input.plan.slices,
      policies: input.plan.policies,
      startSeq: opened.startSeq,
      rolloutStartedAtMs: opened.startedAtMs,
      splitPercent: state.splitPercent,
      previousPercent: run.previousPercent,
      splitSinceMs: run.splitSinceMs,
      goal,
      plannedEnd: run.plannedEnd,
      acceptSilence: accepts ? 'all' : state.accepted.silenceAtMs,
      acceptDistrust: accepts ? 'all' : state.accepted.distrust,
      expected: expectedOf(run, writing),
      knownDrift: state.knownDrift,
      tellSight: state.blind !== null,
      seen: run.seen,
    },
  ]);
}

function expectedOf(
  { state, promoted }: RolloutRun,
  writing: boolean,
): Pick<Expected, 'splitPercent' | 'stage' | 'acceptedRivals'> {
  return {
    splitPercent: writing ? null : state.splitPercent,
    stage: promoted ? 'alone' : 'both',
    acceptedRivals: state.accepted.rivals,
  };
}
