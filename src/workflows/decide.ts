/** What the end of a watch means by the plan's policies. */
import type { Drift, Written } from '../domain/rollout/drift.ts';
import { contentChanged, wayOut } from '../domain/rollout/drift-words.ts';
import type { ShownBudget } from '../domain/rollout/card-budget.ts';
import { isHarmed } from '../domain/rollout/overrides.ts';
import { holds, splitText } from '../domain/split/audience.ts';
import type { Audience } from '../domain/split/audience.ts';
import type { PauseCause } from '../domain/rollout/state.ts';
import { armLabel } from '../domain/rollout/deployment.ts';
import type { Deployment } from '../domain/rollout/deployment.ts';
import { applySplit, ensureExport, retireBaseline } from './activity-proxies.ts';
import { withLimit } from './deadline.ts';
import type { DeployedRun } from './run.ts';
import { closedOr, questionOf, whileClosed } from './window.ts';
import type { Found, StepOutcome, Watched } from './supervise.ts';
import { isRefused, refusalOr } from './refused.ts';
import type { Refused } from './refused.ts';
import { awaitLastWord, guarded, isAborted, lapsedReason, requested, rollBackForHarm, supervise } from './supervise.ts';

/** Drift is put right by itself so many times; then a person is asked. */
const MAX_REASSERTIONS = 3;

/** `leave`: the step's goal is met. `goOn`: what stopped the watch is dealt with. */
export type Decision =
  | { readonly kind: 'leave'; readonly end: Found }
  | { readonly kind: 'goOn' }
  | Extract<StepOutcome, { kind: 'rollBack' | 'promote' }>;

const GO_ON = { kind: 'goOn' } as const;

export async function decide(run: DeployedRun, end: Watched): Promise<Decision> {
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
      return pauseOrRollBack(run, policies.onNoData.do, end.reason, 'noData');
    case 'untrusted':
      return pauseOrRollBack(run, policies.onUntrusted, end.reason, 'untrusted');
    case 'alarm':
      return pauseFor(run, `${end.reason} This guardrail pauses: resume accepts it as it is shown.`, 'alarm');
    case 'spent':
      return end.budget === undefined ? GO_ON : decideSpent(run, end.budget, end.reason);
    case 'blind':
      return pauseOrRollBack(run, policies.onBlind.do, end.reason, 'blind');
    case 'setBack':
      return pauseFor(run, end.reason, 'setBack');
    case 'drift':
      return end.drift === undefined ? GO_ON : decideDrift(run, end.drift);
  }
}

/**
 * No more cards before a verdict: nobody sees the candidate, as is proven, until a person has decided; then the split
 * is what it was.
 */
async function decideSpent(run: DeployedRun, budget: ShownBudget, reason: string): Promise<Decision> {
  if (budget.do === 'rollback') return { kind: 'rollBack', reason };
  const { splitPercent: before, splitOf } = run.state;
  const lowered = await writeSplit(run, 0, 'no more cards before a verdict: split to 0 %');
  if (lowered.kind === 'rollBack') return lowered;
  const again = `Nobody sees the candidate now. Resume goes back to split ${splitText(before, splitOf)} for ${budget.cards} cards more.`;
  const decided = await pauseFor(run, `${reason} ${again}`, budget.of === 'step' ? 'stepCards' : 'rolloutCards');
  if (decided.kind === 'rollBack' || decided.kind === 'promote') return decided;
  if (isHarmed(run.state, Date.now())) return rollBackForHarm(run);
  return writeSplit(run, before, `split back to ${splitText(before, splitOf)}`, splitOf);
}

/** Drift that was noticed, by a look or by a write that was refused. */
export async function decideDrift(run: DeployedRun, drift: Drift): Promise<Decision> {
  const action = run.input.plan.policies.onDrift[drift.kind];
  if (action === 'rollback') {
    if (drift.kind === 'baselineContent' && drift.fingerprint !== undefined)
      run.dispatch({ kind: 'baselineTaken', fingerprint: drift.fingerprint });
    return { kind: 'rollBack', reason: contentChanged(drift) };
  }
  if (action === 'reassert' && run.state.reassertions < MAX_REASSERTIONS) return reassert(run, drift);
  if (drift.uncovered === true)
    return { kind: 'rollBack', reason: `${drift.message} Some conversations see no card, and a person may take days.` };
  const often = action === 'reassert' ? ` It was put right ${MAX_REASSERTIONS} times already.` : '';
  run.dispatch({ kind: 'drifted', drift, reasserted: false });
  return pauseFor(run, `${contentChanged(drift)}${often} ${wayOut(drift)}`, drift);
}

/**
 * Writes again what the rollout left there; nothing that another hand wrote is overwritten but its split and switch.
 */
