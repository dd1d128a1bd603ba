/** Workers: made here, and nowhere else, so that none writes in the clear what belongs in cipher. */
import type { NativeConnection, WorkerOptions } from '@temporalio/worker';
import { Worker } from '@temporalio/worker';
import type { Place } from '../codec/client.ts';
import { dataConverterOf } from '../codec/converter.ts';

export type WorkerPlace = Place<NativeConnection>;

type Own = 'connection' | 'namespace' | 'dataConverter';

export function createWorker(place: WorkerPlace, options: Omit<WorkerOptions, Own>): Promise<Worker> {
  const { connection, namespace, codecKeys } = place;
  return Worker.create({ ...options, connection, namespace, dataConverter: dataConverterOf(codecKeys) });
}
