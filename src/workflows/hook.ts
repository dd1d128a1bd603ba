/** A gate that is asked whether the rollout may go on; guardrails stay live meanwhile, and an abort ends the wait. */
import { CancellationScope } from '@temporalio/workflow';
import type { HookDecision } from '../domain/hook/answer.ts';
import { hookCallId, hookMessage } from '../domain/hook/message.ts';
import type { HookMessage } from '../domain/hook/message.ts';
import type { HookStep } from '../domain/plan/steps/hook.ts';
import { hookPlace } from '../domain/plan/steps/hook.ts';
import { formatDuration } from '../domain/shared/duration.ts';
import { splitText } from '../domain/split/audience.ts';
import { askHook } from './activity-proxies.ts';
import { withLimit } from './deadline.ts';
import { decide, whilePaused } from './decide.ts';
import { rolloutWorkflowId } from './messages.ts';
import type { DeployedRun } from './run.ts';
import type { StepOutcome } from './supervise.ts';
import { CONTINUE, isAborted, rollBackFor, supervise } from './supervise.ts';

/** `promoting`: a person asked for the promotion, which comes next; an answer for the plan's next split is none for it. */
export async function hook(run: DeployedRun, step: HookStep, promoting = false): Promise<StepOutcome> {
  const place = hookPlace(step);
  const message = messageOf(run, promoting);
  run.dispatch({
    kind: 'entered',
    phase: 'awaitingHook',
    waitingFor: `${place} to confirm ${splitText(message.nextSplitPercent, message.nextSplitOf)}`,
  });
  const action = step.onTimeout === 'rollback' ? 'roll back' : 'hold, and say so';
  const end = await withLimit(run, { ms: step.timeoutMs, what: 'the hook to decide', action }, (over) =>
    ask(run, step, { message, promoting }, over),
  );
  if (end === null)
    return stop(run, step.onTimeout, `${place} did not decide within ${formatDuration(step.timeoutMs)}.`);
  if ('kind' in end) return end;
  run.dispatch({ kind: 'hookAnswered', place, ...end });
  if (end.decision === 'confirm') return CONTINUE;
  return stop(run, step.onRefuse, `${place} refuses: ${end.reason === '' ? 'it gives no reason' : end.reason}`);
}

function messageOf({ rolloutId, state, input }: DeployedRun, promoting: boolean): HookMessage {
  const { action, steps } = input.plan;
  return hookMessage({
    rolloutId,
    workflowId: rolloutWorkflowId(action.name),
    action,
    baselineVersion: state.deployment.baseline?.version ?? null,
    splitPercent: state.splitPercent,
    splitOf: state.splitOf,
    steps,
    promoting,
    step: state.step,
    report: state.report,
  });
}

/** Null: the time is over. What is said once nobody waits any more is not heard. */
async function ask(
  run: DeployedRun,
  { url, secret }: HookStep,
  { message, promoting }: { readonly message: HookMessage; readonly promoting: boolean },
  over: () => boolean,
): Promise<StepOutcome | HookDecision | null> {
  const heard: { answer: HookDecision | null } = { answer: null };
  const call = new CancellationScope();
  const question = { id: hookCallId(run.rolloutId, run.state.step, promoting), url, secret, message };
  const asking = call
    .run(() => askHook.executeWithOptions({ summary: `ask ${hookPlace({ url })}` }, [question]))
    .then(
      (answer) => {
        heard.answer = answer;
      },
      () => undefined,
    );
  try {
    const end = await live(run, () => heard.answer !== null, over, promoting);
    return end?.kind === 'continue' ? heard.answer : end;
  } finally {
    call.cancel();
    await asking;
  }
}

async function stop(run: DeployedRun, how: 'hold' | 'rollback', reason: string): Promise<StepOutcome> {
  if (how === 'rollback') return rollBackFor(reason);
  const asked = run.state.request?.kind === 'promote' ? run.state.request : null;
  if (asked !== null)
    run.dispatch({
      kind: 'lapsed',
      reason: `${reason.replace(/[.!?]?$/, '.')} The promotion that ${asked.by} asked for does not go past it.`,
    });
  run.dispatch({ kind: 'entered', phase: 'held', waitingFor: 'a person to decide', reason });
  const limit = { ms: run.input.plan.policies.limits.heldMs, what: 'a person to decide', action: 'roll back' };
  return withLimit(
    run,
    limit,
    async (over) =>
      (await live(run, () => run.state.advanced, over)) ?? rollBackFor(`${reason} Nor did a person, within the limit.`),
  );
}

/** `continue`: it is there. Null: the time is over. `promoting`: a promotion is asked for already, and ends nothing. */
async function live(
  run: DeployedRun,
  isThere: () => boolean,
  over: () => boolean,
  promoting = false,
): Promise<StepOutcome | null> {
  const isAsked = (): boolean => (promoting ? isAborted(run) : run.state.request !== null);
  for (;;) {
    const { state } = run;
    const until = (): boolean => isThere() || over() || isAsked() || run.state.paused;
    const decision = state.paused
      ? await whilePaused(run)
      : await decide(run, await supervise(run, { kind: 'hold' }, until));
    const stopped = decision.kind === 'goOn' ? await whilePaused(run) : decision;
    if (stopped.kind === 'rollBack' || (stopped.kind === 'promote' && !promoting)) return stopped;
    if (isThere()) return CONTINUE;
    if (over()) return null;
  }
}
