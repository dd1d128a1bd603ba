import { ActivityFailure, CancellationScope, condition, isCancellation, workflowInfo } from '@temporalio/workflow';
import { asksUndo } from '../domain/registry/undo-input.ts';
import { ORGANISATION_CODES } from '../domain/plan/codes.ts';
import { noCardIn } from '../domain/plan/no-card.ts';
import type { Problem } from '../domain/plan/problem.ts';
import { preflightRefusal } from '../domain/rollout/audit-reason.ts';
import type { RolloutInput } from '../domain/rollout/input.ts';
import { parseRolloutInput } from '../domain/rollout/input.ts';
import type { RolloutResult } from '../domain/rollout/view.ts';
import { authoriseBeginning } from './authorise.ts';
import { deploy, ensureExport, open, validate } from './activity-proxies.ts';
import { withLimit } from './deadline.ts';
import { finish, refuse } from './end.ts';
import type { Cancelled } from './called-off.ts';
import { hearWaves } from './called-off.ts';
import { answer } from './handlers.ts';
import { promote } from './promotion.ts';
import { rollBack } from './roll-back.ts';
import { watchOn } from './long-watch.ts';
import { rolloutWorkflowId } from './messages.ts';
import type { DeployedRun, RolloutRun } from './run.ts';
import { isDeployed, startRun } from './run.ts';
import { undo } from './undo.ts';
import { whilePaused } from './decide.ts';
import { historyBehindIn } from './past-differs.ts';
import { unlessSetBack } from './set-back.ts';
import { abortedBefore, untilOpen, untilStart } from './schedule.ts';
import { startPassing } from './pass-over.ts';
import { outcomeOf, runStep } from './steps.ts';
import type { StepOutcome } from './supervise.ts';
import { firstOf, isAborted, requested, rollBackFor } from './supervise.ts';
import type { Closed } from './window.ts';
import { closedOr, questionOf } from './window.ts';

/**
 * One durable run of a plan: validate, deploy, step by step, promote; or roll back and prove it. Or an undo, which no
 * rollout of the action may run beside.
 */
export async function rollout(given: unknown): Promise<RolloutResult> {
  if (asksUndo(given)) return undo(given);
  const parsed = parseInput(given);
  if ('refused' in parsed) return refuse(given, parsed.refused);
  const run = startRun(parsed.input);
  answer(run);
  const cancelled = hearWaves(run);
  return unlessSetBack(run, () => rollOut(run, given, cancelled));
}

async function rollOut(run: RolloutRun, given: unknown, cancelled: Cancelled): Promise<RolloutResult> {
  const deployed = await prepare(run, given, cancelled);
  if (typeof deployed === 'string') return finish(run, 'rejected', deployed);
  const outcome = await unlessCancelled(cancelled, () => takeSteps(deployed));
  // An abort that was taken in this very moment is kept: nothing is waited for between this question and the end.
  const last = outcome.kind === 'rollBack' || !isAborted(deployed) ? outcome : requested(deployed);
  if (last.kind !== 'rollBack')
    return finish(
      run,
      run.input.plan.retire === true ? 'retired' : 'promoted',
      run.state.decision?.reason ?? 'promoted by the plan',
    );
  return finish(run, 'rolledBack', await rollBack(deployed, last.reason));
}

/**
 * Whoever started it: what is no plan, or runs under another name than its action's, is refused before anything is
 * done.
 */
function parseInput(given: unknown): { readonly input: RolloutInput } | { readonly refused: string } {
  const parsed = parseRolloutInput(given);
  if (!parsed.ok) {
    const problems = parsed.problems.map(
      ({ path, message, remedy }) => `${path === '' ? '' : `${path}: `}${message} ${remedy}`,
    );
    return { refused: `The plan was refused: ${problems.join('; ')}` };
  }
  const expected = rolloutWorkflowId(parsed.input.plan.action.name);
  const { workflowId } = workflowInfo();
  return workflowId === expected
    ? { input: parsed.input }
    : {
        refused:
          `The workflow id is ${workflowId}; expected ${expected}, which keeps two rollouts of one action apart. ` +
          `Start it with \`assist-rollouts start\`.`,
      };
}

/** Nothing that serves is changed in here; a problem ends the rollout as `rejected`: then why. */
async function prepare(run: RolloutRun, given: unknown, cancelled: Cancelled): Promise<DeployedRun | string> {
  try {
    const checked = await inTime(run, () => checkStart(run, given));
    if (typeof checked === 'string') return checked;
    const begins = await untilStart(run);
    if (typeof begins === 'string') return begins;
    // What was right when it was planned may be wrong at its time, and what was seen before it is none of its cards.
    const again = begins.waited ? await inTime(run, () => check(run)) : checked;
    return typeof again === 'string' ? again : await deployOpen(run, again.problems);
  } catch (error) {
    if (isCancellation(error)) return cancelled.beforeAnything();
    if (historyBehindIn(error) !== null) throw error;
    if (error instanceof ActivityFailure) return error.cause?.message ?? error.message;
    throw error;
  }
}

async function inTime<T>(run: RolloutRun, work: () => Promise<T>): Promise<T | string> {
  const limit = { ms: run.input.plan.policies.limits.prepareMs, what: 'preflight and deployment', action: 'reject' };
  return withLimit(run, limit, (over) => firstOf<T | string>([work, () => condition(over).then(() => PREPARED_LATE)]));
}

