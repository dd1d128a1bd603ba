/** Brings the baseline of an action back that nobody watches over, without its plan, and proves it. */
import type { Client } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { healthOf, isByHand, isDeserted, orphansBeside } from '../domain/guardian/health.ts';
import type { Health } from '../domain/guardian/health.ts';
import type { Recovery } from '../domain/guardian/recovery.ts';
import { goOn, planRestore } from '../domain/guardian/restore-plan.ts';
import type { Begun, RestorePlan } from '../domain/guardian/restore-plan.ts';
import type { OpenRow, SeenRun } from '../domain/guardian/seen.ts';
import { GUARDIAN_RULES, isUnderTrial } from '../domain/guardian/seen.ts';
import { isRestored } from '../domain/rollout/proofs.ts';
import type { Targets } from '../targets/index.ts';
import { armLabel } from '../domain/rollout/deployment.ts';
import type { Deployment, VersionRef } from '../domain/rollout/deployment.ts';
import { TargetError } from '../targets/target-error.ts';
import type { TargetState } from '../targets/target.ts';
import type { SeenVersion } from '../domain/split/seen-version.ts';
import { guardianSignal, rolloutWorkflowId } from '../workflows/messages.ts';
import type { LookDeps } from './look.ts';
import { openRows, surveyEach } from './look.ts';
import { lostBuilds } from './lost-builds.ts';
import { endRun } from './end-run.ts';
import { seeRun } from './seen-run.ts';

export interface RestoreDeps extends Pick<LookDeps, 'db' | 'now' | 'onStoreAway'> {
  readonly targets: Targets;
  /** Puts on record that the baseline of a rollout comes back; once, however often it is said. */
  readonly announce: (restoring: Restoring) => Promise<void>;
  /** Absent: it is tried but once. */
  readonly attempt?: Attempt;
}

/** What one attempt owes to the next, and to whoever waits for it. */
export interface Attempt {
  /** What one before it was about to write; null: none came so far. */
  readonly begun: Begun | null;
  /** Kept for the next, before anything is written. */
  readonly begin: (begun: Begun) => void;
  /** Puts on record, once, that no attempt gets further before a person has done something. */
  readonly askPerson: (recovery: NeedsPerson) => Promise<void>;
}

type NeedsPerson = Extract<Recovery, { kind: 'needsPerson' }>;

export interface Restoring {
  readonly action: string;
  readonly rolloutId: string;
  /** Who asked for it. */
  readonly by: string;
}

/**
 * What stands now is looked at anew at each attempt: it may have changed since it was found, and a run may have begun.
 */
