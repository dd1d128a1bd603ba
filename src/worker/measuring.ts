/** The worker that asks how conversations were handled; a queue of its own, for one round at a time. */
import type { NativeConnection } from '@temporalio/worker';
import { Worker } from '@temporalio/worker';
import { createMeasuringActivities } from '../activities/measure-handling.ts';
import type { MeasuringDeps } from '../activities/measure-handling.ts';
import { MEASURING_QUEUE } from '../workflows/messages.ts';
import { runTogether } from './workers.ts';
import type { Workers } from './workers.ts';

export interface MeasuringWorkerOptions {
  readonly connection: NativeConnection;
  readonly namespace: string;
  /** Shown in the Web UI. */
  readonly identity: string;
  readonly deps: MeasuringDeps;
}

export async function startMeasuringWorker({
  connection,
  namespace,
  identity,
  deps,
}: MeasuringWorkerOptions): Promise<Workers> {
  const worker = await Worker.create({
    connection,
    namespace,
    identity,
    taskQueue: MEASURING_QUEUE,
    activities: createMeasuringActivities(deps, Math.random),
    shutdownForceTime: '5s',
    maxConcurrentActivityTaskExecutions: 1,
  });
  return runTogether([worker]);
}
