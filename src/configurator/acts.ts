/** Acts of a person on a running rollout. */
import { randomUUID } from 'node:crypto';
import { WorkflowNotFoundError, WorkflowUpdateFailedError } from '@temporalio/client';
import type { Client } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { Act } from '../domain/rollout/acts.ts';
import { pinnedTo } from '../builds/running.ts';
import { isBrake } from '../domain/rollout/acts.ts';
import { actorProblem, reasonProblem } from '../domain/rollout/actor.ts';
import { BRAKE_LIFE_MS } from '../domain/identity/signed-act.ts';
import { ACT_FORBIDDEN, actSignal, rolloutWorkflowId } from '../workflows/messages.ts';
import type { HumanAct, RolloutStatus } from '../workflows/messages.ts';
import type { TemporalLink } from './connection.ts';
import { AssistError } from './errors.ts';
import { seenRun } from '../guardian/seen-run.ts';
import { lostOf } from './lost.ts';
import {
  anotherRuns,
  answerLost,
  endedRollout,
  frozen,
  isAnswerLost,
  isUnanswered,
  notSent,
  noWorker,
  refuseForeign,
  rolloutNotFound,
} from './refusals.ts';
import { isOpenRun, refTo } from './rollouts.ts';
import { signed } from './sign-act.ts';
import type { RolloutRef } from './rollouts.ts';

export type ActResult =
  /** The rollout has taken it; `status` is the one right after. */
  | (RolloutRef & { readonly delivered: 'applied'; readonly status: RolloutStatus })
  /** No worker answered in time: Temporal keeps it, and it takes effect when a worker runs. Only the brakes. */
  | (RolloutRef & {
      readonly delivered: 'stored';
      readonly status: null;
      /** Whose workers alone take it; absent: any. */
      readonly build?: string;
    });

export interface ActOptions {
  /** Whoever sends it twice has it taken once. */
  readonly updateId?: string;
}

const ACT_TIMEOUT_MS = 20_000;
const STORE_TIMEOUT_MS = 10_000;

/**
 * Sends one act of a person, to the run at hand or to the one named; under one id the server takes it once. What is neither
 * applied nor stored is an error that says that it was not taken, or that nobody knows.
 */
export async function actOnRollout(
  link: TemporalLink,
  name: Act,
  actionName: string,
  act: HumanAct,
  { runId: pinned, updateId = randomUUID() }: ActOptions & { readonly runId?: string | undefined } = {},
): Promise<ActResult> {
  const unfit = actorProblem(act.by) ?? reasonProblem(act.reason);
  if (unfit !== null)
    throw new AssistError(
      'usage',
      `Cannot ${name}: ${unfit}`,
      'Nothing was done; say who acts, and why, and try again.',
    );
  const workflowId = rolloutWorkflowId(actionName);
  const { runId, build } = await runToAct(link, { name, actionName, act, updateId, pinned });
  const sent = { name, actionName, act: asSent(link, { name, actionName, act, updateId, runId }), runId };
  try {
    return await link.call(ACT_TIMEOUT_MS, async (client) => {
      const handle = client.workflow.getHandle(workflowId, runId);
      const status = await handle.executeUpdate<RolloutStatus, [HumanAct]>(name, { args: [sent.act], updateId });
      return { ...refTo(link, workflowId, runId), delivered: 'applied' as const, status };
    });
  } catch (error) {
    if (isAnswerLost(error)) return storeBrake(link, sent, build, error);
    throw await link.call(STORE_TIMEOUT_MS, (client) => actError(error, sent, client));
  }
}

interface ActOnRun {
  readonly name: Act;
  readonly actionName: string;
  readonly act: HumanAct;
  readonly runId: string;
}

/**
 * Signed once, however it is sent. A brake that is not answered is stored beside its update, which may be taken yet: one
 * id tells the rollout that both are one act.
 */
function asSent(
  { signer }: TemporalLink,
  { name, actionName, act, updateId, runId }: ActOnRun & { readonly updateId: string },
): HumanAct {
  const whom = { act: name, by: act.by, workflowId: rolloutWorkflowId(actionName), runId };
  return isBrake(name)
    ? signed(signer, { ...whom, lifeMs: BRAKE_LIFE_MS }, { ...act, id: updateId })
    : signed(signer, whom, act);
}

