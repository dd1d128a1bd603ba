/** The database of who asks about the past: it is found, never made; where another process holds it, that one is asked. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { readConfig } from '../config.ts';
import type { Env } from '../config/secrets.ts';
import { AssistError } from '../configurator/errors.ts';
import type { Database } from '../store/database.ts';
import { codeOf } from '../store/errors.ts';
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
  const found = findStore({ env });
  if (found !== null) return found;
  throw new AssistError(
    'store-missing',
    `DATABASE_URL is not set, and there is no embedded database at ${embeddedDir({ env })}: nothing has run here.`,
    'Set DATABASE_URL to the PostgreSQL that the workers use, or ASSIST_ROLLOUTS_HOME to the folder of the ' +
      '`dev` that ran.',
  );
}

/** Null: there is none. */
export function findStore({ env }: { readonly env: Env }): StoreConfig | null {
  const { databaseUrl } = readConfig(env);
  if (databaseUrl !== null) return { kind: 'pg', url: databaseUrl };
  const dataDir = embeddedDir({ env });
  return isThere(dataDir) ? { kind: 'pglite', dataDir, askHolder: true } : null;
}

const embeddedDir = ({ env }: { readonly env: Env }): string => join(readConfig(env).home, 'database');

function isThere(dataDir: string): boolean {
  try {
    return statSync(dataDir).isDirectory();
  } catch (error) {
    if (codeOf(error) === 'EACCES') throw foreign(dataDir, error);
    return false;
  }
}

function foreign(dataDir: string, cause: unknown): AssistError {
  return new AssistError(
    'store-missing',
    `${dataDir} lies in a folder of another user: its embedded database is for that user alone.`,
    'Run this as that user, or set ASSIST_ROLLOUTS_HOME to a folder of your own.',
    { cause },
  );
}
