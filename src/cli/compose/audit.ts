/** What the audit verbs need: the store, and the key that signs or whose signature counts. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AuditError } from '../../audit/errors.ts';
import type { KeySource } from '../../audit/key.ts';
import { readConfig } from '../../config.ts';
import type { Database } from '../../store/database.ts';
import { openDatabase } from '../../store/open.ts';
import type { Deps } from '../deps.ts';
import { untilAborted } from './waiting.ts';

/** The database that the environment names, else the embedded one of this machine; closed when the work is done. */
export async function withStore<T>({ env }: Deps, work: (db: Database) => Promise<T>): Promise<T> {
  const { databaseUrl, home } = readConfig(env);
  const db = await openDatabase(databaseUrl === null ? { kind: 'pglite', dataDir: join(home, 'database') } : { kind: 'pg', url: databaseUrl });
  try {
    return await work(db);
  } finally {
    await db.close();
  }
}

/** Only the embedded default makes a key of its own: several machines on one database must share theirs. */
export function keySource({ env }: Deps): KeySource {
  const { databaseUrl, home } = readConfig(env);
  return { key: env['AUDIT_SIGNING_KEY'], file: env['AUDIT_SIGNING_KEY_FILE'], home: databaseUrl === null ? home : null };
}

/** A secret given by itself, or in a file that `<name>_FILE` names. */
export async function secretOf({ env }: Deps, name: string): Promise<string | undefined> {
  const file = env[`${name}_FILE`];
  return env[name] || (file ? (await readNamed(`${name}_FILE`, file)).trim() : undefined);
}

export async function readNamed(name: string, file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new AuditError('audit-file-unreadable', `${name} names ${file}, which cannot be read: ${(cause as Error).message}.`, 'Name a file that you may read.', { cause });
  }
}

/** Once, or every so often until Ctrl-C. A failed round is told and does not end the rounds; alone it is the verb's failure. */
export async function repeat(deps: Deps, everyMs: number | undefined, round: () => Promise<void>): Promise<void> {
  if (everyMs === undefined) return round();
  while (!deps.signal.aborted) {
    try {
      await round();
    } catch (error) {
      deps.out.stderr(`error ${error instanceof Error ? error.message : String(error)}\n`);
    }
    await pause(everyMs, deps.signal);
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([over, untilAborted(signal)]);
  clearTimeout(timer);
}
