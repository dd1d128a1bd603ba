/** Opens the store and brings its schema up to date. */
import { setTimeout as sleep } from 'node:timers/promises';
import { askHolder } from './beside/ask.ts';
import { serveStore } from './beside/serve.ts';
import type { Database, Queryable } from './database.ts';
import { StoreInUse } from './errors.ts';
import { migrate, migrationState } from './migrate.ts';
import type { MigrationState } from './migrate.ts';
import { MIGRATIONS } from './migrations/index.ts';
import { observed } from './observed.ts';
import { openPg } from './pg.ts';
import { openPglite } from './pglite.ts';
import { heldInSilence } from './store-lock.ts';

export type StoreConfig =
  | { readonly kind: 'pg'; readonly url: string }
  /** `dataDir: null` keeps everything in memory. */
  | {
      readonly kind: 'pglite';
      readonly dataDir: string | null;
      /** What is kept in memory begins as this dump of a folder. */
      readonly image?: string;
      /** Who else asks on this machine is answered while it is open; told why where that cannot be. */
      readonly serve?: { readonly onCannot: (why: string) => void };
    }
  /** By whoever holds it: opened where nobody does, else that process is asked, which must serve. */
  | { readonly kind: 'pglite'; readonly dataDir: string; readonly askHolder: true };

/**
 * Throws StoreError (`code` says which): in use, unreachable, newer than this code, a migration changed after it ran.
 */
export async function openDatabase(config: StoreConfig): Promise<Database> {
  if (config.kind === 'pg') return migrated(await openPg(config.url));
  if ('askHolder' in config) return openOrAsk(config.dataDir);
  const db = await migrated(await openPglite(config.dataDir, config.image));
  const { dataDir, serve } = config;
  if (serve === undefined || dataDir === null) return db;
  try {
    const server = await serveStore(db.thread, { dataDir, schema: SCHEMA });
    return {
      ...db,
      async close() {
        try {
          await server.close();
        } finally {
          await db.close();
        }
      },
    };
  } catch (error) {
    serve.onCannot(error instanceof Error ? error.message : String(error));
    return db;
  }
}

const SCHEMA = MIGRATIONS.at(-1)?.id ?? 0;

async function migrated<D extends Database>(db: D): Promise<D> {
  try {
    await migrate(db, MIGRATIONS);
    return observed(db);
  } catch (error) {
    await db.close();
    throw error;
  }
}

/** A process that opens the store, or closes it, does so within that; one that only reads it may take longer. */
const HOLDER_MS = 10_000;
const POLL_MS = 100;

/** Its schema is the holder's business where there is one. */
async function openOrAsk(dataDir: string): Promise<Database> {
  const giveUpAt = performance.now() + HOLDER_MS;
  for (;;) {
    try {
      return await migrated(await openPglite(dataDir));
    } catch (error) {
      if (!(error instanceof StoreInUse)) throw error;
      const held = await askHolder(dataDir, SCHEMA);
      if (held !== null) return held;
      if (performance.now() > giveUpAt) throw error.isElsewhere ? error : heldInSilence(dataDir, error);
    }
    await sleep(POLL_MS);
  }
}

/** The embedded one by the process that holds it; null: no process does, and it is not opened. */
export function askForEmbedded(dataDir: string): Promise<Database | null> {
  return askHolder(dataDir, SCHEMA);
}

/** Which migrations it lacks, and what of it this program does not know. Changes nothing. */
export function readMigrationState(db: Queryable): Promise<MigrationState> {
  return migrationState(db, MIGRATIONS);
}
