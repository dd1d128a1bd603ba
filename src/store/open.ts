/** Opens the store and brings its schema up to date. */
import type { Database } from './database.ts';
import { migrate } from './migrate.ts';
import { MIGRATIONS } from './migrations/index.ts';
import { openPg } from './pg.ts';
import { openPglite } from './pglite.ts';

export type StoreConfig =
  | { readonly kind: 'pg'; readonly url: string }
  /** `dataDir: null` keeps everything in memory. */
  | { readonly kind: 'pglite'; readonly dataDir: string | null };

/**
 * Throws StoreError (`code` says which): in use, unreachable, newer than this code, a migration changed after it ran.
 */
export async function openDatabase(config: StoreConfig): Promise<Database> {
  const db = config.kind === 'pg' ? await openPg(config.url) : await openPglite(config.dataDir);
  try {
    await migrate(db, MIGRATIONS);
    return db;
  } catch (error) {
    await db.close();
    throw error;
  }
}