const PREPARED_LATE =
  'Preflight and deployment did not end within their limit. If the new version is in the organisation, it stands at ' +
  'split 0 and nobody sees it.';

interface Checked {
  readonly problems: readonly Problem[];
}

async function checkStart(run: RolloutRun, given: unknown): Promise<Checked | string> {
  const started = await authoriseBeginning(run, 'start', given);
  if (!started.ok) return started.refusal;
  const { startedBy, reason } = run.input;
  run.dispatch(
    {
      kind: 'entered',
      phase: 'validating',
      waitingFor: 'preflight: the plan and the card are checked, nothing has been written',
      reason: reason ?? '',
    },
    { actor: startedBy, proof: started.proof },
  );
  return check(run);
}

async function check(run: RolloutRun): Promise<Checked | string> {
  const { plan, force, reason, startedBy } = run.input;
  const { starter } = run.state;
  run.dispatch({ kind: 'opened', opened: await open() });
  const { problems } = await validate.executeWithOptions({ summary: 'preflight' }, [
    {
      plan,
      force: force ?? false,
      workflowId: workflowInfo().workflowId,
      startedBy: starter?.by ?? startedBy,
      ...(reason !== undefined && { reason }),
    },
  ]);
  const errors = problems.filter((problem) => problem.severity === 'error');
  if (errors.length > 0) return preflightRefusal(errors);
  return abortedBefore(run) ?? { problems };
}

/** Again and again, for as long as the calendar lets nothing start. */
async function deployOpen(run: RolloutRun, problems: readonly Problem[]): Promise<DeployedRun | string> {
  for (;;) {
    // An abort or a cancel in here waits for the answer, or its limit: only then is it known what is to be rolled back.
    const done = await CancellationScope.nonCancellable(() => inTime(run, () => deployNow(run, problems)));
    if (done !== null && 'closed' in Object(done)) {
      const opened = await untilOpen(run, (done as Closed).closed);
      if (typeof opened === 'string') return opened;
      continue;
    }
    return done as DeployedRun | string;
  }
}

async function deployNow(run: RolloutRun, problems: readonly Problem[]): Promise<DeployedRun | Closed | string> {
  const { plan, reason } = run.input;
  const { target, action } = plan;
  const noCard = noCardIn(plan);
  run.dispatch({
    kind: 'entered',
    phase: 'deploying',
    waitingFor:
      plan.retire === true
        ? `v${action.version} to be found in service`
        : `v${action.version} to exist in the organisation, at split 0`,
    ...warned(problems, reason),
  });
  const closed = await closedOr(async () => {
    await ensureExport.executeWithOptions({ summary: 'event export' }, [{ target: target.kind }]);
    const deployment = await deploy.executeWithOptions({ summary: `deploy v${action.version} at split 0` }, [
      {
        target,
        action,
        rolloutId: run.rolloutId,
        ...(noCard !== null && { noCard }),
        question: questionOf(run),
        past: run.past(),
      },
    ]);
    run.dispatch({ kind: 'deployed', deployment });
  });
  return closed ?? (isDeployed(run) ? run : 'Nothing was deployed.');
}

/** What `lint` could not warn of, for it asks no organisation: a person hears it in the status and in the audit log. */
function warned(problems: readonly Problem[], why: string | undefined): { readonly reason?: string } {
  const found = problems.filter(({ code }) => (ORGANISATION_CODES as readonly string[]).includes(code));
  const warnings = found.map(({ code, message, remedy }) => `Warning, ${code}: ${message} ${remedy}`);
  return found.length === 0 ? {} : { reason: [...(why === undefined ? [] : [why]), ...warnings].join('\n') };
}

async function takeSteps(run: DeployedRun): Promise<StepOutcome> {
  const asked = await planSteps(run);
  if (asked.kind === 'rollBack') return asked;
  const promoted = await promote(run, asked.kind === 'promote');
  return promoted.kind === 'rollBack' ? promoted : watchOn(run);
}

/** `promote`: a person asked for it, and it has passed over what is left. */
async function planSteps(run: DeployedRun): Promise<StepOutcome> {
  const { steps } = run.input.plan;
  const passing = startPassing(run);
  for (const [index, step] of steps.entries()) {
    let outcome = outcomeOf(await whilePaused(run));
    if (outcome.kind === 'continue') outcome = await runStep(run, step, index, passing.passed());
    if (outcome.kind === 'promote') outcome = await passing.over(step, index);
    if (outcome.kind === 'rollBack') return outcome;
  }
  const end = requested(run);
  if (end.kind !== 'promote' || !passing.begun || passing.stopped)
    run.dispatch({ kind: 'stepStarted', step: steps.length, ...passing.passed() });
  return end;
}

/** A cancel from Temporal means abort. */
async function unlessCancelled(cancelled: Cancelled, steps: () => Promise<StepOutcome>): Promise<StepOutcome> {
  try {
    return await steps();
  } catch (error) {
    if (isCancellation(error)) return rollBackFor(await cancelled.whileServing());
    if (historyBehindIn(error) !== null) throw error;
    if (error instanceof ActivityFailure) return rollBackFor(error.cause?.message ?? error.message);
    throw error;
  }
}
