/** A child process in a group of its own, which does not outlive us however we end. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';

export interface GuardedChild {
  readonly process: ChildProcess;
  /** Resolves when the child has ended and its output is read, with a phrase such as `exit code 1`. Never rejects. */
  readonly ended: Promise<string>;
  /** Sends the signal to the child and to all that it has started. */
  signal(name: NodeJS.Signals): void;
}

export interface GuardedChildOptions {
  /** Ours when not given. */
  readonly env?: NodeJS.ProcessEnv;
  readonly onLine: (line: string) => void;
  /** What it writes is for its owner only. */
  readonly privateFiles?: boolean;
}

export function startGuarded(command: string, args: readonly string[], options: GuardedChildOptions): GuardedChild {
  const env = options.env === undefined ? {} : { env: options.env };
  const start = (): ChildProcess => spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true, ...env });
  const child = options.privateFiles === true ? underUmask(0o077, start) : start();
  const signal = (name: NodeJS.Signals): void => signalGroup(child, name);
  const onExit = (): void => signal('SIGKILL');
  process.once('exit', onExit);
  const watchdog = startWatchdog(child);
  readLines(child, options.onLine);
  const ended = endOf(child).then((how) => {
    process.removeListener('exit', onExit);
    watchdog?.kill('SIGKILL');
    return how;
  });
  return { process: child, ended, signal };
}

/** Asks it to end, and makes it once it was patient for so long. May be called twice. */
export async function endGuarded(child: GuardedChild, patienceMs: number): Promise<void> {
  child.signal('SIGTERM');
  const timer = setTimeout(() => child.signal('SIGKILL'), patienceMs);
  await child.ended;
  clearTimeout(timer);
}

/** A child keeps the umask that it was started under. */
function underUmask<T>(mask: number, work: () => T): T {
  const before = process.umask(mask);
  try {
    return work();
  } finally {
    process.umask(before);
  }
}

/**
 * Our own `exit` handler does not run when we are killed, so a shell holds the other end of a pipe: when we are gone,
 * for
 * whatever reason, the pipe closes and the shell kills the child's group.
 */
function startWatchdog(child: ChildProcess): ChildProcess | undefined {
  if (process.platform === 'win32' || child.pid === undefined) return undefined;
  const script = 'cat >/dev/null; kill -s KILL -- "-$1" 2>/dev/null';
  const watchdog = spawn('/bin/sh', ['-c', script, 'watchdog', String(child.pid)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  watchdog.on('error', () => {});
  watchdog.unref();
  return watchdog;
}

function signalGroup(child: ChildProcess, name: NodeJS.Signals): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    if (process.platform === 'win32') child.kill(name);
    else process.kill(-child.pid, name);
  } catch {
    // The group ended between the check and the signal.
  }
}

function readLines(child: ChildProcess, onLine: (line: string) => void): void {
  for (const stream of [child.stdout, child.stderr]) {
    let rest = '';
    stream?.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split(/\r?\n/);
      rest = lines.pop() ?? '';
      for (const line of lines) if (line.trim() !== '') onLine(line);
    });
    stream?.on('end', () => {
      if (rest.trim() !== '') onLine(rest);
    });
  }
}

function endOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, killedBy) => resolve(code === null ? `killed by ${killedBy}` : `exit code ${code}`));
  });
}
