/** The worker that asks how conversations were handled; a queue of its own, for one round at a time. */
import type { NativeConnection } from '@temporalio/worker';
import { Worker } from '@temporalio/worker';
import { createMeasuringActivities } from '../activities/measure-handling.ts';
import type { MeasuringDeps } from '../activities/measure-handling.ts';
import type { WantedSchedule } from '../schedules/schedule.ts';
import { MEASURING_QUEUE, MEASURING_WORKFLOW, ROLLOUTS_QUEUE } from '../workflows/messages.ts';
import { runTogether } from './workers.ts';
import type { Workers } from './workers.ts';

export const MEASURING_SCHEDULE: WantedSchedule = {
  id: 'assist-rollouts-measuring',
  everyMs: 60_000,
  workflowType: MEASURING_WORKFLOW,
  workflowId: 'measuring',
  taskQueue: ROLLOUTS_QUEUE,
  maxRunMs: 120_000,
  summary: 'asks how conversations with cards were handled',
};

export interface MeasuringWorkerOptions {
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly deps: MeasuringDeps;
}

export async function startMeasuringWorker({ connection, namespace, deps }: MeasuringWorkerOptions): Promise<Workers> {
  const worker = await Worker.create({
    connection,
    namespace,
    taskQueue: MEASURING_QUEUE,
    activities: createMeasuringActivities(deps, Math.random),
    shutdownForceTime: '5s',
    maxConcurrentActivityTaskExecutions: 1,
  });
  return runTogether([worker]);
}
