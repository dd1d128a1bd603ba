/** A Temporal server for one machine: found, downloaded or built, and run as a child of this process. */
import { chmod } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeFolder } from '../../files/make-folder.ts';
import { answers } from './answers.ts';
import { startGuarded } from './child.ts';
import type { GuardedChild } from './child.ts';
import { TemporalServerError } from './errors.ts';
import { faultOfTemporal, findOnPath, isExecutable } from './executable.ts';
import type { Env } from '../../config/secrets.ts';
import { TEMPORAL_CLI_VERSION, buildWithGo } from './go-install.ts';
import { withLock } from '../../locks/lock-file.cjs';
import type { LockOwner } from '../../locks/lock-file.cjs';
import { claimPort } from './ports.ts';
import { downloadRelease } from './release.ts';
import type { Release } from './release.ts';

export interface ObtainOptions {
  readonly env: Env;
  /** `${XDG_CACHE_HOME:-~/.cache}/assist-rollouts` when not given. */
  readonly cacheDir?: string;
  readonly log: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
  /** Another than the known release; null leaves the download out. */
  readonly release?: Release | null;
}

export type TemporalSource =
  | { readonly kind: 'external'; readonly address: string }
  | { readonly kind: 'binary'; readonly path: string };

/**
 * In this order: TEMPORAL_ADDRESS; `temporal` on PATH; our own cache; the release, if it is the one that is known; a
 * build with
 * Go, whose sources Go checks. The last two fill the cache. Throws `temporal-not-obtained` with what was tried.
 */
export async function obtainTemporal(options: ObtainOptions): Promise<TemporalSource> {
  const address = options.env['TEMPORAL_ADDRESS'];
  if (address) return { kind: 'external', address };
  const faults: string[] = [];
  const onPath = await findOnPath('temporal', options.env);
  if (onPath === undefined) faults.push('there is no `temporal` on PATH');
  else if (await works(onPath, faults)) return { kind: 'binary', path: onPath };
  const cached = cachedExecutable(options);
  if (!((await isExecutable(cached)) && (await works(cached, faults)))) await fillCache(cached, faults, options);
  return { kind: 'binary', path: cached };
}

async function works(path: string, faults: string[]): Promise<boolean> {
  const fault = await faultOfTemporal(path);
  if (fault !== undefined) faults.push(fault);
  return fault === undefined;
}

function cachedExecutable({ env, cacheDir }: ObtainOptions): string {
  const base = cacheDir ?? join(env['XDG_CACHE_HOME'] || join(env['HOME'] || homedir(), '.cache'), 'assist-rollouts');
  return resolve(base, `temporal-${TEMPORAL_CLI_VERSION}`, process.platform === 'win32' ? 'temporal.exe' : 'temporal');
}

async function fillCache(path: string, faults: string[], options: ObtainOptions): Promise<void> {
  const file = `${path}.lock`;
  const onWait = (owner: LockOwner | undefined): void =>
    options.log(
      `another process (${owner?.pid ?? 'unknown'}) is obtaining the Temporal CLI; waiting until ${file} is free`,
    );
  makeFolder(dirname(path));
  const fill = async (): Promise<void> => {
    if ((await isExecutable(path)) && (await works(path, []))) return;
    const { release, ...rest } = options;
    const request = { ...rest, path };
    const download = () =>
      release === null
        ? 'no download was asked for'
        : downloadRelease({ ...request, ...(release === undefined ? {} : { release }) });
    const ways = [download, () => buildWithGo(request)];
    for (const way of ways) {
      options.signal?.throwIfAborted();
      const fault = await way();
      if (fault === undefined && (await works(path, faults))) return;
      if (fault !== undefined) faults.push(fault);
    }
    throw nothingWorked(path, faults);
  };
  await withLock(file, fill, { onWait, signal: options.signal });
}

function nothingWorked(path: string, faults: readonly string[]): TemporalServerError {
  return new TemporalServerError(
    'temporal-not-obtained',
    [
      'No Temporal server could be found or obtained. Tried:',
      ...faults.map((fault) => `  - ${fault}`),
      'Do one of these and start again:',
      '  1. set TEMPORAL_ADDRESS to a server that runs already, such as localhost:7233;',
      '  2. install the Temporal CLI and put `temporal` on PATH (https://docs.temporal.io/cli);',
      `  3. install Go 1.24 or newer, with a network, so that it can be built; or copy a \`temporal\` ` +
        `executable to ${path}`,
    ].join('\n'),
  );
}

export interface DevServerOptions {
  /** The Temporal CLI. */
  readonly path: string;
  /** SQLite file that outlives the server; in memory when not given. */
  readonly dataFile?: string;
  /** Any free port when not given; the same for `uiPort`. */
  readonly port?: number;
  readonly uiPort?: number;
  readonly namespace?: string;
  /** Name -> type, such as `Keyword`. */
  readonly searchAttributes: Readonly<Record<string, string>>;
  readonly log: (line: string) => void;
  readonly signal?: AbortSignal;
}

