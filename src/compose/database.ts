/** The database of a service, waited for when it is away. */
import { awaitDatabase } from '../store/wait.ts';
import type { Database } from '../store/database.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Closers } from './closers.ts';
import { measureStore } from './store-figures.ts';

export interface ServiceStore {
  readonly url: string;
  readonly signal: AbortSignal;
  readonly logger: Logger;
  readonly closers: Closers;
}

export async function openServiceDatabase({ url, signal, logger, closers }: ServiceStore): Promise<Database> {
  let waited = false;
  const db = await awaitDatabase(
    { kind: 'pg', url },
    {
      signal,
      onWait: (why, waitedMs) => {
        waited = true;
        logger.warn({ waitedSeconds: Math.round(waitedMs / 1000) }, `waiting for the database: ${why}`);
      },
    },
  );
  closers.add('database', () => db.close());
  measureStore(db, closers);
  if (waited) logger.info('the database is there');
  return db;
}
