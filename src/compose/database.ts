/** The database of a service, waited for when it is away, and the time by its clock. */
import { awaitDatabase } from '../store/wait.ts';
import { followStoreClock } from '../store/clock.ts';
import type { Database } from '../store/database.ts';
import { formatDuration } from '../domain/shared/duration.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Closers } from './closers.ts';
import { measureAwaitedStore, measureStore } from './store-figures.ts';

export interface ServiceStore {
  readonly url: string;
  readonly signal: AbortSignal;
  readonly logger: Logger;
  readonly closers: Closers;
}

export interface ServiceDatabase {
  readonly db: Database;
  /** ms since the epoch, by the database's clock: of what several processes compare. */
  readonly now: () => number;
}

export async function openServiceDatabase({ url, signal, logger, closers }: ServiceStore): Promise<ServiceDatabase> {
  let waited = false;
  const isThere = measureAwaitedStore();
  const db = await awaitDatabase(
    { kind: 'pg', url },
    {
      signal,
      onWait: (why, waitedMs) => {
        waited = true;
        logger.warn({ waitedSeconds: Math.round(waitedMs / 1000) }, `waiting for the database: ${why}`);
      },
    },
  ).finally(isThere);
  closers.add('database', () => db.close());
  measureStore(db, closers);
  if (waited) logger.info('the database is there');
  const clock = await followStoreClock(db, {
    onOff: (aheadMs) =>
      logger.warn(
        `the clock of this machine is ${formatDuration(Math.abs(aheadMs))} ${aheadMs > 0 ? 'ahead of' : 'behind'} the ` +
          'database’s, whose counts. Let this machine keep its time by NTP.',
      ),
  });
  closers.add('clock', async () => clock.close());
  return { db, now: () => clock.now() };
}
