/** What the end of a watch means by the plan's policies. */
import type { WatchResult } from '../activities/types.ts';
import type { Drift } from '../domain/rollout/drift.ts';
import type { PauseCause } from '../domain/rollout/state.ts';
import type { Deployment } from '../targets/target.ts';
import { applySplit, ensureExport, retireBaseline } from './activity-proxies.ts';
import { withLimit } from './deadline.ts';
import type { RolloutRun } from './run.ts';
import type { StepOutcome, Watched } from './supervise.ts';
import { guarded, requested, supervise } from './supervise.ts';

/** Drift is put right by itself so many times; then a person is asked. */
const MAX_REASSERTIONS = 3;

/** `leave`: the step's goal is met. `goOn`: what stopped the watch is dealt with. */
export type Decision =
  | { readonly kind: 'leave'; readonly end: WatchResult }
  | { readonly kind: 'goOn' }
  | Extract<StepOutcome, { kind: 'rollBack' | 'promote' }>;

const GO_ON: Decision = { kind: 'goOn' };

export async function decide(run: RolloutRun, end: Watched): Promise<Decision> {
  const { policies } = run.input.plan;
  switch (end.kind) {
    case 'harm':
      return { kind: 'rollBack', reason: end.reason };
    case 'until':
    case 'news':
      return GO_ON;
    case 'advance':
    case 'undecided':
      return { kind: 'leave', end };
    case 'noData':
      return policies.onNoData.do === 'rollback'
        ? { kind: 'rollBack', reason: end.reason }
        : pauseFor(run, end.reason, 'noData');
    case 'untrusted':
      return policies.onUntrusted === 'rollback'
        ? { kind: 'rollBack', reason: end.reason }
        : pauseFor(run, end.reason, 'untrusted');
    case 'blind':
      return policies.onBlind.do === 'rollback'
        ? { kind: 'rollBack', reason: end.reason }
        : pauseFor(run, end.reason, 'blind');
    case 'drift':
      return end.drift === undefined ? GO_ON : decideDrift(run, end.drift);
  }
}

/** Drift that was noticed, by a look or by a write that was refused. */
export async function decideDrift(run: RolloutRun, drift: Drift): Promise<Decision> {
  const action = run.input.plan.policies.onDrift[drift.kind];
  if (action === 'rollback') {
    if (drift.kind === 'baselineContent' && drift.fingerprint !== undefined) run.acceptBaseline(drift.fingerprint);
    return { kind: 'rollBack', reason: contentChanged(drift) };
  }
  if (action === 'reassert' && run.state.reassertions < MAX_REASSERTIONS) return reassert(run, drift);
  if (drift.uncovered === true)
    return { kind: 'rollBack', reason: `${drift.message} Some conversations see no card, and a person may take days.` };
  const often = action === 'reassert' ? ` It was put right ${MAX_REASSERTIONS} times already.` : '';
  run.tell({ kind: 'drifted', drift, reasserted: false });
  return pauseFor(run, `${contentChanged(drift)}${often} ${wayOut(drift)}`, drift);
}

function contentChanged(drift: Drift): string {
  return drift.kind === 'candidateContent' || drift.kind === 'baselineContent'
    ? `ContentChanged: ${drift.message}`
    : drift.message;
}

function wayOut({ kind }: Drift): string {
  switch (kind) {
    case 'baselineContent':
      return (
        'Resume goes on with the baseline as it now is, abort goes back to it as it now is; or put its content ' +
        'back first.'
      );
    case 'candidateContent':
      return 'Put its content back and resume, or abort: what was not checked is never raised.';
    case 'rival':
      return 'Resume goes on beside it, abort rolls this rollout back; neither changes the other version.';
    case 'deleted':
      return 'Abort ends this rollout.';
    case 'split':
    case 'enabled':
    case 'export':
      return 'Resume puts it right again, abort rolls back.';
  }
}

/**
 * Writes again what the rollout left there; nothing that another hand wrote is overwritten but its split and switch.
 */
async function reassert(run: RolloutRun, drift: Drift): Promise<Decision> {
  run.tell({ kind: 'drifted', drift, reasserted: true });
  if (drift.kind !== 'export' && run.promoted) return standAlone(run);
  if (drift.kind !== 'export')
    return writeSplit(run, run.state.splitPercent, `put split ${run.state.splitPercent} % back`);
  const what = 'the export of events to be put back';
  const put = await write(run, what, () =>
    ensureExport.executeWithOptions({ summary: 'put the export of events back' }, []),
  );
  return 'value' in put ? GO_ON : put;
}

/** The version serves everybody and the baseline is off, proven; also when another hand has changed that. */
export async function standAlone(run: RolloutRun): Promise<Decision> {
  const version = run.deployment?.baseline.version ?? '';
  const done = await write(run, 'the organisation to show the new version alone', (deployment) =>
    retireBaseline.executeWithOptions({ summary: `retire v${version}` }, [{ deployment, rolloutId: run.rolloutId }]),
  );
  if (!('value' in done)) return done;
  run.learnLast(done.value.report);
  run.retired = done.value;
  return GO_ON;
}

