/** The programs of a Temporal server on PostgreSQL, built once for this machine by Go, whose sources Go checks. */
import { mkdtemp, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { makeFolder } from '../../files/make-folder.ts';
import type { Env } from '../../config/secrets.ts';
import { withLock } from '../../locks/lock-file.cjs';
import { findOnPath, isExecutable } from '../temporal/executable.ts';
import { goInstall } from '../temporal/go-install.ts';
import { lacking } from './errors.ts';

/** Of the server that the Temporal CLI of `dev` brings, too. */
const TEMPORAL_SERVER_VERSION = '1.29.1';
const MODULE = 'go.temporal.io/server';

export interface ServerPrograms {
  readonly server: string;
  /** Makes and upgrades the schema of its databases. */
  readonly sqlTool: string;
}

export interface ProgramsOptions {
  readonly env: Env;
  readonly log: (line: string) => void;
  readonly signal: AbortSignal;
}

export async function obtainServerPrograms(options: ProgramsOptions): Promise<ServerPrograms> {
  const { env, signal } = options;
  const cache = join(env['XDG_CACHE_HOME'] || join(env['HOME'] || homedir(), '.cache'), 'assist-rollouts');
  const folder = join(cache, `temporal-server-${TEMPORAL_SERVER_VERSION}`);
  const programs = { server: join(folder, 'server'), sqlTool: join(folder, 'sql') };
  if (await areThere(programs)) return programs;
  makeFolder(cache);
  const build = async (): Promise<void> => {
    if (!(await areThere(programs))) await buildInto(folder, options);
  };
  await withLock(`${folder}.lock`, build, {
    onWait: () => options.log('another process builds the Temporal server; waiting for it'),
    signal,
  });
  return programs;
}

async function areThere({ server, sqlTool }: ServerPrograms): Promise<boolean> {
  return (await isExecutable(server)) && (await isExecutable(sqlTool));
}

/** Into a folder beside it first: what is there is whole. */
async function buildInto(folder: string, { env, log, signal }: ProgramsOptions): Promise<void> {
  const go = await findOnPath('go', env);
  if (go === undefined)
    throw lacking(
      'There is no Go on PATH, and a Temporal server on PostgreSQL is built by it.',
      'Install Go 1.24 or newer.',
    );
  const bin = await mkdtemp(`${folder}-`);
  try {
    const packages = ['cmd/server', 'cmd/tools/sql'].map((path) => `${MODULE}/${path}@v${TEMPORAL_SERVER_VERSION}`);
    const what = `the Temporal server ${TEMPORAL_SERVER_VERSION}`;
    const failure = await goInstall(go, bin, { env, log, signal, packages, what });
    if (failure !== undefined)
      throw lacking(`go install ${packages.join(' ')} failed: ${failure}`, 'See what Go says, and try it again.');
    await rm(folder, { recursive: true, force: true });
    await rename(bin, folder);
  } finally {
    await rm(bin, { recursive: true, force: true });
  }
}