async function reassert(run: DeployedRun, drift: Drift): Promise<Decision> {
  run.dispatch({ kind: 'drifted', drift, reasserted: true });
  if (drift.kind !== 'export' && run.state.promoted) return standAlone(run);
  if (drift.kind !== 'export')
    return writeSplit(
      run,
      run.state.splitPercent,
      `put split ${splitText(run.state.splitPercent, run.state.splitOf)} back`,
      run.state.splitOf,
    );
  const what = 'the export of events to be put back';
  const put = await write(run, { what, written: null, rises: false }, () =>
    ensureExport.executeWithOptions({ summary: 'put the export of events back' }, [
      { target: run.state.deployment.target },
    ]),
  );
  return 'value' in put ? GO_ON : put;
}

/** The version serves everybody and the baseline is off, proven; also when another hand has changed that. */
export async function standAlone(run: DeployedRun): Promise<Decision> {
  const { baseline, candidate } = run.state.deployment;
  const what = `the organisation to show ${candidate === null ? 'no version' : 'the new version alone'}`;
  const summary = baseline === null ? `${armLabel(candidate)} stands alone` : `retire v${baseline.version}`;
  const written = { splitPercent: 100, stage: 'alone' as const };
  const done = await write(run, { what, written, rises: !run.state.promoted }, (deployment) =>
    retireBaseline.executeWithOptions({ summary }, [
      { deployment, past: run.past(), acceptedRivals: run.state.accepted.rivals },
    ]),
  );
  if (!('value' in done)) return done.kind === 'goOn' ? takeBack(run) : done;
  await awaitLastWord(run, () => isAborted(run));
  run.dispatch({ kind: 'aloneProven', atMs: done.value.atMs });
  return fromRequest(run);
}

/** Sets the split and proves it; a rise waits where the calendar does not let it. */
export async function writeSplit(
  run: DeployedRun,
  percent: number,
  summary: string,
  of: Audience | null = null,
): Promise<Decision> {
  for (;;) {
    const { splitPercent: from, splitOf } = run.state;
    const isRise = percent > from || (percent > 0 && !holds(splitOf, of));
    const fromOf = splitOf === null ? {} : { fromOf: splitOf };
    const rise = { from, ...fromOf, question: questionOf(run) };
    const ofWhom = of === null ? {} : { of };
    const written: Written = { splitPercent: percent, ...ofWhom, stage: 'both' };
    const what = `the organisation to show split ${splitText(percent, of)}`;
    const done = await write(run, { what, written, rises: isRise }, (deployment, mayStand) =>
      closedOr(() =>
        applySplit.executeWithOptions({ summary }, [
          {
            deployment,
            percent,
            ...ofWhom,
            ...(isRise && { rise: { ...rise, ...(mayStand && { mayStand }) } }),
            past: run.past(),
          },
        ]),
      ),
    );
    if (!('value' in done)) return done.kind === 'goOn' ? takeBack(run) : done;
    if (!('closed' in done.value)) {
      const { atMs, state } = done.value;
      run.dispatch({ kind: 'splitProven', percent, ...ofWhom, atMs }, { correlationId: state.correlationId });
      return GO_ON;
    }
    run.dispatch({ kind: 'writeNotMade' });
    const opened = await whileClosed(run, done.value.closed, (end) => settle(run, end));
    if (opened.kind === 'rollBack' || opened.kind === 'promote') return opened;
    if (isHarmed(run.state, Date.now())) return rollBackForHarm(run);
    if (lapsed(run)) return GO_ON;
  }
}

/** A promotion of what is not proven that a closed window, or a pause, has held for too long: no split has risen by it. */
export function lapsed(run: DeployedRun): boolean {
  const lapses = run.state.decision?.lapses;
  if (lapses === undefined || run.state.splitPercent > lapses.fromPercent || Date.now() < lapses.atMs) return false;
  run.dispatch({ kind: 'lapsed', reason: lapsedReason(lapses.atMs) });
  return true;
}

/** What has lapsed may have been written all the same: nobody has proven it, nor that it was not made. */
function takeBack(run: DeployedRun): Promise<Decision> {
  const { unproven, splitPercent, splitOf } = run.state;
  if (unproven === null) return Promise.resolve(GO_ON);
  const { splitPercent: percent, of = null, stage } = unproven;
  if (stage === 'both' && percent === splitPercent && holds(splitOf, of)) return Promise.resolve(GO_ON);
  return writeSplit(run, splitPercent, `take split ${splitText(percent, of)} back`, splitOf);
}

async function settle(run: DeployedRun, end: Watched): Promise<Decision> {
  const decision = await decide(run, end);
  return decision.kind === 'goOn' ? whilePaused(run) : decision;
}

interface Write {
  readonly what: string;
  /** What is served then; null: as before. */
  readonly written: Written | null;
  /** It waits while the rollout is paused. */
  readonly rises: boolean;
}

