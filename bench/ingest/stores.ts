/**
 * The stores to measure on: the embedded one in a folder, and PostgreSQL at DATABASE_URL or from this machine's
 * binaries.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '../../src/store/open.ts';
import type { StoreConfig } from '../../src/store/open.ts';
import { findPostgres, startPostgres } from '../lib/postgres.ts';
import { openRawPg, openRawPglite } from './raw.ts';
import type { RawStore } from './raw.ts';

export type StoreName = 'pglite' | 'pg';

export interface BenchStore {
  readonly name: StoreName;
  readonly config: StoreConfig;
  openRaw(): Promise<RawStore>;
  /** Drops what the benchmark made. */
  close(): Promise<void>;
}

/**
 * Undefined where there is no PostgreSQL. `databaseUrl` must name a database of its own for this: its tables are
 * emptied.
 */
export async function openBenchStore(
  name: StoreName,
  databaseUrl: string | undefined,
): Promise<BenchStore | undefined> {
  const store = name === 'pglite' ? await embedded() : await postgres(databaseUrl);
  if (store) await (await openDatabase(store.config)).close();
  return store;
}

async function embedded(): Promise<BenchStore> {
  const home = await mkdtemp(join(tmpdir(), 'assist-rollouts-bench-'));
  const dataDir = join(home, 'database');
  return {
    name: 'pglite',
    config: { kind: 'pglite', dataDir },
    openRaw: () => openRawPglite(dataDir),
    close: () => rm(home, { recursive: true, force: true }),
  };
}

async function postgres(databaseUrl: string | undefined): Promise<BenchStore | undefined> {
  if (databaseUrl !== undefined)
    return {
      name: 'pg',
      config: { kind: 'pg', url: databaseUrl },
      openRaw: () => openRawPg(databaseUrl),
      close: () => Promise.resolve(),
    };
  const bin = findPostgres();
  if (bin === null) return undefined;
  const server = await startPostgres(bin, { fsync: true });
  const url = await server.createDatabase();
  return { name: 'pg', config: { kind: 'pg', url }, openRaw: () => openRawPg(url), close: () => server.stop() };
}
