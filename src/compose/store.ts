/** The database of who asks about the past: it is found, never made. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readConfig } from '../config.ts';
import type { Env } from '../config/secrets.ts';
import { AssistError } from '../configurator/errors.ts';
import type { Database } from '../store/database.ts';
import { openDatabase } from '../store/open.ts';
import type { StoreConfig } from '../store/open.ts';

/** The database that `demandStore` finds; closed when the work is done. */
export async function withStore<T>({ env }: { readonly env: Env }, work: (db: Database) => Promise<T>): Promise<T> {
  const db = await openDatabase(demandStore({ env }));
  try {
    return await work(db);
  } finally {
    await db.close();
  }
}

/**
 * The database that the environment names, else the embedded one of this machine. Who asks about the past makes none:
 * an empty one would answer as if nothing had ever happened.
 */
export function demandStore({ env }: { readonly env: Env }): StoreConfig {
  const { databaseUrl, home } = readConfig(env);
  if (databaseUrl !== null) return { kind: 'pg', url: databaseUrl };
  const dataDir = join(home, 'database');
  if (existsSync(dataDir)) return { kind: 'pglite', dataDir };
  throw new AssistError(
    'store-missing',
    `DATABASE_URL is not set, and there is no embedded database at ${dataDir}: nothing has run here.`,
    'Set DATABASE_URL to the PostgreSQL that the workers use, or ASSIST_ROLLOUTS_HOME to the folder of the ' +
      '`dev` that ran.',
  );
}
