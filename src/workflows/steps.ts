/** The steps of a plan. Each returns what stopped it. */
import { CancellationScope, sleep } from '@temporalio/workflow';
import type { WatchResult } from '../activities/types.ts';
import type { ApproveStep, BakeStep, Step } from '../domain/plan/plan.ts';
import { duration } from '../domain/rollout/labels.ts';
import { plannedEndOf } from '../domain/rollout/planned-ends.ts';
import { genesys } from './activity-proxies.ts';
import type { RolloutRun } from './run.ts';
import type { Stop } from './supervise.ts';
import { guarded, NEXT, requested, supervise } from './supervise.ts';

export async function runStep(run: RolloutRun, step: Step, index: number): Promise<Stop> {
  run.tell({ kind: 'stepStarted', step: index });
  switch (step.kind) {
    case 'setSplit':
      return setSplit(run, step.percent);
    case 'bake':
      return bake(run, step);
    case 'approve':
      return approve(run, step);
  }
}

export async function setSplit(run: RolloutRun, percent: number, phase: 'settingSplit' | 'promoting' = 'settingSplit'): Promise<Stop> {
  const { deployment } = run;
  if (deployment === null) return { kind: 'rollBack', reason: 'nothing is deployed' };
  const stopped = await whilePaused(run);
  if (stopped !== null && (stopped.kind === 'rollBack' || phase === 'settingSplit')) return stopped;
  if (run.state.harmed) return { kind: 'rollBack', reason: run.state.reason };
  run.tell({ kind: 'entered', phase, waitingFor: `the organisation to show split ${percent} %` });
  const done = await guarded(run, () => genesys.applySplit.executeWithOptions({ summary: `split to ${percent} %` }, [{ deployment, percent }]));
  if (!('value' in done)) return done;
  run.splitSinceMs = done.value.atMs;
  run.tell({ kind: 'splitProven', percent }, 'engine', done.value.state.correlationId);
  return NEXT;
}

/** Ends when the time is over, the cards are enough and what it requires holds; or as the plan's policies say. */
export async function bake(run: RolloutRun, step: Omit<BakeStep, 'kind'>): Promise<Stop> {
  const startedAtMs = Date.now();
  const cardsBefore = run.state.report?.n.candidate ?? 0;
  let atMostMs: number | null = step.atMostMs;
  run.plannedEnd = plannedEndOf(run.input.plan.steps, step, startedAtMs);
  run.tell({ kind: 'entered', phase: 'baking', waitingFor: bakeWaits(step) });
  for (;;) {
    const goal = { kind: 'bake' as const, startedAtMs, forMs: step.forMs, atMostMs, minCards: step.minCards, cardsBefore, require: step.require };
    const end = await supervise(run, goal, () => run.state.request !== null || run.state.advanced || run.state.paused);
    const stop = await afterWatch(run, end, atMostMs !== null);
    if (stop !== null) return stop;
    if (end !== 'until' && end.kind === 'undecided') atMostMs = null;
  }
}

/** What a watch's end means by the plan's policies; null: watch on. */
async function afterWatch(run: RolloutRun, end: WatchResult | 'until', mayHold: boolean): Promise<Stop | null> {
  if (end === 'until') return (await whilePaused(run)) ?? (run.state.advanced ? NEXT : null);
  const { policies } = run.input.plan;
  switch (end.kind) {
    case 'harm':
      return { kind: 'rollBack', reason: end.reason };
    case 'advance':
    case 'news':
      return (await whilePaused(run)) ?? NEXT;
    case 'undecided':
      return undecided(run, end, mayHold);
    case 'noData':
      return policies.onNoData.do === 'rollback' ? { kind: 'rollBack', reason: end.reason } : pauseFor(run, end.reason);
    case 'untrusted':
      return policies.onUntrusted === 'rollback' ? { kind: 'rollBack', reason: end.reason } : pauseFor(run, end.reason);
  }
}

function undecided(run: RolloutRun, end: WatchResult, mayHold: boolean): Stop | null {
  const policy = run.input.plan.policies.onUndecided;
  if (policy === 'rollback') return { kind: 'rollBack', reason: end.reason };
  // Broken or missing data is never a reason to go on, whatever the plan says of undecided ones.
  if (policy === 'promote' && (end.report.verdict === 'undecided' || end.report.verdict === 'safe')) return NEXT;
  if (mayHold) run.tell({ kind: 'entered', phase: 'held', waitingFor: 'proof, or a person: advance, promote or abort', reason: end.reason });
  return null;
}

async function pauseFor(run: RolloutRun, reason: string): Promise<Stop | null> {
  run.tell({ kind: 'autoPaused', reason });
  return whilePaused(run);
}

/** Holds here while paused, guardrails live. Returns the stop that ended it, or null when resumed. */
export async function whilePaused(run: RolloutRun): Promise<Stop | null> {
  while (run.state.paused && run.state.request === null) {
    const end = await supervise(run, { kind: 'hold' }, () => !run.state.paused || run.state.request !== null, true);
    if (end !== 'until' && end.kind === 'harm') return { kind: 'rollBack', reason: end.reason };
  }
  return requested(run);
}

async function approve(run: RolloutRun, step: ApproveStep): Promise<Stop> {
  run.tell({ kind: 'entered', phase: 'awaitingApproval', waitingFor: `approval: ${step.reason}` });
  if (step.timeoutMs === null || step.onTimeout === 'hold') return approvedOrOver(run, step, () => false);
  return withTimer(step.timeoutMs, 'approval timeout', (over) => approvedOrOver(run, step, over));
}

async function approvedOrOver(run: RolloutRun, step: ApproveStep, over: () => boolean): Promise<Stop> {
  for (;;) {
    const end = await supervise(run, { kind: 'hold' }, () => run.state.approved || over() || run.state.request !== null || run.state.paused);
    const stop = await afterWatch(run, end, false);
    if (stop !== null) return stop;
    if (run.state.approved) return NEXT;
    if (over()) return { kind: 'rollBack', reason: `Nobody approved within ${duration(step.timeoutMs ?? 0)}: ${step.reason}` };
  }
}

/** Runs `body` with a timer beside it that is cancelled when the body ends. */
export async function withTimer<T>(ms: number, summary: string, body: (over: () => boolean) => Promise<T>): Promise<T> {
  let over = false;
  const timer = new CancellationScope();
  timer.run(() => sleep(ms, { summary })).then(() => { over = true; }, () => undefined);
  try {
    return await body(() => over);
  } finally {
    timer.cancel();
  }
}

function bakeWaits(step: Omit<BakeStep, 'kind'>): string {
  const cards = step.minCards > 0 ? `, ${step.minCards} candidate cards` : '';
  return `${duration(step.forMs)} to pass${cards} and the judge to say ${step.require === 'safe' ? 'safe' : 'no harm'} (at most ${duration(step.atMostMs)})`;
}
