/** Entry point: hands the process to `runCli` and its exit code back. */
import { readFileSync, writeSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { emitKeypressEvents } from 'node:readline';
import type { Key } from 'node:readline';
import { createInterface } from 'node:readline/promises';
import { isatty } from 'node:tty';
import type { Configurator } from '../configurator.ts';
import { TOKEN_HOLDER } from '../configurator/token-holder.ts';
import { readConfiguration } from '../config/configuration.ts';
import type { Deps } from './deps.ts';
import { EXIT } from './exit-codes.ts';
import { takeFirstOptions } from './first-options.ts';
import { createClosers } from '../compose/closers.ts';
import { composeTraces } from '../compose/telemetry.ts';
import { operatorName } from '../compose/operator-key.ts';
import { packageRoot } from '../compose/package-root.ts';
import { asCalled, PROGRAM_VARIABLE } from './program-name.ts';
import { runCli } from './run.ts';
import { wantsColor } from './view/paint.ts';

/** Something that does not close by itself must not keep a finished command alive. */
const LINGER_MS = 2_000;

async function main(): Promise<void> {
  const { argv, stdout, stderr } = process;
  const { args, env: given } = takeFirstOptions(argv.slice(2), process.env);
  const configuration = await readConfiguration(given);
  const { env } = configuration;
  const isTTY = isatty(stdout.fd);
  const named = (text: string): string => asCalled(text, process.env[PROGRAM_VARIABLE]);
  let configurator: Promise<Configurator> | undefined;
  // A collector that is away is no failure of what was done.
  const traces = createClosers({ onError: () => undefined, timeoutMs: LINGER_MS });
  const deps: Deps = {
    env,
    configuration,
    now: Date.now,
    user: env['ASSIST_API_URL'] ? TOKEN_HOLDER : (operatorName(env) ?? currentUser(env)),
    version: packageVersion(),
    script: __filename,
    signal: stopSignal(),
    out: {
      stdout: (text) => void stdout.write(named(text)),
      stderr: (text) => void stderr.write(named(text)),
      named,
      isTTY,
      color: wantsColor(env, isTTY),
      columns: () => (isTTY ? stdout.columns : null),
    },
    ask: isatty(process.stdin.fd) && isatty(stderr.fd) ? askAtTerminal : null,
    keys: isTTY && isatty(process.stdin.fd) && isatty(stderr.fd) ? listenToKeys : null,
    zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    // Loaded at the first need: the client of Temporal takes longer to load than most verbs to run.
    configurator: () =>
      (configurator ??= import('../compose/configurator.ts').then(async ({ openPersonsConfigurator }) => {
        await composeTraces({ env, service: 'cli', version: deps.version, logger: null, closers: traces });
        return openPersonsConfigurator({ env, now: Date.now });
      })),
  };
  stdout.on('error', leave);
  // A log that cannot be written is no reason to leave rollouts alone.
  stderr.on('error', () => undefined);
  process.exitCode = await runCli(args, deps);
  // One that could not be made was told of already.
  await (await configurator?.catch(() => undefined))?.close();
  await traces.close();
  setTimeout(() => process.exit(), LINGER_MS).unref();
}

/** Null at the end of input and at Ctrl-C. On stderr, for stdout may be read by another program. */
async function askAtTerminal(question: string): Promise<string | null> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const closed = new Promise<null>((resolve) => void lines.once('close', () => resolve(null)));
  try {
    return await Promise.race([lines.question(question), closed]);
  } finally {
    lines.close();
  }
}

/** Without waiting for the end of a line. Ctrl-C is then a key too, and still interrupts. */
function listenToKeys(on: (key: string) => void): () => void {
  const { stdin } = process;
  const heard = (text: string | undefined, { name, ctrl }: Key): void => {
    if (ctrl === true && name === 'c') process.kill(process.pid, 'SIGINT');
    else if (text !== undefined) on(text);
  };
  emitKeypressEvents(stdin);
  stdin.setRawMode(true);
  stdin.on('keypress', heard).resume();
  return () => {
    stdin.off('keypress', heard).setRawMode(false);
    stdin.pause();
  };
}

/** The first signal closes everything in order; a second one does not wait for that. */
function stopSignal(): AbortSignal {
  const stop = new AbortController();
  const onSignal = () => {
    if (stop.signal.aborted) process.exit(EXIT.interrupted);
    stop.abort();
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, onSignal);
  return stop.signal;
}

/** `assist-rollouts list | head -1` is no error; a result that cannot be written, on a full disk, is one. */
function leave(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') process.exit(EXIT.ok);
  try {
    writeSync(
      process.stderr.fd,
      `error What was to be printed could not be written (${error.code ?? error.message}).\n` +
        'Make room where the output goes, and run the command again.\n',
    );
  } finally {
    process.exit(EXIT.unexpected);
  }
}

function currentUser(env: Deps['env']): string {
  try {
    return userInfo().username;
  } catch {
    return env['USER'] ?? env['LOGNAME'] ?? 'unknown';
  }
}

function packageVersion(): string {
  const { version } = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as { version: string };
  return version;
}

void main();
