/** Backups as an operator takes them: a dump of the database, and a copy of what a stopped Temporal server keeps. */
import { spawnSync } from 'node:child_process';
import { copyFile, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { Client } from 'pg';
import type { Processes } from './processes.ts';
import { findPostgres } from './postgres.ts';

export interface DatabaseBackup {
  restore(): Promise<void>;
  remove(): Promise<void>;
}

/** Whoever uses the database goes on, and is cut off when it is restored. */
export async function backUpDatabase(databaseUrl: string): Promise<DatabaseBackup> {
  const folder = await mkdtemp(join(tmpdir(), 'assist-backup-'));
  const dump = join(folder, 'database.dump');
  run('pg_dump', ['--format=custom', `--file=${dump}`, databaseUrl]);
  return {
    async restore() {
      await emptyDatabase({ databaseUrl });
      run('pg_restore', ['--exit-on-error', `--dbname=${databaseUrl}`, dump]);
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

export interface Backup {
  /** The database alone becomes what it was. */
  restoreDatabase(): Promise<void>;
  /** Temporal alone becomes what it was. */
  restoreTemporal(): Promise<void>;
  remove(): Promise<void>;
}

/** Of both, at one moment; nothing goes on meanwhile. */
export async function backUp(all: Processes): Promise<Backup> {
  const folder = await mkdtemp(join(tmpdir(), 'assist-backup-'));
  let database: DatabaseBackup | undefined;
  await all.restartTemporal(0, async () => {
    database = await backUpDatabase(all.databaseUrl);
    await copyAll(all.temporalFile, folder);
  });
  return {
    restoreDatabase: async () => database?.restore(),
    restoreTemporal: () =>
      all.restartTemporal(0, async () => {
        await removeTemporal(all);
        await copyAll(join(folder, basename(all.temporalFile)), dirname(all.temporalFile));
      }),
    async remove() {
      await rm(folder, { recursive: true, force: true });
      await database?.remove();
    },
  };
}

/** Nothing is left, not even a table. */
export async function emptyDatabase({ databaseUrl }: Pick<Processes, 'databaseUrl'>): Promise<void> {
  const name = new URL(databaseUrl).pathname.slice(1);
  const client = new Client({ connectionString: databaseUrl.replace(/[^/]+$/, 'postgres') });
  await client.connect();
  try {
    await client.query(`drop database ${name} with (force)`);
    await client.query(`create database ${name}`);
  } finally {
    await client.end();
  }
}

export function emptyTemporal(all: Processes): Promise<void> {
  return all.restartTemporal(0, () => removeTemporal(all));
}

async function removeTemporal({ temporalFile }: Processes): Promise<void> {
  for (const file of await filesOf(temporalFile)) await rm(file);
}

/** With what SQLite keeps beside it. */
async function copyAll(file: string, to: string): Promise<void> {
  for (const one of await filesOf(file)) await copyFile(one, join(to, basename(one)));
}

async function filesOf(file: string): Promise<string[]> {
  const folder = dirname(file);
  return (await readdir(folder)).filter((name) => name.startsWith(basename(file))).map((name) => join(folder, name));
}

function run(tool: string, args: readonly string[]): void {
  const done = spawnSync(join(findPostgres() ?? '', tool), args, { encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`${tool} failed: ${done.stderr}`);
}
