/** A throw-away PostgreSQL server, where the machine has the binaries. */
import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asking, findPostgres as findAmong } from '../../src/local/production/postgres.ts';
import { freePort } from './ports.ts';

export interface TestPostgres {
  /** Of a fresh, empty database; each call makes another. */
  createDatabase(): Promise<string>;
  /** Of the maintenance database. */
  readonly url: string;
  /**
   * Ends the server the hard way, by default so that its processes end together; `start` brings it back on the same
   * data and port.
   */
  kill(signal?: 'SIGQUIT' | 'SIGKILL'): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

export const findPostgres = (): string | null => findAmong(process.env);

export interface PostgresOptions {
  /** Off by default: a test does not survive the machine anyway. Figures are taken with it on. */
  readonly fsync?: boolean;
  /** Others than those it has by itself. */
  readonly settings?: Readonly<Record<string, string | number>>;
  /** Where its folder is made; among the temporary files if absent. */
  readonly within?: string;
}

/** The server refuses to run as root, so root lends it to the user `postgres`. */
export async function startPostgres(
  bin: string,
  { fsync = false, settings = {}, within = tmpdir() }: PostgresOptions = {},
): Promise<TestPostgres> {
  const owner = process.getuid?.() === 0 ? systemUser('postgres') : null;
  const home = mkdtempSync(join(within, 'assist-rollouts-pg-'));
  if (owner) chownSync(home, owner.uid, owner.gid);
  const data = join(home, 'data');
  const made = spawnSync(
    join(bin, 'initdb'),
    ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'],
    { cwd: home, encoding: 'utf8', ...owner },
  );
  if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr}`);

  const port = await freePort();
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  let server: ChildProcess | undefined;
  const set = Object.entries({ fsync: fsync ? 'on' : 'off', ...settings }).flatMap(([key, to]) => [
    '-c',
    `${key}=${to}`,
  ]);
  let databases = 0;

  const start = async (): Promise<void> => {
    server = spawnServer(bin, ['-D', data, '-h', '127.0.0.1', '-p', String(port), '-k', home, ...set], home, owner);
    await untilReady(url, server);
  };
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (!server || server.exitCode !== null || server.signalCode !== null) return;
    const exited = once(server, 'exit');
    server.kill(signal);
    await exited;
  };
  await start();
  return {
    url,
    start,
    kill: (signal = 'SIGQUIT') => end(signal),
    async createDatabase() {
      const name = `test_${++databases}`;
      await asking(url, (client) => client.query(`create database ${name}`));
      return url.replace(/postgres$/, name);
    },
    async stop() {
      await end('SIGINT');
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** Where `setpriv` exists the server also ends when this process is killed. */
function spawnServer(bin: string, args: readonly string[], cwd: string, owner: Owner | null): ChildProcess {
  const setpriv = ['/usr/bin/setpriv', '/bin/setpriv'].find(existsSync);
  if (!setpriv) return spawn(join(bin, 'postgres'), args, { cwd, stdio: 'ignore', ...owner });
  const as = owner ? [`--reuid=${owner.uid}`, `--regid=${owner.gid}`, '--clear-groups'] : [];
  return spawn(setpriv, [...as, '--pdeathsig=INT', join(bin, 'postgres'), ...args], { cwd, stdio: 'ignore' });
}

interface Owner {
  readonly uid: number;
  readonly gid: number;
}

function systemUser(name: string): Owner {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith(`${name}:`));
  const [, , uid, gid] = (line ?? '').split(':');
  if (!uid || !gid) throw new Error(`There is no user ${name} to run PostgreSQL as.`);
  return { uid: Number(uid), gid: Number(gid) };
}

/** Only one that never comes fails by it, however much else the machine does. */
const READY_MS = 120_000;

async function untilReady(url: string, server: ChildProcess): Promise<void> {
  const deadline = Date.now() + READY_MS;
  for (;;) {
    try {
      await asking(url, (client) => client.query('select 1'));
      return;
    } catch (error) {
      if (server.exitCode !== null || Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
