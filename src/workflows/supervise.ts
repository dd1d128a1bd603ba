/** Keeps the guardrails live while something else is waited for. */
import { ActivityFailure, CancellationScope, condition, isCancellation, sleep } from '@temporalio/workflow';
import type { WatchResult } from '../activities/types.ts';
import type { JudgeReport } from '../domain/judge/types.ts';
import { budgetsOf } from '../domain/rollout/card-budget.ts';
import { endOfOverride } from '../domain/rollout/overrides.ts';
import type { Written } from '../domain/rollout/drift.ts';
import type { DatabaseBehind } from '../domain/rollout/past.ts';
import type { WatchGoal } from '../domain/rollout/watch-decision.ts';
import { backOffMs } from '../domain/shared/back-off.ts';
import { splitText } from '../domain/split/audience.ts';
import { watch } from './activity-proxies.ts';
import type { DeployedRun } from './run.ts';
import { databaseBehindIn, historyBehindIn } from './past-differs.ts';

/** How a step ended. */
export type StepOutcome =
  | { readonly kind: 'continue' }
  | { readonly kind: 'promote' }
  | { readonly kind: 'rollBack'; readonly reason: string };

export const CONTINUE: StepOutcome = { kind: 'continue' };

export function rollBackFor(reason: string): Extract<StepOutcome, { kind: 'rollBack' }> {
  return { kind: 'rollBack', reason };
}

/**
 * `until`: what was waited for is there. `blind`: nobody could look for as long as the plan allows. Else what the watch
 * found.
 */
export type Watched = Found | { readonly kind: 'until' } | Blind | SetBack;

/** What a watch ended with that nobody had cancelled. */
export type Found = WatchResult & { readonly kind: Exclude<WatchResult['kind'], 'cancelled'> };

export interface Blind {
  readonly kind: 'blind';
  readonly reason: string;
}

/** The database knows less of the rollout than it did: what is left of it is judged on. */
export interface SetBack {
  readonly kind: 'setBack';
  readonly reason: string;
}

export interface SuperviseOptions {
  /** Silence and distrust stop nothing: a person is asked already, or has asked for it. */
  readonly tolerant?: boolean;
  /** A write of ours is on its way: only contents are compared. */
  readonly writing?: boolean;
}

/**
 * Watches until the goal is met (its result), or `until` becomes true. News (a verdict not seen before) is told and the
 * watch goes on. A watch that cannot run is started again and again, for as long as the plan lets nobody look.
 */
export async function supervise(
  run: DeployedRun,
  goal: WatchGoal,
  until: () => boolean,
  options: SuperviseOptions = {},
): Promise<Watched> {
  let failures = 0;
  while (!until()) {
    const { watchCalls } = run.state;
    const result = await firstOf<Watched | { readonly kind: 'cancelled' } | WatchFailure | { readonly kind: 'again' }>([
      () => watchOnce(run, goal, options),
      () => condition(until).then(() => ({ kind: 'until' as const })),
      () => condition(() => run.state.blind !== null).then(() => blindTooLong(run)),
      () => condition(() => run.state.watchCalls !== watchCalls).then(() => ({ kind: 'again' as const })),
    ]);
    if (result.kind === 'until' || result.kind === 'cancelled') break;
    if (result.kind === 'again') continue;
    if (result.kind === 'blind' || result.kind === 'setBack') return result;
    if (result.kind === 'failed') {
      failures += 1;
      if (run.state.blind === null) run.dispatch({ kind: 'blinded', reason: result.reason });
      const end = await backOff(run, failures, until);
      if (end !== null) return end;
      continue;
    }
    failures = 0;
    applyVerdict(run, result);
    if (result.kind !== 'news') return result;
  }
  return { kind: 'until' };
}

function applyVerdict(run: DeployedRun, { report, seen, firstCandidateCardAtMs }: Found): void {
  if (run.state.blind !== null) run.dispatch({ kind: 'sighted' });
  run.dispatch({ kind: 'judged', report, seen, firstCandidateCardAtMs });
}

