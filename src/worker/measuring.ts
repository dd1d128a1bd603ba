/** The worker that asks how conversations were handled; a queue of its own, for one round at a time. */
import { createMeasuringActivities } from '../activities/measure-handling.ts';
import type { MeasuringDeps } from '../activities/measure-handling.ts';
import { MEASURING_QUEUE } from '../workflows/messages.ts';
import { createWorker } from './create-worker.ts';
import type { WorkerPlace } from './create-worker.ts';
import { runTogether } from './workers.ts';
import type { Workers } from './workers.ts';

export interface MeasuringWorkerOptions {
  readonly place: WorkerPlace;
  /** Shown in the Web UI. */
  readonly identity: string;
  readonly deps: MeasuringDeps;
}

export async function startMeasuringWorker({ place, identity, deps }: MeasuringWorkerOptions): Promise<Workers> {
  const worker = await createWorker(place, {
    identity,
    taskQueue: MEASURING_QUEUE,
    activities: createMeasuringActivities(deps, Math.random),
    shutdownForceTime: '5s',
    maxConcurrentActivityTaskExecutions: 1,
  });
  return runTogether([worker]);
}
