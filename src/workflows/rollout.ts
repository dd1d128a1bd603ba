import { ActivityFailure, CancellationScope, isCancellation } from '@temporalio/workflow';
import { ORGANISATION_CODES } from '../domain/plan/codes.ts';
import type { Problem } from '../domain/plan/plan.ts';
import { genesys, local } from './activity-proxies.ts';
import { promote, rollBack } from './ending.ts';
import type { RolloutInput, RolloutResult } from './messages.ts';
import { RolloutRun } from './run.ts';
import { runStep, whilePaused } from './steps.ts';
import type { Stop } from './supervise.ts';
import { requested } from './supervise.ts';

/** One durable run of a plan: validate, deploy, step by step, promote; or roll back and prove it. */
export async function rollout(input: RolloutInput): Promise<RolloutResult> {
  const run = new RolloutRun(input);
  const refused = await prepare(run);
  if (refused !== null) return finish(run, 'rejected', refused);
  const stop = await unlessCancelled(() => takeSteps(run));
  if (stop.kind !== 'rollBack') return finish(run, 'promoted', promotedBecause(run));
  await rollBack(run, stop.reason);
  return finish(run, 'rolledBack', stop.reason);
}

/** Nothing that serves is changed in here; a problem ends the rollout as `rejected`. Returns why, or null. */
async function prepare(run: RolloutRun): Promise<string | null> {
  try {
    return await validateAndDeploy(run);
  } catch (error) {
    if (isCancellation(error)) return 'Cancelled before anything was changed.';
    if (error instanceof ActivityFailure) return error.cause?.message ?? error.message;
    throw error;
  }
}

async function validateAndDeploy(run: RolloutRun): Promise<string | null> {
  const { plan, startedBy, reason, force } = run.input;
  const { action } = plan;
  run.tell({ kind: 'entered', phase: 'validating', waitingFor: 'preflight: the plan and the card are checked, nothing has been written', reason: reason ?? '' }, startedBy);
  run.opened = await local.open();
  const { problems } = await local.validate.executeWithOptions({ summary: 'preflight' }, [{ plan, force: force ?? false }]);
  const errors = problems.filter((problem) => problem.severity === 'error');
  if (errors.length > 0) return `Preflight found ${errors.length} problem(s): ${errors.map((problem) => `${problem.code} at ${problem.path}: ${problem.message}`).join('; ')}`;
  if (run.state.request?.kind === 'abort') return `Aborted before anything was written, by ${run.state.request.by}: ${run.state.request.reason}`;
  run.tell({ kind: 'entered', phase: 'deploying', waitingFor: `v${action.version} to exist in the organisation, at split 0`, ...warned(problems, reason) });
  // An abort in here waits for the answer: only then is it known what there is to roll back.
  await CancellationScope.nonCancellable(async () => {
    await genesys.ensureExport.executeWithOptions({ summary: 'event export' }, []);
    run.deployment = await genesys.deploy.executeWithOptions({ summary: `deploy v${action.version} at split 0` }, [{ action, rolloutId: run.rolloutId }]);
  });
  return null;
}

/** What `lint` could not warn of, for it asks no organisation: a person hears it in the status and in the audit log. */
function warned(problems: readonly Problem[], why: string | undefined): { readonly reason?: string } {
  const found = problems.filter(({ code }) => (ORGANISATION_CODES as readonly string[]).includes(code));
  const warnings = found.map(({ code, message, remedy }) => `Warning, ${code}: ${message} ${remedy}`);
  return found.length === 0 ? {} : { reason: [...(why === undefined ? [] : [why]), ...warnings].join('\n') };
}

async function takeSteps(run: RolloutRun): Promise<Stop> {
  for (const [index, step] of run.input.plan.steps.entries()) {
    const stop = (await whilePaused(run)) ?? requested(run) ?? await runStep(run, step, index);
    if (stop.kind === 'rollBack') return stop;
    if (stop.kind === 'promote') return promote(run, true);
  }
  run.tell({ kind: 'stepStarted', step: run.input.plan.steps.length });
  return promote(run, requested(run)?.kind === 'promote');
}

/** A cancel from Temporal means abort. */
async function unlessCancelled(steps: () => Promise<Stop>): Promise<Stop> {
  try {
    return await steps();
  } catch (error) {
    if (isCancellation(error)) return { kind: 'rollBack', reason: 'Cancelled through Temporal.' };
    if (error instanceof ActivityFailure) return { kind: 'rollBack', reason: error.cause?.message ?? error.message };
    throw error;
  }
}

function promotedBecause(run: RolloutRun): string {
  const { request, report } = run.state;
  if (request?.kind === 'promote') return `promote by ${request.by}: ${request.reason}`;
  return report?.reason ?? 'promoted by the plan';
}

async function finish(run: RolloutRun, outcome: RolloutResult['outcome'], reason: string): Promise<RolloutResult> {
  return CancellationScope.nonCancellable(async () => {
    run.tell({ kind: 'ended', outcome, reason });
    await run.recorded();
    const { version, baselineVersion, splitPercent, steps, deployment, report, safety } = run.status();
    return { outcome, version, reason, report, safety, baselineVersion, splitPercent, steps, deployment };
  });
}

