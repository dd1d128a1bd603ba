/** Rollouts as callers see them. Everything durable is in Temporal; nothing is kept here. */
import { WorkflowNotFoundError } from '@temporalio/client';
import type {
  Client,
  WorkflowExecutionDescription,
  WorkflowExecutionStatusName,
  WorkflowHandle,
} from '@temporalio/client';
import { OF_WHAT_IS_OVER } from '../domain/rollout/questions.ts';
import { builtBy, pinnedTo } from '../builds/running.ts';
import { rolloutWorkflowId, statusQuery } from '../workflows/messages.ts';
import type { RolloutResult, RolloutStatus, WatchProgress } from '../workflows/messages.ts';
import type { TemporalLink } from './connection.ts';
import { endedStatus } from './ended.ts';
import type { HookProgress } from '../domain/hook/answer.ts';
import { hookProgressOf, progressOf, troublesOf } from './progress.ts';
import type { Trouble } from './progress.ts';
import { seenRun } from '../guardian/seen-run.ts';
import { rejectedSince } from './left-behind.ts';
import { lostBefore, lostOf, lostStatus } from './lost.ts';
import type { Lost, ShownStatus } from './lost.ts';
import { isQueryUnanswered, noWorker, refuseForeign, rolloutNotFound } from './refusals.ts';
import { describeRun } from './went-on.ts';

export interface RolloutRef {
  readonly workflowId: string;
  readonly runId: string;
  /** Page of this run in the Temporal Web UI; null when the UI's address is not known. */
  readonly url: string | null;
}
export interface RolloutView extends RolloutRef {
  readonly status: ShownStatus;
  /** A run that is over without an end of its own, or that does nothing; null: it speaks for itself. */
  readonly lost: Lost | null;
  /** Live figures of the running watch; null between watches. */
  readonly progress: WatchProgress | null;
  /** Pending activities whose last attempt failed: what the rollout is waiting for against its will. */
  readonly troubles: readonly Trouble[];
  /** How often a hook was asked, and what it last said; absent where none is. */
  readonly hook?: HookProgress;
  readonly running: boolean;
  /** Of the worker that does it; absent: workers say none. */
  readonly build?: string;
}

export const READ_TIMEOUT_MS = 8_000;

/**
 * Status and live figures of the newest run of an action's rollout, or of the run named (of what it went on as, where it
 * was reset). An ended one needs no worker.
 * Where the newest was rejected, and what a lost one left is there still, that is the one to look at.
 */
export async function viewRollout(link: TemporalLink, actionName: string, runId?: string): Promise<RolloutView> {
  const workflowId = rolloutWorkflowId(actionName);
  return link.call(READ_TIMEOUT_MS, async (client) => {
    const asked = await describeRun(client, workflowId, runId).catch((error: unknown) => {
      throw error instanceof WorkflowNotFoundError ? rolloutNotFound(actionName, error) : error;
    });
    const left = runId === undefined ? await lostBefore(client, asked, actionName) : null;
    const description = left ?? asked;
    refuseForeign(description, actionName);
    const handle = client.workflow.getHandle(workflowId, description.runId);
    const pending = description.raw.pendingActivities ?? [];
    const run = await seenRun(client, description);
    const lost = await lostOf(client, run, actionName, Date.now());
    const status =
      lost === null
        ? await statusOf(client, handle, description, actionName)
        : lostStatus(
            description,
            run,
            left === null ? lost : { ...lost, why: `${lost.why} ${await rejectedSince(client, asked)}` },
            await lastStatus(client, handle, lost, description),
          );
    const hook = await hookProgressOf(client, pending);
    const build = builtBy(description);
    return {
      ...refTo(link, workflowId, description.runId),
      status,
      lost,
      progress: await progressOf(client, pending),
      troubles: await troublesOf(client, pending),
      ...(hook !== null && { hook }),
      ...(build !== null && { build }),
      running: isOpenRun(description.status.name),
    };
  });
}

const LAST_WORD_MS = 3_000;

/**
 * A run that is over can still be asked what it last knew, as long as a worker runs. One that is frozen answers
 * nothing.
 */
async function lastStatus(
  client: Client,
  handle: WorkflowHandle,
  { phase }: Lost,
  { status }: WorkflowExecutionDescription,
): Promise<RolloutStatus | null> {
  if (phase === 'frozen') return null;
  return client
    .withDeadline(Date.now() + LAST_WORD_MS, () => handle.query(statusQuery, ...overIf(status.name)))
    .catch(() => null);
}

/** To be given with a question about a run in that state. */
export function overIf(state: WorkflowExecutionStatusName): [] | [typeof OF_WHAT_IS_OVER] {
  return isOpenRun(state) ? [] : [OF_WHAT_IS_OVER];
}

/** Not over; it may be paused in Temporal. */
export function isOpenRun(state: WorkflowExecutionStatusName): boolean {
  return state === 'RUNNING' || state === 'PAUSED';
}

async function statusOf(
  client: Client,
  handle: WorkflowHandle,
  description: WorkflowExecutionDescription,
  actionName: string,
): Promise<RolloutStatus> {
  if (description.status.name === 'COMPLETED') {
    const result = (await client.workflow
      .getHandle(description.workflowId, description.runId)
      .result()) as RolloutResult;
    return endedStatus(description, result);
  }
  try {
    return await handle.query(statusQuery, ...overIf(description.status.name));
  } catch (error) {
    if (!isQueryUnanswered(error)) throw error;
    const build = pinnedTo(description)?.buildId ?? null;
    throw noWorker(actionName, READ_TIMEOUT_MS, error, { build });
  }
}

/** A run that went on as another one is over when the last of them is. */
export async function isRunning(link: TemporalLink, workflowId: string, runId: string): Promise<boolean> {
  return link.call(READ_TIMEOUT_MS, async (client) => {
    const stateOf = async (run?: string) => (await describeRun(client, workflowId, run)).status.name;
    try {
      const state = await stateOf(runId);
      return isOpenRun(state === 'CONTINUED_AS_NEW' ? await stateOf() : state);
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return false;
      throw error;
    }
  });
}

export function refTo(link: TemporalLink, workflowId: string, runId: string): RolloutRef {
  const { uiUrl, namespace } = link.config;
  const run = `${encodeURIComponent(namespace)}/workflows/${encodeURIComponent(workflowId)}/${runId}`;
  const url = uiUrl === null ? null : `${uiUrl.replace(/\/+$/, '')}/namespaces/${run}`;
  return { workflowId, runId, url };
}