export interface TemporalDevServer {
  readonly address: string;
  readonly namespace: string;
  readonly uiUrl: string;
  readonly pid: number;
  /** Stops the server and waits for its end; may be called twice. */
  close(): Promise<void>;
}

const HOST = '127.0.0.1';
const START_MS = 60_000;
const CLOSE_MS = 5_000;

/**
 * Resolves when the server answers for the namespace. Throws `temporal-port-in-use` or `temporal-not-started`. A port
 * that it found itself may be another's by the time the server binds it (it binds more than those two): then it finds
 * others.
 */
export async function startTemporalDevServer(options: DevServerOptions): Promise<TemporalDevServer> {
  for (let left = ATTEMPTS - 1; ; left -= 1) {
    const started = await startOnce(options);
    if (!('error' in started)) return started;
    if (left === 0 || !started.tail.some((line) => line.includes('address already in use')))
      throw notStarted(options, started.error, started.tail);
  }
}

const ATTEMPTS = 3;

async function startOnce(
  options: DevServerOptions,
): Promise<TemporalDevServer | { readonly error: unknown; readonly tail: readonly string[] }> {
  const port = await claimPort(HOST, options.port, 'the Temporal server');
  const uiPort = await claimPort(HOST, options.uiPort, 'the Temporal Web UI');
  const namespace = options.namespace ?? 'default';
  if (options.dataFile !== undefined) await makePlaceFor(resolve(options.dataFile));
  const tail: string[] = [];
  const child = startGuarded(options.path, serverArguments(options, namespace, port, uiPort), {
    onLine: (line) => void (tail.push(line) > 12 && tail.shift()),
    privateFiles: true,
  });
  const close = closer(child, options);
  try {
    await untilAnswering(child, `${HOST}:${port}`, namespace, options.signal);
  } catch (error) {
    await close();
    return { error, tail };
  }
  return {
    address: `${HOST}:${port}`,
    namespace,
    uiUrl: `http://${HOST}:${uiPort}`,
    pid: child.process.pid ?? 0,
    close,
  };
}

/** Whole histories are in it. The server makes the file itself, and does not know one that is empty. */
async function makePlaceFor(file: string): Promise<void> {
  makeFolder(dirname(file));
  for (const one of [file, `${file}-wal`, `${file}-shm`]) await chmod(one, 0o600).catch(() => undefined);
}

/**
 * One partition per task queue: split over four, a queue's mean rate of a few calls a second comes in fits and starts.
 * With fairness, and so with priorities, which a server of this version does not heed by default.
 */
const DYNAMIC_CONFIG = [
  'matching.numTaskqueueReadPartitions=1',
  'matching.numTaskqueueWritePartitions=1',
  'matching.enableFairness=true',
];

function serverArguments(options: DevServerOptions, namespace: string, port: number, uiPort: number): string[] {
  const args = [
    'server',
    'start-dev',
    '--headless=false',
    '--ip',
    HOST,
    '--port',
    String(port),
    '--ui-port',
    String(uiPort),
    '--namespace',
    namespace,
    '--log-level',
    'error',
  ];
  for (const [name, type] of Object.entries(options.searchAttributes))
    args.push('--search-attribute', `${name}=${type}`);
  for (const setting of DYNAMIC_CONFIG) args.push('--dynamic-config-value', setting);
  if (options.dataFile !== undefined) args.push('--db-filename', resolve(options.dataFile));
  return args;
}

async function untilAnswering(
  child: GuardedChild,
  address: string,
  namespace: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const giveUp = AbortSignal.any([AbortSignal.timeout(START_MS), ...(signal ? [signal] : [])]);
  const ended = child.ended.then((how) => {
    throw new Error(`it ended by itself (${how})`);
  });
  const stopWaiting = new AbortController();
  try {
    await Promise.race([ended, answers(address, namespace, AbortSignal.any([giveUp, stopWaiting.signal]))]);
  } finally {
    stopWaiting.abort();
  }
  signal?.throwIfAborted();
}

/** A file is closed in good order; what is only in memory is not worth a second of anyone's time. */
function closer(child: GuardedChild, options: DevServerOptions): () => Promise<void> {
  return async () => {
    if (options.dataFile !== undefined) {
      child.signal('SIGTERM');
      await Promise.race([child.ended, sleep(CLOSE_MS, undefined, { ref: false })]);
    }
    child.signal('SIGKILL');
    await child.ended;
  };
}

function notStarted(options: DevServerOptions, cause: unknown, tail: readonly string[]): unknown {
  if (options.signal?.aborted) return options.signal.reason;
  const said = tail.length > 0 ? ` Its last words:\n${tail.map((line) => `  ${line}`).join('\n')}` : '';
  return new TemporalServerError(
    'temporal-not-started',
    `The Temporal server (${options.path}) did not start: ${(cause as Error).message}.` +
      ` Run \`${options.path} server start-dev\` to see why, or set TEMPORAL_ADDRESS to a server that runs ` +
      `already.${said}`,
    { cause },
  );
}
