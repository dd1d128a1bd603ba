/** Rollouts that cannot speak for themselves: over without an end of their own, or open and doing nothing. */
import { WorkflowNotFoundError } from '@temporalio/client';
import type { Client, WorkflowExecutionDescription } from '@temporalio/client';
import { healthOf } from '../domain/guardian/health.ts';
import type { SeenRun } from '../domain/guardian/seen.ts';
import { GUARDIAN_RULES } from '../domain/guardian/seen.ts';
import { isCaredFor, recoverySentence } from '../domain/guardian/recovery.ts';
import type { Recovery } from '../domain/guardian/recovery.ts';
import type { Phase, RolloutStatus } from '../workflows/messages.ts';
import { isRejected, lastShown } from './left-behind.ts';
import { troublesOf } from './progress.ts';
import { seenRun } from '../guardian/seen-run.ts';
import { recoverWorkflowId } from '../workflows/messages.ts';
import { readAttributes } from '../workflows/search-attributes.ts';
import { LOST_PHASES } from '../domain/rollout/status.ts';
import type { LostPhase } from '../domain/rollout/status.ts';

export type ShownStatus = Omit<RolloutStatus, 'phase'> & { readonly phase: Phase | LostPhase };

interface UnderWay {
  readonly kind: 'underWay';
  /** Why it has not come to its end yet; absent: nothing has kept it. */
  readonly why?: string;
}

export interface Lost {
  readonly phase: LostPhase;
  readonly why: string;
  /** What became of the version that it had put before agents; null: nobody has looked after it yet. */
  readonly recovery: Recovery | UnderWay | null;
}

export function lostPhase(run: Pick<SeenRun, 'state' | 'frozen'>): LostPhase | null {
  if (run.frozen !== null || run.state === 'paused') return 'frozen';
  return LOST_PHASES.find((phase) => phase === run.state) ?? null;
}

/** Null for a run that can still speak, and for one that ended by itself. */
export async function lostOf(client: Client, run: SeenRun, actionName: string, nowMs: number): Promise<Lost | null> {
  const phase = lostPhase(run);
  if (phase === null) return null;
  const health = healthOf(run, undefined, nowMs, GUARDIAN_RULES);
  const why = health.kind === 'well' ? phase : health.why;
  const was = run.phase === null ? '' : `; it was ${run.phase} then`;
  return {
    phase,
    why: `${why.charAt(0).toUpperCase()}${why.slice(1)}${was}.`,
    recovery: await recoveryOf(client, actionName, run),
  };
}

async function recoveryOf(client: Client, actionName: string, run: SeenRun): Promise<Lost['recovery']> {
  const handle = client.workflow.getHandle(recoverWorkflowId(actionName));
  try {
    const { status, startTime, runId, raw } = await handle.describe();
    const since = run.closedAtMs ?? run.frozen?.sinceMs ?? run.startedAtMs;
    if (startTime.getTime() < since) return null;
    if (status.name === 'RUNNING') {
      const [trouble] = await troublesOf(client, raw.pendingActivities ?? []);
      return { kind: 'underWay', ...(trouble?.failure && { why: `attempt ${trouble.attempt}: ${trouble.failure}` }) };
    }
    return status.name === 'COMPLETED'
      ? ((await client.workflow.getHandle(recoverWorkflowId(actionName), runId).result()) as Recovery)
      : null;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null;
    throw error;
  }
}

/**
 * Of such runs of one action that one after which nothing came that agents saw, and whose rest nobody has brought back;
 * null: none of them.
 */
export async function leftAloneAmong<R extends LostRun>(client: Client, runs: readonly R[]): Promise<R | null> {
  const [{ workflowId, action } = { workflowId: '', action: null }] = runs;
  if (action === null) return null;
  try {
    const newest = await client.workflow.getHandle(workflowId).describe();
    const { runId } = runs.find((run) => run.runId === newest.runId) ?? (await lastShown(client, newest)) ?? {};
    const last = runs.find((run) => run.runId === runId);
    if (last === undefined) return null;
    const { recovery = null } = (await lookAt(client, { workflowId, runId: last.runId, action })).lost ?? {};
    return isCaredFor(recovery) ? null : last;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null;
    throw error;
  }
}

