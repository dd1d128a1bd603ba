/** What the audit verbs need: the store, and the key that signs or whose signature counts. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AuditError } from '../../audit/errors.ts';
import { findSigner } from '../../audit/key.ts';
import type { KeySource } from '../../audit/key.ts';
import { signAndKeep } from '../../audit/sign-and-keep.ts';
import type { Keeping } from '../../audit/sign-and-keep.ts';
import { signedRecordFile } from '../../audit/signed-record.ts';
import { ConfigError, readConfig } from '../../config.ts';
import type { ConfigProblem } from '../../config.ts';
import { readSecret } from '../../config/secrets.ts';
import type { SecretSetting } from '../../config/secrets.ts';
import { AssistError } from '../../configurator/errors.ts';
import type { Database } from '../../store/database.ts';
import { openDatabase } from '../../store/open.ts';
import type { StoreConfig } from '../../store/open.ts';
import type { Logger } from '../../telemetry/logger.ts';
import type { Closers } from '../closers.ts';
import type { Deps } from '../deps.ts';
import { untilAborted } from './waiting.ts';

/** The database that `demandStore` finds; closed when the work is done. */
export async function withStore<T>(deps: Deps, work: (db: Database) => Promise<T>): Promise<T> {
  const db = await openDatabase(demandStore(deps));
  try {
    return await work(db);
  } finally {
    await db.close();
  }
}

/**
 * The database that the environment names, else the embedded one of this machine. Who asks about the past makes none:
 * an
 * empty one would answer as if nothing had ever happened.
 */
export function demandStore({ env }: Deps): StoreConfig {
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

/** Only the embedded default makes a key of its own: several machines on one database must share theirs. */
export function keySource({ env }: Deps): KeySource {
  const { databaseUrl, home } = readConfig(env);
  return {
    key: secretOf({ env }, 'AUDIT_SIGNING_KEY'),
    keyFile: env['AUDIT_SIGNING_KEY_FILE'] || undefined,
    home: databaseUrl === null ? home : null,
  };
}

/** A secret given by itself, or in a file that `<name>_FILE` names. */
export function secretOf({ env }: Pick<Deps, 'env'>, name: SecretSetting): string | undefined {
  const problems: ConfigProblem[] = [];
  const secret = readSecret(env, name, (at, message) => void problems.push({ name: at, message }));
  if (problems.length > 0) throw new ConfigError(problems);
  return secret ?? undefined;
}

export async function readNamed(name: string, file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new AuditError(
      'audit-file-unreadable',
      `${name} names ${file}, which cannot be read: ${(cause as Error).message}.`,
      'Name a file that you may read.',
      { cause },
    );
  }
}

/**
 * Once, or every so often until Ctrl-C. A failed round is told and does not end the rounds; alone it is the verb's
 * failure.
 */
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

export interface Signing {
  readonly deps: Deps;
  readonly db: Database;
  readonly logger: Logger;
  readonly closers: Closers;
}

const SIGN_EVERY_MS = 60_000;
/** Also when nothing was logged: a last signature that is older than this means that nobody signs any more. */
const SIGN_ANEW_MS = 3_600_000;

/**
 * A process that writes the log also signs it, once a minute and when it ends; without a key it says so and goes on.
 */
export async function signRegularly({ deps, db, logger, closers }: Signing): Promise<void> {
  const signer = await findSigner(keySource(deps));
  if (signer === null) {
    logger.warn('the audit log is not signed here: set AUDIT_SIGNING_KEY_FILE');
    return;
  }
  const sign = () =>
    signAndKeep(db, signer, { now: deps.now, anewAfterMs: SIGN_ANEW_MS, ...keepingOf(deps) }).catch((error: unknown) =>
      logger.error({ err: error }, 'the audit log was not signed'),
    );
  const timer = setInterval(() => void sign(), SIGN_EVERY_MS);
  closers.add('audit signer', async () => {
    clearInterval(timer);
    await sign();
  });
}

/** What is kept outside the database by the environment's word, or at the file that a verb names. */
export function keepingOf(deps: Deps, file = deps.env['AUDIT_CHECKPOINT_FILE'] || undefined): Keeping {
  return { file, record: signedRecordFile(keySource(deps)) };
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([over, untilAborted(signal)]);
  clearTimeout(timer);
}
