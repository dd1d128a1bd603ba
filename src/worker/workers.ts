/**
 * Five workers in one process, one for each queue, so that none takes another's slots: `rollouts` (workflows and
 * bookkeeping), `genesys` (calls at the allowed rate), `watches` (one long activity per rollout), `hooks` (one for
 * each that is asked) and `safety` (roll backs).
 */
import type { Worker, WorkerOptions } from '@temporalio/worker';
import { GracefulShutdownPeriodExpiredError } from '@temporalio/worker';
import { createBuildsActivities } from '../activities/builds.ts';
import type { ActivityDeps } from '../activities/create.ts';
import { createActivities } from '../activities/create.ts';
import { createGuardianActivities } from '../guardian/create.ts';
import type { GuardianDeps } from '../guardian/create.ts';
import { GENESYS_QUEUE, HOOKS_QUEUE, ROLLOUTS_QUEUE, SAFETY_QUEUE, WATCHES_QUEUE } from '../workflows/messages.ts';
import type { WorkerBuild } from '../builds/build.ts';
import { createWavesActivities } from '../waves/activities.ts';
import type { WavesDeps } from '../waves/activities.ts';
import { createWorker } from './create-worker.ts';
import type { WorkerPlace } from './create-worker.ts';
import { tracedWorker } from './traced.ts';
import { workflowCode } from './workflow-code.ts';

export interface WorkersOptions {
  readonly place: WorkerPlace;
  readonly activities: ActivityDeps;
  /** What looks from outside; the rest of its ports are those of the activities. */
  readonly guardian: Pick<GuardianDeps, 'mode' | 'logger'>;
  /** Other organisations that waves may have members in; null or absent: none. */
  readonly elsewhere?: WavesDeps['elsewhere'];
  /** Mean rate that the Temporal server enforces over all workers; the client's own bucket is the cap. */
  readonly genesysCallsPerMinute: number;
  /** Shown in the Web UI; default: process and host. */
  readonly identity?: string;
  /** Which build this is; absent: workers say none, and share all work with those that say none. */
  readonly build?: WorkerBuild | undefined;
}

export interface Workers {
  /** Rejects when a worker fails; resolves after `close`. */
  readonly running: Promise<void>;
  close(): Promise<void>;
}

/**
 * A dead worker's sticky queue costs five seconds, not ten (less, and a busy worker would replay whole histories for
 * being busy); cancellations and live figures travel within a second.
 */
const COMMON = {
  stickyQueueScheduleToStartTimeout: '5s',
  maxHeartbeatThrottleInterval: '1s',
  defaultHeartbeatThrottleInterval: '1s',
  shutdownGraceTime: '1s',
  shutdownForceTime: '5s',
} as const satisfies Partial<WorkerOptions>;

/**
 * One thread runs all workflows of a process. What it takes beyond that waits where no priority counts, and its ten
 * seconds run: after an outage a busy worker that took forty finished none in time, threw away what it had replayed, and
 * began anew. A poll holds a slot as well: one for what this process has in memory, two for all else.
 */
export const WORKFLOW_TASKS = {
  taskQueue: ROLLOUTS_QUEUE,
  maxConcurrentWorkflowTaskExecutions: 5,
  maxConcurrentWorkflowTaskPolls: 3,
  nonStickyToStickyPollRatio: 0.67,
} as const;

/** A slot is taken for as long as a split is watched; an idle watch costs a timer and a heartbeat. */
const MAX_WATCHES = 2000;
const MAX_ROLL_BACKS = 500;
const MAX_HOOKS = 1000;

export async function startWorkers(options: WorkersOptions): Promise<Workers> {
  const activities = {
    ...createActivities(options.activities, Math.random),
    ...createGuardianActivities({ ...options.activities, ...options.guardian }, Math.random),
    ...createBuildsActivities({ ...options.activities, rolloutsQueue: ROLLOUTS_QUEUE }, Math.random),
    ...createWavesActivities({ ...options.activities, elsewhere: options.elsewhere ?? null }, Math.random),
  };
  const { place } = options;
  const base = {
    ...COMMON,
    activities,
    ...(await tracedWorker()),
    ...(options.identity === undefined ? {} : { identity: options.identity }),
    ...versioned(options.build),
  };
  const workers = await Promise.all([
    createWorker(place, { ...base, ...WORKFLOW_TASKS, workflowBundle: await workflowCode(place) }),
    createWorker(place, {
      ...base,
      taskQueue: GENESYS_QUEUE,
      maxTaskQueueActivitiesPerSecond: options.genesysCallsPerMinute / 60,
    }),
    createWorker(place, { ...base, taskQueue: WATCHES_QUEUE, maxConcurrentActivityTaskExecutions: MAX_WATCHES }),
    createWorker(place, { ...base, taskQueue: HOOKS_QUEUE, maxConcurrentActivityTaskExecutions: MAX_HOOKS }),
    createWorker(place, { ...base, taskQueue: SAFETY_QUEUE, maxConcurrentActivityTaskExecutions: MAX_ROLL_BACKS }),
  ]);
  return runTogether(workers);
}

/**
 * All five queues are of the build, so a rollout, which ends by the rules that it began with, has its activities done by
 * it. Some workflows follow the current build instead (follow-current.ts). What serves every build alike (senders, audit duties, measuring) says none, and is never without a worker.
 */
function versioned(version: WorkerBuild | undefined): Pick<WorkerOptions, 'workerDeploymentOptions'> {
  if (version === undefined) return {};
  return {
    workerDeploymentOptions: { version, useWorkerVersioning: true, defaultVersioningBehavior: 'PINNED' },
  };
}

/** Runs all of them; a close gives each its grace time, and waits until all have stopped. */
export function runTogether(workers: readonly Pick<Worker, 'run' | 'getState' | 'shutdown'>[]): Workers {
  const runs = workers.map((worker) => worker.run());
  return {
    running: Promise.all(runs).then(() => undefined),
    async close() {
      for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
      const ends = await Promise.allSettled(runs);
      for (const end of ends) if (end.status === 'rejected') ignoreForcedShutdown(end.reason);
    },
  };
}

/**
 * An activity that outlives the grace time is given up: Temporal hands it to another worker. That is a close, not a
 * failure.
 */
function ignoreForcedShutdown(error: unknown): void {
  if (!(error instanceof GracefulShutdownPeriodExpiredError)) throw error;
}
