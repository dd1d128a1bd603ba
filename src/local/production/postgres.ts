/**
 * A PostgreSQL of this stand's own: Temporal's two databases and ours, each role with a password of its own, by
 * deploy/roles.sql as an operator makes them.
 */
import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Client } from 'pg';
import type { Closers } from '../../compose/closers.ts';
import { packageRoot } from '../../compose/package-root.ts';
import type { Env } from '../../config/secrets.ts';
import { startGuarded } from '../temporal/child.ts';
import { claimPort } from '../temporal/ports.ts';
import { lacking } from './errors.ts';
import { newPassword } from './secrets.ts';

const run = promisify(execFile);
const HOST = '127.0.0.1';
const START_MS = 60_000;
/** Who may do what: deploy/roles.sql. */
const ROLES = ['owner', 'worker', 'events', 'panel', 'console'] as const;
export type Role = (typeof ROLES)[number];

export interface StandPostgres {
  readonly port: number;
  /** Of the role that Temporal logs in as, who owns its two databases. */
  readonly temporalPassword: string;
  /** Of our database, as each role. */
  readonly urls: Readonly<Record<Role, string>>;
}

export interface PostgresOptions {
  readonly folder: string;
  readonly env: Env;
  readonly closers: Closers;
  readonly signal: AbortSignal;
}

export async function startPostgres(options: PostgresOptions): Promise<StandPostgres> {
  const bin = findPostgres(options.env);
  if (bin === null)
    throw lacking(
      'There is no PostgreSQL (initdb, postgres) on this machine.',
      'Install it: apt-get install postgresql.',
    );
  const as = asOwner();
  const data = join(options.folder, 'postgres');
  await mkdir(data, { mode: 0o700 });
  if (as.length > 0) await run('chown', ['postgres:', data]);
  const superuser = newPassword();
  const passwordFile = join(options.folder, 'postgres-password');
  await writeFile(passwordFile, superuser, { mode: 0o644 });
  const port = await claimPort(HOST, undefined, 'PostgreSQL');
  const initdb = ['-D', data, '-U', 'postgres', '-A', 'scram-sha-256', `--pwfile=${passwordFile}`];
  const [command, ...first] = [...as, join(bin, 'initdb'), ...initdb, '-E', 'UTF8', '--locale=C'];
  await run(command, first, { cwd: data });
  await writeFile(passwordFile, '');
  const serve = [join(bin, 'postgres'), '-D', data, '-h', HOST, '-p', String(port), '-k', data];
  const [program, ...args] = [...as, ...serve, '-c', 'max_connections=200'];
  const server = startGuarded(program, args, { onLine: () => undefined });
  options.closers.add('PostgreSQL', async () => {
    server.signal('SIGINT');
    await server.ended;
  });
  const url = (user: string, password: string, database: string): string =>
    `postgres://${user}:${password}@${HOST}:${port}/${database}`;
  const root = url('postgres', superuser, 'postgres');
  await untilItAnswers(root, options.signal);
  const temporalPassword = newPassword();
  await makeTemporals(root, temporalPassword);
  const passwords = Object.fromEntries(ROLES.map((role) => [role, newPassword()]));
  await makeOurs(bin, url('postgres', superuser, 'assist'), passwords);
  const urls = Object.fromEntries(ROLES.map((role) => [role, url(`assist_${role}`, passwords[role] ?? '', 'assist')]));
  return { port, temporalPassword, urls: urls as Record<Role, string> };
}

/** Folder with `initdb` and `postgres`, newest version first; null where there is none. */
export function findPostgres(env: Env): string | null {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [...versions.map((version) => join(debian, version, 'bin')), ...(env['PATH'] ?? '').split(delimiter)];
  return folders.find((folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres'))) ?? null;
}

/** The server refuses to run as root, so root lends it to the user `postgres`. */
function asOwner(): readonly string[] {
  if (process.getuid?.() !== 0) return [];
  return ['setpriv', '--reuid=postgres', '--regid=postgres', '--clear-groups'];
}

async function untilItAnswers(url: string, signal: AbortSignal): Promise<void> {
  const deadline = Date.now() + START_MS;
  for (;;) {
    try {
      await asking(url, (client) => client.query('select 1'));
      return;
    } catch (error) {
      signal.throwIfAborted();
      if (Date.now() > deadline)
        throw lacking(`PostgreSQL did not answer within ${START_MS / 1_000} s: ${String(error)}`, 'Try it again.');
      await sleep(100);
    }
  }
}

async function makeTemporals(root: string, password: string): Promise<void> {
  await asking(root, async (client) => {
    await client.query(`create role temporal login password '${password}'`);
    for (const name of ['temporal', 'temporal_visibility'])
      await client.query(`create database ${name} owner temporal`);
    await client.query('create database assist');
  });
}

async function makeOurs(bin: string, url: string, passwords: Readonly<Record<string, string>>): Promise<void> {
  const variables = Object.entries(passwords).flatMap(([role, password]) => ['-v', `${role}_password=${password}`]);
  const psql = existsSync(join(bin, 'psql')) ? join(bin, 'psql') : 'psql';
  await run(psql, ['-q', '-v', 'ON_ERROR_STOP=1', ...variables, '-f', join(packageRoot(), 'deploy/roles.sql'), url]);
}

export async function asking<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url });
  try {
    await client.connect();
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}
