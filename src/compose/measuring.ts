/** How conversations were handled, asked once a minute by whichever worker takes it. */
import type { MeasuringDeps } from '../activities/measure-handling.ts';
import { openClient } from '../codec/client.ts';
import { MEASURING_SCHEDULE } from '../schedules/duties.ts';
import { keepSchedule } from '../schedules/schedule.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { WorkerPlace } from '../worker/create-worker.ts';
import { startMeasuringWorker } from '../worker/measuring.ts';
import type { Workers } from '../worker/workers.ts';
import { workerIdentity } from './build.ts';
import type { Closers } from './closers.ts';

export interface MeasuringParts extends Omit<MeasuringDeps, 'settings' | 'logger'> {
  readonly place: WorkerPlace;
  readonly logger: Logger;
  readonly closers: Closers;
}

export async function composeMeasuring(parts: MeasuringParts): Promise<Workers> {
  const { place, logger, closers, ...deps } = parts;
  const workers = await startMeasuringWorker({
    place,
    identity: workerIdentity(),
    deps: { ...deps, logger },
  });
  closers.add('worker that measures handling', () => workers.close());
  const keeper = await keepSchedule(openClient(place), MEASURING_SCHEDULE, logger);
  closers.add('schedule of measuring', () => keeper.close());
  return workers;
}