const RETRY = { firstMs: 1000, maxMs: 5 * 60_000 };

/**
 * Before the watch is tried again; ends early when what is waited for is there, and for good when nobody has looked for
 * too long.
 */
export async function backOff(run: DeployedRun, failures: number, until: () => boolean): Promise<Watched | null> {
  return firstOf<Watched | null>([
    () => sleep(backOffMs(failures - 1, RETRY, 1), { summary: 'try the watch again' }).then(() => null),
    () => condition(until).then(() => null),
    () => blindTooLong(run),
  ]);
}

/**
 * Resolves when nobody has looked for as long as the plan allows; never while no conversation sees the candidate, or
 * once a person was asked.
 */
export async function blindTooLong(run: DeployedRun): Promise<Blind> {
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

interface WatchFailure {
  readonly kind: 'failed';
  readonly reason: string;
}

/**
 * One watch, which says its last word when it is cancelled: whoever cancels it goes on at once, and the word is heard
 * whenever it comes.
 */
async function watchOnce(
  run: DeployedRun,
  goal: WatchGoal,
  options: SuperviseOptions,
): Promise<WatchResult | WatchFailure | SetBack> {
  const race = CancellationScope.current();
  run.dispatch({ kind: 'watchBegun' });
  const result = await startWatch(run, goal, options)
    // Of a watch that nobody waits for any more nothing follows: the next one finds it as well.
    .catch((error: unknown) => failureOf(run, error, race.consideredCancelled))
    .finally(() => run.dispatch({ kind: 'watchOver' }));
  if (result.kind === 'failed' || result.kind === 'setBack') return result;
  if (result.looked === true) run.dispatch({ kind: 'looked' });
  // Whatever it ended with: harm may be what its last look found.
  if (race.consideredCancelled) hearLastWord(run, result.report);
  return result;
}

/** Of a run that has forgotten something nothing is left to watch. */
export function failureOf(run: DeployedRun, error: unknown, isLeft = false): WatchFailure | SetBack {
  if (isCancellation(error) || !(error instanceof ActivityFailure) || historyBehindIn(error) !== null) throw error;
  const behind = databaseBehindIn(error);
  if (behind !== null && !isLeft) return hearSetBack(run, behind);
  return { kind: 'failed', reason: error.cause?.message ?? error.message };
}

export function hearSetBack(run: DeployedRun, differs: DatabaseBehind): SetBack {
  run.dispatch({ kind: 'setBack', differs });
  return { kind: 'setBack', reason: differs.message };
}

/** It counts if it is of more than what is known. But for harm, whoever watches by then will tell. */
function hearLastWord(run: DeployedRun, report: JudgeReport): void {
  const { openWatches, outcome, report: known } = run.state;
  if (outcome !== null || cardsOf(report) <= cardsOf(known)) return;
  if (openWatches === 0 || report.verdict === 'harm') run.dispatch({ kind: 'judged', report });
}

function cardsOf(report: JudgeReport | null): number {
  return report === null ? 0 : report.n.baseline + report.n.candidate;
}

/** Longer than a cancellation takes to arrive; a worker that is gone says nothing, and is not waited for. */
const LAST_WORD = '6s';

/** Before an end is said: nothing that serves waits for this, for it stands already as it shall. */
export async function awaitLastWord(run: DeployedRun, unless: () => boolean = () => false): Promise<void> {
  await condition(() => run.state.openWatches === 0 || unless(), LAST_WORD, { summary: 'the last word of the watch' });
}

/**
 * Does the work while watching for harm and for an abort, so that an outage of the organisation never blinds the
 * engine.
 * The watch starts only when the work takes long: a call that answers at once costs no history.
 */
export async function guarded<T>(
  run: DeployedRun,
  work: () => Promise<T>,
  over: () => boolean,
  { written, rises }: { readonly written: Written | null; readonly rises: boolean },
): Promise<{ readonly value: T } | Watched> {
  run.dispatch({ kind: 'writeBegun', rises, ...(written !== null && { written }) });
  const made = (): Promise<{ readonly value: T }> =>
    work()
      .then((value) => {
        run.dispatch({ kind: 'writeAnswered' });
        return { value };
      })
      .finally(() => run.dispatch({ kind: 'writeOver', rises }));
  const long = { summary: 'the call takes long: watch meanwhile', writing: true };
  return watchedMeanwhile(run, made, () => isAborted(run) || over(), long);
}

/** The work, unless `until` holds first; what takes long is watched meanwhile, and ends with what that finds. */
export function watchedMeanwhile<T>(
  run: DeployedRun,
  work: () => Promise<T>,
  until: () => boolean,
  { summary, writing = false }: { readonly summary: string; readonly writing?: boolean },
): Promise<T | Watched> {
  return firstOf<T | Watched>([
    work,
    () => condition(until).then(() => ({ kind: 'until' as const })),
    async () => {
      await sleep('5s', { summary });
      return supervise(run, { kind: 'hold' }, () => false, { tolerant: true, writing });
    },
  ]);
}

/** After harm the split never rises again. */
export function rollBackForHarm({ state }: DeployedRun): Extract<StepOutcome, { kind: 'rollBack' }> {
  const { report, overrides, reason } = state;
  if (report?.verdict !== 'harm') return rollBackFor(reason);
  const ended = endOfOverride(overrides, report, Date.now());
  return rollBackFor([report.reason, ...(ended === null ? [] : [ended])].join(' '));
}

export function isAborted(run: DeployedRun): boolean {
  return run.state.request?.kind === 'abort';
}

export function lapsedReason(untilMs: number): string {
  return (
    `The promotion of what is not proven had to take effect before ${new Date(untilMs).toISOString()}; it goes on by ` +
    'the plan.'
  );
}

/** The person's request as an outcome; `continue` without one. */
export function requested(run: DeployedRun): StepOutcome {
  const { request } = run.state;
  if (request === null) return CONTINUE;
  if (request.untilMs !== undefined && Date.now() >= request.untilMs) {
    run.dispatch({ kind: 'lapsed', reason: lapsedReason(request.untilMs) });
    return CONTINUE;
  }
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
  run: DeployedRun,
  goal: WatchGoal,
  { tolerant = false, writing = false }: SuperviseOptions,
): Promise<WatchResult> {
  const { rolloutId, state, input } = run;
  const past = run.past();
  const { guardrails, slices, policies } = input.plan;
  const { deployment, opened, splitPercent, accepted, overrides } = state;
  const acceptsAll = tolerant || state.paused;
  // Not while a write is under way: what it is for comes first, and the watch after it tells at once.
  const budgets = writing || splitPercent === 0 ? [] : budgetsOf(input.plan, state);
  return watch.executeWithOptions(
    { summary: `watch at split ${splitText(splitPercent, state.splitOf)} (${goal.kind})` },
    [
      {
        rolloutId,
        past,
        deployment,
        guardrails,
        slices,
        policies,
        startSeq: opened.startSeq,
        rolloutStartedAtMs: opened.startedAtMs,
        splitPercent,
        previousPercent: state.previousPercent,
        splitSinceMs: state.splitSinceMs,
        goal,
        plannedEnd: state.plannedEnd,
        acceptSilence: acceptsAll ? 'all' : accepted.silenceAtMs,
        ...(accepted.missing !== undefined && { acceptMissing: accepted.missing }),
        acceptDistrust: acceptsAll ? 'all' : accepted.distrust,
        acceptAlarms: acceptsAll ? 'all' : accepted.alarms,
        expected: {
          splitPercent: writing ? null : splitPercent,
          ...(state.splitOf !== null && { of: state.splitOf }),
          stage: state.promoted ? 'alone' : 'both',
          ...(!writing && state.unproven !== null && { written: state.unproven }),
          acceptedRivals: accepted.rivals,
        },
        ...(budgets.length > 0 && { budgets }),
        knownDrift: state.knownDrift,
        tellSight: state.blind !== null || state.figuresAsked,
        ...(overrides.length > 0 && { overrides }),
        seen: state.seen,
      },
    ],
  );
}