export async function restoreBaseline(
  deps: RestoreDeps,
  client: Client,
  { action, by }: Pick<Restoring, 'action' | 'by'>,
): Promise<Recovery> {
  const { versions, unseen } = await surveyEach(deps.targets, (target) => target.survey(action, 'safety'));
  // What stands there may be what is to be taken back.
  if (unseen[0] !== undefined && !versions.some(isUnderTrial)) throw unseen[0].error;
  const newest = await seeRun(client, rolloutWorkflowId(action));
  const found = await healthNow(deps, client, newest);
  const begun = begunOf(deps.attempt, newest);
  const shown = versions.filter((one) => isUnderTrial(one) || begun?.candidates.includes(one.id) === true);
  if (
    (found.kind === 'well' || found.kind === 'blind') &&
    (newest === null || orphansBeside(newest, shown).length === 0)
  )
    return { kind: 'watched', why: watchedBecause(action, newest, found, shown.length > 0) };
  const { run, health } = await ownerOf(deps, client, { action, shown, newest, found });
  const plan = goOn(planOf(versions, run, await openRows(deps, action)), begun, versions);
  const { why } = health;
  const rolloutId = run?.runId ?? shown.find((one) => one.rolloutId !== null)?.rolloutId ?? null;
  if (plan.kind === 'needsPerson')
    return {
      kind: 'needsPerson',
      rolloutId,
      why: `${capital(why)}, and ${plan.why}.${begun === null ? ' Nothing was written.' : ''}`,
    };
  const told = {
    rolloutId,
    ended: endedAs(run, health),
    foreign: plan.foreign.map(nameOf),
    byHand: isByHand(run),
    why: `${capital(why)}.`,
  };
  if (plan.kind === 'nothing') return { kind: 'nothing', ...told };
  // First: should it wake in between, it does the same by itself.
  if (health.kind === 'frozen' && run !== null) {
    const restoring = { action, rolloutId: run.runId, by };
    // It believes what is on record. A store that is away keeps no baseline from coming back: it is told again then.
    await deps.announce(restoring).catch(deps.onStoreAway);
    await tellRestored(client, restoring);
  }
  const splitPercent = Math.max(begun?.splitPercent ?? 0, shareOf(plan));
  deps.attempt?.begin({
    newest: newest?.runId ?? null,
    baseline: plan.baseline?.id ?? null,
    candidates: plan.candidates.map(({ id }) => id),
    splitPercent,
  });
  const state = await bringBack(deps.targets, action, plan.baseline, plan.candidates).catch(async (error: unknown) => {
    if (isForPerson(error)) await deps.attempt?.askPerson(personFor(rolloutId, `${told.why} ${error.message}`));
    throw error;
  });
  const isEnded = health.kind === 'frozen' && run !== null && (await endStuck(client, action, run));
  return {
    kind: 'restored',
    ...told,
    ...(isEnded && { ended: 'terminated', why: `${told.why} It could never go on, and was ended.` }),
    baseline: plan.baseline && nameOf(plan.baseline),
    candidates: plan.candidates.map(nameOf),
    splitPercent,
    provenAt: new Date(deps.now()).toISOString(),
    correlationId: state?.correlationId ?? null,
  };
}

/** What the candidates have, of a version that is being retired what it has not. */
function shareOf({ baseline, candidates }: Extract<RestorePlan<SeenVersion>, { kind: 'restore' }>): number {
  return Math.max(
    baseline !== null && candidates.length === 0 ? 100 - baseline.splitPercent : 0,
    ...candidates.map(({ splitPercent }) => splitPercent),
  );
}

/** A run that began since then may have shown what it likes. */
function begunOf(attempt: Attempt | undefined, newest: SeenRun | null): Begun | null {
  return attempt?.begun?.newest === (newest?.runId ?? null) ? attempt.begun : null;
}

function personFor(rolloutId: string | null, why: string): NeedsPerson {
  return { kind: 'needsPerson', rolloutId, why: `${why} It is tried again until it is done.` };
}

/** What another hand chose is never overwritten, and what it deleted is not made again: only a person gets any further. */
function isForPerson(error: unknown): error is TargetError {
  return error instanceof TargetError && (error.drift?.kind === 'rival' || error.code === 'VersionMissing');
}

/** As Temporal gives them. */
const RUN_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

type Judged = Extract<Health, { kind: 'dead' | 'frozen' }>;

/** On a build that nobody runs it does nothing, whatever its workers did last. */
async function healthNow({ now }: RestoreDeps, client: Client, run: SeenRun | null): Promise<Health> {
  const health = healthOf(run, undefined, now(), GUARDIAN_RULES);
  if (run?.build === undefined || !isDeserted(run, health)) return health;
  const lost = await lostBuilds(client, [run], now());
  return lost.has(run.build)
    ? { kind: 'frozen', why: `it is on build ${run.build}, which nobody runs any more`, sinceMs: 0 }
    : health;
}

/** Whose candidates are shown: a later run may have been refused, or may not have come so far. */
async function ownerOf(
  { now }: RestoreDeps,
  client: Client,
  given: {
    readonly action: string;
    readonly shown: readonly SeenVersion[];
    readonly newest: SeenRun | null;
    readonly found: Health;
  },
): Promise<{ readonly run: SeenRun | null; readonly health: Judged }> {
  const { action, shown, newest, found } = given;
  const ownerId = shown.find(({ rolloutId }) => rolloutId !== null)?.rolloutId ?? newest?.runId;
  if (ownerId === newest?.runId && (found.kind === 'dead' || found.kind === 'frozen'))
    return { run: newest, health: found };
  // A hand may have written any mark.
  const run =
    ownerId === undefined || !RUN_ID.test(ownerId) ? null : await seeRun(client, rolloutWorkflowId(action), ownerId);
  const health = healthOf(run, undefined, now(), GUARDIAN_RULES);
  const isOver = health.kind === 'dead' || health.kind === 'frozen';
  return { run, health: isOver ? health : { kind: 'dead', why: 'its run is another than the one that goes on' } };
}

