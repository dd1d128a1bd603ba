/** Rollouts as callers see them: start, look, act, list. Everything durable is in Temporal; nothing is kept here. */
import {
  WorkflowExecutionAlreadyStartedError, WorkflowIdConflictPolicy, WorkflowIdReusePolicy, WorkflowNotFoundError,
  WorkflowUpdateFailedError, WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import type { Client, WorkflowHandle } from '@temporalio/client';
import type { Plan } from '../domain/plan/plan.ts';
import { ROLLOUT_WORKFLOW, ROLLOUTS_QUEUE, rolloutWorkflowId } from '../workflows/messages.ts';
import type { HumanAct, RolloutInput, RolloutStatus, WatchProgress } from '../workflows/messages.ts';
import { grpcCode } from './connection.ts';
import type { TemporalLink } from './connection.ts';
import { AssistError } from './errors.ts';
import { progressOf } from './progress.ts';
import { initialAttributes, readAttributes } from './search-attributes.ts';
import type { ReadAttributes } from './search-attributes.ts';
import { planDetails, planSummary } from './describe-plan.ts';

export type ActName = 'pause' | 'resume' | 'approve' | 'advance' | 'promote' | 'abort';

export interface RolloutRef {
  readonly workflowId: string;
  readonly runId: string;
  /** Page of this run in the Temporal Web UI; null when the UI's address is not known. */
  readonly url: string | null;
}
export interface RolloutView extends RolloutRef {
  readonly status: RolloutStatus;
  /** Live figures of the running watch; null between watches. */
  readonly progress: WatchProgress | null;
  readonly running: boolean;
}
export interface RolloutSummary extends RolloutRef, ReadAttributes {
  readonly state: string;
  readonly startedAt: string;
  readonly endedAt: string | null;
}

const READ_TIMEOUT_MS = 8_000;
const ACT_TIMEOUT_MS = 30_000;
/** gRPC status codes. */
const INVALID_ARGUMENT = 3;
const DEADLINE_EXCEEDED = 4;
const FAILED_PRECONDITION = 9;

export async function startRollout(link: TemporalLink, plan: Plan, act: { by: string; reason?: string }): Promise<RolloutRef> {
  const workflowId = rolloutWorkflowId(plan.action.name);
  const input: RolloutInput = { plan, startedBy: act.by, ...(act.reason === undefined ? {} : { reason: act.reason }) };
  return link.call(ACT_TIMEOUT_MS, async (client) => {
    try {
      const handle = await client.workflow.start(ROLLOUT_WORKFLOW, {
        workflowId,
        taskQueue: ROLLOUTS_QUEUE,
        args: [input],
        workflowIdConflictPolicy: WorkflowIdConflictPolicy.FAIL,
        workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
        staticSummary: planSummary(plan),
        staticDetails: planDetails(input),
        typedSearchAttributes: initialAttributes(plan.action.name, plan.action.version),
        memo: { action: plan.action.name, version: plan.action.version, startedBy: act.by, reason: act.reason ?? '' },
      });
      return refTo(link, workflowId, handle.firstExecutionRunId);
    } catch (error) {
      throw await startError(error, link, client, workflowId);
    }
  });
}

async function startError(error: unknown, link: TemporalLink, client: Client, workflowId: string): Promise<unknown> {
  if (error instanceof WorkflowExecutionAlreadyStartedError) {
    const { runId } = await client.workflow.getHandle(workflowId).describe();
    const { url } = refTo(link, workflowId, runId);
    return new AssistError('rollout-already-running',
      `Refused: ${workflowId} is already running (run ${runId})${url === null ? '' : `, see ${url}`}.`,
      'Follow it with `assist-rollouts watch`, or end it with `assist-rollouts abort ... --reason`.',
      { cause: error, details: { workflowId, runId, url } });
  }
  if (grpcCode(error) === INVALID_ARGUMENT && /search attribute/i.test(messages(error))) {
    return new AssistError('search-attributes-missing', `The namespace lacks our search attributes: ${messages(error)}`,
      'Start a worker once (`assist-rollouts worker` registers them), or add AssistAction, AssistVersion, AssistPhase, AssistOutcome (Keyword) and AssistSplit (Double) by hand.',
      { cause: error });
  }
  return error;
}

/** Status and live figures of the newest run of an action's rollout, or of the run named. */
export async function viewRollout(link: TemporalLink, actionName: string, runId?: string): Promise<RolloutView> {
  const workflowId = rolloutWorkflowId(actionName);
  return link.call(READ_TIMEOUT_MS, async (client) => {
    const handle = client.workflow.getHandle(workflowId, runId);
    try {
      const [description, status] = await Promise.all([handle.describe(), handle.query<RolloutStatus>('status')]);
      const progress = await progressOf(client, description.raw.pendingActivities ?? []);
      return { ...refTo(link, workflowId, description.runId), status, progress, running: description.status.name === 'RUNNING' };
    } catch (error) {
      throw readError(error, actionName);
    }
  });
}

function readError(error: unknown, actionName: string): unknown {
  if (error instanceof WorkflowNotFoundError) return notFound(actionName, error);
  const code = grpcCode(error);
  if (code === DEADLINE_EXCEEDED || code === FAILED_PRECONDITION) return noWorker(actionName, error);
  return error;
}

/** Sends one act of a person and returns the status after it. */
export async function actOnRollout(link: TemporalLink, name: ActName, actionName: string, act: HumanAct): Promise<RolloutView> {
  const workflowId = rolloutWorkflowId(actionName);
  return link.call(ACT_TIMEOUT_MS, async (client) => {
    const handle = client.workflow.getHandle(workflowId);
    try {
      const status = await handle.executeUpdate<RolloutStatus, [HumanAct]>(name, { args: [act] });
      const description = await handle.describe();
      return { ...refTo(link, workflowId, description.runId), status, progress: null, running: description.status.name === 'RUNNING' };
    } catch (error) {
      throw await actError(error, name, actionName, handle);
    }
  });
}

async function actError(error: unknown, name: ActName, actionName: string, handle: WorkflowHandle): Promise<unknown> {
  if (error instanceof WorkflowUpdateFailedError) {
    return new AssistError('update-rejected', `Refused: cannot ${name} the rollout of ${actionName}: ${error.cause?.message ?? error.message}`,
      `\`assist-rollouts status ${actionName}\` shows what can be done now.`, { cause: error });
  }
  if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError || grpcCode(error) === DEADLINE_EXCEEDED) return noWorker(actionName, error);
  if (!(error instanceof WorkflowNotFoundError)) return error;
  const ended = await handle.describe().then(() => true, () => false);
  if (!ended) return notFound(actionName, error);
  return new AssistError('rollout-ended', `Refused: cannot ${name}, the rollout of ${actionName} has ended.`,
    'Start a new one with `assist-rollouts start <plan.yaml>`.', { cause: error });
}