/** Sets the split and proves it. */
export async function writeSplit(run: RolloutRun, percent: number, summary: string): Promise<Decision> {
  const done = await write(run, `the organisation to show split ${percent} %`, (deployment) =>
    applySplit.executeWithOptions({ summary }, [{ deployment, percent }]),
  );
  if (!('value' in done)) return done;
  if (percent !== run.state.splitPercent) run.previousPercent = run.state.splitPercent;
  run.splitSinceMs = done.value.atMs;
  run.tell({ kind: 'splitProven', percent }, 'engine', done.value.state.correlationId);
  return GO_ON;
}

/**
 * One write to the organisation, within the plan's limit and with the guardrails live. A refusal for another content is
 * drift, and decided
 * like it; what was decided to go on is written again.
 */
export async function write<T>(
  run: RolloutRun,
  what: string,
  call: (deployment: Deployment) => Promise<T>,
): Promise<{ readonly value: T } | Exclude<Decision, { kind: 'goOn' | 'leave' }>> {
  return withLimit(run, { ms: run.input.plan.policies.limits.splitMs, what, action: 'roll back' }, async (over) => {
    for (;;) {
      const { deployment } = run;
      if (deployment === null) return { kind: 'rollBack', reason: 'nothing is deployed' };
      const done = await guarded(run, () => contentOr(() => call(deployment)), over);
      if ('value' in done && !isRefused(done.value)) return { value: done.value };
      if ('kind' in done && done.kind === 'until')
        return abortOr(run, `Waited for ${what}, and it did not come within its limit.`);
      const decision =
        'value' in done ? await decideDrift(run, (done.value as Refused).drift) : await decide(run, done);
      if (decision.kind === 'rollBack' || decision.kind === 'promote') return decision;
    }
  });
}

interface Refused {
  readonly refused: true;
  readonly drift: Drift;
}

function isRefused(value: unknown): value is Refused {
  return typeof value === 'object' && value !== null && 'refused' in value;
}

function abortOr(run: RolloutRun, reason: string): { readonly kind: 'rollBack'; readonly reason: string } {
  const asked = requested(run);
  return asked.kind === 'rollBack' ? asked : { kind: 'rollBack', reason };
}

/** The answer, or the drift for which the write was refused. */
async function contentOr<T>(call: () => Promise<T>): Promise<T | Refused> {
  try {
    return await call();
  } catch (error) {
    const drift = driftIn(error);
    if (drift === null) throw error;
    return { refused: true, drift };
  }
}

function driftIn(error: unknown): Drift | null {
  const cause = typeof error === 'object' && error !== null && 'cause' in error ? error.cause : null;
  if (
    typeof cause !== 'object' ||
    cause === null ||
    !('type' in cause) ||
    cause.type !== 'ContentChanged' ||
    !('details' in cause)
  )
    return null;
  return Array.isArray(cause.details) ? ((cause.details[0] as Drift | undefined) ?? null) : null;
}

async function pauseFor(run: RolloutRun, reason: string, cause: PauseCause): Promise<Decision> {
  run.tell({ kind: 'autoPaused', reason, cause });
  return whilePaused(run);
}

/** Holds here while paused, guardrails live. */
export async function whilePaused(run: RolloutRun): Promise<Decision> {
  if (!run.state.paused) return fromRequest(run);
  const limit = {
    ms: run.input.plan.policies.limits.pauseMs,
    what: 'a person to resume',
    action: 'roll back',
    stopsInPause: false,
  };
  run.waitsOutPause = true;
  try {
    return await withLimit(run, limit, (over) => holdPaused(run, over));
  } finally {
    run.waitsOutPause = false;
  }
}

async function holdPaused(run: RolloutRun, over: () => boolean): Promise<Decision> {
  while (run.state.paused) {
    const shown = run.state.pausedFor;
    const end = await supervise(run, { kind: 'hold' }, () => !run.state.paused || over(), { tolerant: true });
    if (over() && run.state.paused)
      return {
        kind: 'rollBack',
        reason: `Nobody resumed within the limit of the pause. It was for: ${run.state.reason}`,
      };
    const stop = end.kind === 'until' ? await afterShown(run, shown) : await decide(run, end);
    if (stop.kind === 'rollBack') return stop;
  }
  return fromRequest(run);
}

/**
 * What a person did about a pause for drift, who was shown it: a changed baseline is taken as it is; what was moved is
 * put back by a resume.
 */
async function afterShown(run: RolloutRun, cause: PauseCause | null): Promise<Decision> {
  if (typeof cause !== 'object' || cause === null) return GO_ON;
  if (cause.kind === 'baselineContent' && cause.fingerprint !== undefined) run.acceptBaseline(cause.fingerprint);
  const moved = cause.kind === 'split' || cause.kind === 'enabled' || cause.kind === 'export';
  return moved && run.state.request === null ? reassert(run, cause) : GO_ON;
}

function fromRequest(run: RolloutRun): Decision {
  const asked = requested(run);
  return asked.kind === 'continue' ? GO_ON : asked;
}