interface LostRun {
  readonly workflowId: string;
  readonly runId: string;
  readonly action: string | null;
}

/** What a start that was rejected must not hide: the lost run before it, of which agents may still see something. */
export async function lostBefore(
  client: Client,
  newest: WorkflowExecutionDescription,
  action: string,
): Promise<WorkflowExecutionDescription | null> {
  if (!isRejected(newest)) return null;
  const before = await lastShown(client, newest);
  if (before === null) return null;
  const { description, lost } = await lookAt(client, { workflowId: newest.workflowId, runId: before.runId, action });
  return lost !== null && !isCaredFor(lost.recovery) ? description : null;
}

async function lookAt(
  client: Client,
  { workflowId, runId, action }: { readonly workflowId: string; readonly runId: string; readonly action: string },
): Promise<{ readonly description: WorkflowExecutionDescription; readonly lost: Lost | null }> {
  const description = await client.workflow.getHandle(workflowId, runId).describe();
  return { description, lost: await lostOf(client, await seenRun(client, description), action, Date.now()) };
}

/** `told`: what it said last, where a worker could still ask it. */
export function lostStatus(
  description: WorkflowExecutionDescription,
  run: SeenRun,
  lost: Lost,
  told: RolloutStatus | null,
): ShownStatus {
  const action = description.workflowId.replace(/^rollout\//, '');
  const base = told ?? bareStatus(description, run, action);
  const { recovery } = lost;
  const isOver = lost.phase !== 'frozen';
  const isLostUndo = isOver && (base.isUndo === true || isUndoRun(description));
  return {
    ...base,
    phase: lost.phase,
    paused: false,
    ...(isOver && {
      steps: base.steps.map((step) => (step.state === 'running' ? { ...step, state: 'stopped' } : step)),
    }),
    ...(isCaredFor(recovery) && { splitPercent: 0 }),
    canDo: isCaredFor(recovery) ? [] : [isLostUndo ? 'undo' : 'recover'],
    reason: lost.why,
    waitingFor: waitsFor(action, lost, isLostUndo),
    // Nobody counts any more.
    deadline: null,
    blindSince: null,
    endedAt: description.closeTime?.toISOString() ?? null,
  };
}

/** What a lost run waits for, as far as that can be told without a worker. */
export function lostWaitsFor(description: WorkflowExecutionDescription, lost: Lost, action: string): string {
  return waitsFor(action, lost, lost.phase !== 'frozen' && isUndoRun(description));
}

function waitsFor(action: string, { recovery }: Lost, isUndo: boolean): string {
  if (recovery === null) return wayOut(action, isUndo);
  return recovery.kind === 'underWay'
    ? `the recovery that is under way${recovery.why === undefined ? '' : ` (${recovery.why})`}`
    : recoverySentence(action, recovery);
}

/** As it was begun. */
function isUndoRun({ memo }: WorkflowExecutionDescription): boolean {
  return memo?.['isUndo'] === true;
}

/** What an undo leaves half done are two versions that serve: no guardian knows which of them is meant. */
function wayOut(action: string, isUndo: boolean): string {
  return isUndo
    ? `somebody to undo it again: \`assist-rollouts undo "${action}" --reason ...\` goes on where this one was left`
    : `somebody to bring the baseline back: \`assist-rollouts recover "${action}"\` does so at once, a guardian within 90 s`;
}

function bareStatus(
  { workflowId, runId, typedSearchAttributes, startTime }: WorkflowExecutionDescription,
  run: SeenRun,
  action: string,
): RolloutStatus {
  return {
    workflowId,
    rolloutId: runId,
    action,
    version: run.version ?? '?',
    baselineVersion: null,
    phase: 'needsAttention',
    outcome: null,
    paused: false,
    splitPercent: readAttributes(typedSearchAttributes).splitPercent ?? 0,
    steps: [],
    waitingFor: '',
    canDo: [],
    report: null,
    reason: '',
    startedAt: startTime.toISOString(),
    endedAt: null,
    deployment: null,
    safety: null,
  };
}