async function storeBrake(
  link: TemporalLink,
  sent: ActOnRun,
  build: string | null,
  cause: unknown,
): Promise<ActResult> {
  const { name, actionName, runId } = sent;
  if (!isBrake(name))
    throw isUnanswered(cause)
      ? noWorker(actionName, ACT_TIMEOUT_MS, cause, {
          build,
          what: ` Your ${name} was NOT taken, unless \`status\` shows it; repeat it.`,
        })
      : answerLost(actionName, name, cause);
  await link.call(STORE_TIMEOUT_MS, (client) => sendBrake(client, sent));
  return {
    ...refTo(link, rolloutWorkflowId(actionName), runId),
    delivered: 'stored',
    status: null,
    ...(build !== null && { build }),
  };
}

/** It may lie there until a worker runs. */
async function sendBrake(client: Client, { name, actionName, act, runId }: ActOnRun): Promise<void> {
  if (!isBrake(name)) return;
  const handle = client.workflow.getHandle(rolloutWorkflowId(actionName), runId);
  await handle.signal(actSignal, { name, ...act }).catch((error: unknown) => {
    throw answerLost(actionName, name, error);
  });
}

function isForbidden({ cause }: WorkflowUpdateFailedError): boolean {
  return cause instanceof ApplicationFailure && cause.type === ACT_FORBIDDEN;
}

async function actError(
  error: unknown,
  { name, actionName, runId }: Omit<ActOnRun, 'act'>,
  client: Client,
): Promise<unknown> {
  if (error instanceof WorkflowUpdateFailedError) {
    return new AssistError(
      isForbidden(error) ? 'act-forbidden' : 'update-rejected',
      `Refused for the rollout of ${actionName}: ${error.cause?.message ?? error.message}`,
      `\`assist-rollouts status ${actionName}\` shows what can be done now.`,
      { cause: error },
    );
  }
  if (!(error instanceof WorkflowNotFoundError)) return error;
  const description = await client.workflow
    .getHandle(rolloutWorkflowId(actionName))
    .describe()
    .catch(() => null);
  if (description === null) return rolloutNotFound(actionName, error);
  if (description.runId !== runId && isOpenRun(description.status.name)) return anotherRuns(actionName, name, error);
  return endedRollout(
    actionName,
    name,
    await lostOf(client, await seenRun(client, description), actionName, Date.now()),
    error,
  );
}

/**
 * The run that the act is for, which it is signed for. One that is frozen is refused; a brake is stored all the same:
 * should the workflow wake, that is the first thing it hears.
 */
async function runToAct(
  link: TemporalLink,
  {
    name,
    actionName,
    act,
    updateId,
    pinned,
  }: Omit<ActOnRun, 'runId'> & { readonly updateId: string; readonly pinned: string | undefined },
): Promise<{ readonly runId: string; readonly build: string | null }> {
  const { runId, lost, build } = await link
    .call(STORE_TIMEOUT_MS, (client) => findRun(client, actionName, pinned))
    .catch((error: unknown) => {
      throw notSent(error, name);
    });
  if (lost?.phase !== 'frozen') return { runId, build };
  const sent = asSent(link, { name, actionName, act, updateId, runId });
  await link.call(STORE_TIMEOUT_MS, (client) => sendBrake(client, { name, actionName, act: sent, runId }));
  throw frozen(
    actionName,
    lost.why.replace(/\.$/, ''),
    isBrake(name)
      ? ` Your ${name} is stored, and has no effect until that is put right.`
      : ` Your ${name} was NOT taken.`,
  );
}

/** `lost`: it can do nothing by itself, and why. */
async function findRun(client: Client, actionName: string, pinned: string | undefined) {
  const handle = client.workflow.getHandle(rolloutWorkflowId(actionName), pinned);
  const description = await handle.describe().catch((error: unknown) => {
    throw error instanceof WorkflowNotFoundError ? rolloutNotFound(actionName, error) : error;
  });
  refuseForeign(description, actionName);
  const run = await seenRun(client, description);
  return {
    runId: description.runId,
    lost: await lostOf(client, run, actionName, Date.now()),
    build: pinnedTo(description)?.buildId ?? null,
  };
}