export async function listRollouts(link: TemporalLink, limit: number): Promise<RolloutSummary[]> {
  return link.call(READ_TIMEOUT_MS, async (client) => {
    const rows: RolloutSummary[] = [];
    for await (const info of client.workflow.list({ query: `WorkflowType = '${ROLLOUT_WORKFLOW}'`, pageSize: limit })) {
      rows.push({
        ...refTo(link, info.workflowId, info.runId),
        ...readAttributes(info.typedSearchAttributes),
        state: info.status.name,
        startedAt: info.startTime.toISOString(),
        endedAt: info.closeTime?.toISOString() ?? null,
      });
      if (rows.length >= limit) break;
    }
    return rows;
  });
}

export function refTo(link: TemporalLink, workflowId: string, runId: string): RolloutRef {
  const { uiUrl, namespace } = link.config;
  const url = uiUrl === null ? null
    : `${uiUrl.replace(/\/+$/, '')}/namespaces/${encodeURIComponent(namespace)}/workflows/${encodeURIComponent(workflowId)}/${runId}`;
  return { workflowId, runId, url };
}

function notFound(actionName: string, cause: unknown): AssistError {
  return new AssistError('rollout-not-found', `There is no rollout of "${actionName}".`,
    '`assist-rollouts list` shows all; names are case-sensitive.', { cause });
}

function noWorker(actionName: string, cause: unknown): AssistError {
  return new AssistError('no-worker', `The rollout of ${actionName} exists, but no worker answered for it in time.`,
    'Start one with `assist-rollouts worker`; the rollout goes on where it was.', { cause });
}

function messages(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