/** Each target by itself: what serves on one is no baseline of another's candidate. */
function planOf(
  versions: readonly SeenVersion[],
  run: SeenRun | null,
  rows: readonly OpenRow[],
): RestorePlan<SeenVersion> {
  const kinds = [...new Set(versions.map(({ target }) => target))];
  const plans = kinds.map((kind) =>
    planRestore(
      versions.filter(({ target }) => target === kind),
      run,
      rows,
    ),
  );
  return (
    plans.find(({ kind }) => kind === 'restore') ??
    plans.find(({ kind }) => kind === 'needsPerson') ?? {
      kind: 'nothing',
      foreign: plans.flatMap((plan) => (plan.kind === 'nothing' ? plan.foreign : [])),
    }
  );
}

/** One candidate after the other; the first write of each makes the baseline serve everybody. */
async function bringBack(
  targets: Targets,
  action: string,
  baseline: SeenVersion | null,
  candidates: readonly SeenVersion[],
): Promise<TargetState | undefined> {
  let state: TargetState | undefined;
  for (const candidate of candidates.length === 0 ? [null] : candidates) {
    const kind = (candidate ?? baseline)?.target;
    if (kind === undefined) continue;
    const target = targets.of(kind);
    const deployment: Deployment = {
      target: kind,
      actionName: action,
      baseline: baseline && refOf(baseline),
      candidate: candidate && refOf(candidate),
      handle: (candidate ?? baseline)?.handle,
    };
    await target.retire(deployment, 'candidate', 'safety');
    state = await target.readBack(deployment, 'safety');
    if (isRestored(state, deployment)) continue;
    throw ApplicationFailure.retryable(
      `Asked the organisation for ${armLabel(deployment.baseline)} of ${action} at 100 %, read back ` +
        `${JSON.stringify(state)}. It is tried again until they agree; see who else changes it.`,
      'ReadBackDiffers',
    );
  }
  return state;
}

/** As it stands: what serves as the baseline is restored, and nothing else is judged of it. */
function refOf({ id, version, fingerprint }: SeenVersion): VersionRef {
  return { id, version, fingerprint };
}

/** Wherever it is sent twice, the second changes nothing. */
export async function tellRestored(client: Client, { action, rolloutId }: Omit<Restoring, 'by'>): Promise<void> {
  try {
    await client.workflow.getHandle(rolloutWorkflowId(action), rolloutId).signal(guardianSignal, {
      kind: 'restored',
      reason: 'The rollout did nothing any more while its candidate was shown, so the baseline was brought back.',
    });
  } catch (error) {
    // It has ended in the meantime.
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  }
}

/**
 * A run that does not replay holds its action's id for ever, and has nothing left to do once the baseline is back. True:
 * it is over.
 */
async function endStuck(client: Client, action: string, { runId, frozen }: SeenRun): Promise<boolean> {
  if (frozen?.isForGood !== true) return false;
  await endRun(client, {
    workflowId: rolloutWorkflowId(action),
    runId,
    reason: `Its baseline is back, and it could never go on: ${frozen.failure}`,
    by: 'guardian',
  });
  return true;
}

function endedAs(run: SeenRun | null, health: Health): string | null {
  if (health.kind !== 'dead') return null;
  return run === null || run.state === 'continuedAsNew' ? 'terminated' : run.state;
}

function watchedBecause(action: string, run: SeenRun | null, health: Health, isShown: boolean): string {
  const version = run?.version == null ? '' : ` v${run.version}`;
  const of = `The rollout of ${action}${version} runs (run ${run?.runId ?? '?'})`;
  if (health.kind === 'blind') return `${of}; ${health.why}, but it takes acts.`;
  return isShown ? `${of} and watches what it has put before agents.` : `${of} and has put nothing before agents.`;
}

function nameOf({ version, id }: SeenVersion): string {
  return `v${version} (${id})`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
