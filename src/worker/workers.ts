/** Two workers in one process: `rollouts` (workflows, judge, journal, safety) and `genesys` (calls at the allowed rate). */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { NativeConnection, WorkerOptions } from '@temporalio/worker';
import { GracefulShutdownPeriodExpiredError, Worker } from '@temporalio/worker';
import type { ActivityDeps } from '../activities/create.ts';
import { createActivities } from '../activities/create.ts';
import { createGuardianActivities } from '../guardian/create.ts';
import type { GuardianDeps } from '../guardian/create.ts';
import { GENESYS_QUEUE, ROLLOUTS_QUEUE } from '../workflows/messages.ts';

export interface WorkersOptions {
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly activities: ActivityDeps;
  /** What looks from outside; the rest of its ports are those of the activities. */
  readonly guardian: Pick<GuardianDeps, 'mode' | 'logger' | 'exportState'>;
  /** Mean rate that the Temporal server enforces over all workers; the client's own bucket is the cap. */
  readonly genesysCallsPerMinute: number;
  /** Shown in the Web UI; default: process and host. */
  readonly identity?: string;
}

export interface Workers {
  /** Rejects when a worker fails; resolves after `close`. */
  readonly running: Promise<void>;
  close(): Promise<void>;
}

/** A dead worker's sticky queue costs a second, not ten; cancellations and live figures travel within a second. */
const COMMON = {
  stickyQueueScheduleToStartTimeout: '1s',
  maxHeartbeatThrottleInterval: '1s',
  defaultHeartbeatThrottleInterval: '1s',
  shutdownGraceTime: '1s',
  shutdownForceTime: '5s',
} as const satisfies Partial<WorkerOptions>;

export async function startWorkers(options: WorkersOptions): Promise<Workers> {
  const bag = { ...createActivities(options.activities, Math.random), ...createGuardianActivities({ ...options.activities, ...options.guardian }, Math.random) };
  const activities = bag as unknown as Record<string, (...args: never[]) => Promise<unknown>>;
  const base = { ...COMMON, connection: options.connection, namespace: options.namespace, activities, ...(options.identity === undefined ? {} : { identity: options.identity }) };
  const rollouts = await Worker.create({ ...base, taskQueue: ROLLOUTS_QUEUE, ...workflowCode() });
  const genesys = await Worker.create({ ...base, taskQueue: GENESYS_QUEUE, maxTaskQueueActivitiesPerSecond: options.genesysCallsPerMinute / 60 });
  const running = Promise.all([rollouts.run(), genesys.run()]).then(() => undefined);
  return {
    running,
    async close() {
      for (const worker of [rollouts, genesys]) if (worker.getState() === 'RUNNING') worker.shutdown();
      await running.catch(ignoreForcedShutdown);
    },
  };
}

/** An activity that outlives the grace time is given up: Temporal hands it to another worker. That is a close, not a failure. */
function ignoreForcedShutdown(error: unknown): void {
  if (!(error instanceof GracefulShutdownPeriodExpiredError)) throw error;
}

/** The bundle made at build time where there is one (starts in no time); else it is made from the sources now. */
function workflowCode(): Pick<WorkerOptions, 'workflowBundle' | 'workflowsPath'> {
  const bundle = join(__dirname, '..', '..', 'workflow-bundle.js');
  if (existsSync(bundle)) return { workflowBundle: { codePath: bundle } };
  const source = join(__dirname, '..', 'workflows', existsSync(join(__dirname, '..', 'workflows', 'index.ts')) ? 'index.ts' : 'index.js');
  return { workflowsPath: source };
}
