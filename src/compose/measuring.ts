/** How conversations were handled, asked once a minute by whichever worker takes it. */
import type { NativeConnection } from '@temporalio/worker';
import { Client } from '@temporalio/client';
import type { MeasuringDeps } from '../activities/measure-handling.ts';
import { MEASURING_SCHEDULE } from '../schedules/duties.ts';
import { keepSchedule } from '../schedules/schedule.ts';
import type { Logger } from '../telemetry/logger.ts';
import { startMeasuringWorker } from '../worker/measuring.ts';
import type { Workers } from '../worker/workers.ts';
import { workerIdentity } from './build.ts';
import type { Closers } from './closers.ts';

export interface MeasuringParts extends Omit<MeasuringDeps, 'settings' | 'logger'> {
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly logger: Logger;
  readonly closers: Closers;
}

export async function composeMeasuring(parts: MeasuringParts): Promise<Workers> {
  const { connection, namespace, logger, closers, ...deps } = parts;
  const workers = await startMeasuringWorker({
    connection,
    namespace,
    identity: workerIdentity(),
    deps: { ...deps, logger },
  });
  closers.add('worker that measures handling', () => workers.close());
  const keeper = await keepSchedule(new Client({ connection, namespace }), MEASURING_SCHEDULE, logger);
  closers.add('schedule of measuring', () => keeper.close());
  return workers;
}