/**
 * One write to the organisation, within the plan's limit and with the guardrails live. A refusal for another content is
 * drift, and decided like it; what was decided to go on is written again, and so is a rise that a pause gave up, unless it
 * has lapsed meanwhile (`goOn`). `mayStand`: something written before this call may stand there, for nobody has proven
 * it.
 */
async function write<T>(
  run: DeployedRun,
  { what, written, rises }: Write,
  call: (deployment: Deployment, mayStand: boolean) => Promise<T>,
): Promise<{ readonly value: T } | Exclude<Decision, { kind: 'leave' }>> {
  const isHeld = (): boolean => rises && run.state.paused;
  return withLimit(run, { ms: run.input.plan.policies.limits.splitMs, what, action: 'roll back' }, async (over) => {
    for (;;) {
      const mayStand = run.state.unproven !== null;
      const done = await guarded(
        run,
        () => refusalOr(run, () => call(run.state.deployment, mayStand)),
        () => over() || isHeld(),
        { written, rises },
      );
      if ('value' in done && !isRefused(done.value)) return { value: done.value };
      const isLeft = 'kind' in done && done.kind === 'until';
      if (isLeft && (over() || isAborted(run) || !isHeld()))
        return abortOr(run, `Waited for ${what}, and it did not come within its limit.`);
      const decision = isLeft
        ? await heldBack(run)
        : await ('value' in done ? decideRefused(run, done.value as Refused) : decide(run, done));
      if (decision.kind === 'rollBack' || decision.kind === 'promote') return decision;
      if (rises && lapsed(run)) return GO_ON;
    }
  });
}

/** Until it is resumed; what was given up may have taken effect all the same, which is no reason to rise after harm. */
async function heldBack(run: DeployedRun): Promise<Decision> {
  const decision = await whilePaused(run);
  return decision.kind === 'goOn' && isHarmed(run.state, Date.now()) ? rollBackForHarm(run) : decision;
}

function decideRefused(run: DeployedRun, { refused }: Refused): Promise<Decision> {
  return refused.kind === 'setBack' ? decide(run, refused) : decideDrift(run, refused);
}

function abortOr(run: DeployedRun, reason: string): { readonly kind: 'rollBack'; readonly reason: string } {
  const asked = requested(run);
  return asked.kind === 'rollBack' ? asked : { kind: 'rollBack', reason };
}

async function pauseOrRollBack(
  run: DeployedRun,
  action: 'pause' | 'rollback',
  reason: string,
  cause: PauseCause,
): Promise<Decision> {
  return action === 'rollback' ? { kind: 'rollBack', reason } : pauseFor(run, reason, cause);
}

/** An abort that came in the same moment has decided already. */
async function pauseFor(run: DeployedRun, reason: string, cause: PauseCause): Promise<Decision> {
  if (isAborted(run)) return fromRequest(run);
  run.dispatch({ kind: 'autoPaused', reason: `${reason}${unprovenText(run)}`, cause });
  return whilePaused(run);
}

/** More, or less, may be served than what the status calls proven. */
function unprovenText({ state: { unproven, splitPercent, splitOf } }: DeployedRun): string {
  if (unproven === null) return '';
  const { stage, splitPercent: percent, of } = unproven;
  const written = stage === 'alone' ? 'the end of the promotion' : `split ${splitText(percent, of)}`;
  return ` A write of our own is not proven: ${written} may be there already, in place of split ${splitText(splitPercent, splitOf)}.`;
}

/** Holds here while paused, guardrails live. */
export async function whilePaused(run: DeployedRun): Promise<Decision> {
  if (!run.state.paused) return fromRequest(run);
  const limit = {
    ms: run.input.plan.policies.limits.pauseMs,
    what: 'a person to resume',
    action: 'roll back',
    stopsInPause: false,
  };
  return withLimit(run, limit, (over) => holdPaused(run, over));
}

async function holdPaused(run: DeployedRun, over: () => boolean): Promise<Decision> {
  while (run.state.paused) {
    run.dispatch({ kind: 'standstillBegun' });
    const shown = run.state.pausedFor;
    // Whoever pauses again at once, or while a resume puts things right, begins another standstill.
    const until = (): boolean => run.state.standsSinceMs === null || over();
    const end = await supervise(run, { kind: 'hold' }, until, { tolerant: true });
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

/** What was moved is put back by whoever resumes. */
async function afterShown(run: DeployedRun, cause: PauseCause | null): Promise<Decision> {
  if (typeof cause !== 'object' || cause === null) return GO_ON;
  const moved = cause.kind === 'split' || cause.kind === 'enabled' || cause.kind === 'export';
  return moved && run.state.request === null ? reassert(run, cause) : GO_ON;
}

function fromRequest(run: DeployedRun): Decision {
  const asked = requested(run);
  return asked.kind === 'continue' ? GO_ON : asked;
}
