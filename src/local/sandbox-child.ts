/**
 * The sandbox organisation as a process of its own: what the engine writes goes over a real network to a real server.
 */
import { AssistError } from '../configurator/errors.ts';
import { startGuarded } from './temporal/child.ts';
import type { GuardedChild } from './temporal/child.ts';
import type { Closers } from '../compose/closers.ts';

export interface SandboxChildOptions {
  /** The program's own script. */
  readonly script: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  /** Called when it ends although nobody asked it to. */
  readonly onExit: (how: string) => void;
  readonly closers: Closers;
}

export interface SandboxChild {
  readonly url: string;
  readonly pid: number;
  /** May be called twice. */
  readonly close: () => Promise<void>;
}

const START_MS = 20_000;

export async function startSandboxChild(options: SandboxChildOptions): Promise<SandboxChild> {
  const lines: string[] = [];
  let onReady: (url: string) => void = () => undefined;
  const ready = new Promise<string>((resolve) => {
    onReady = resolve;
  });
  const args = [...process.execArgv, options.script, 'sandbox', '--json', ...options.args];
  const child = startGuarded(process.execPath, args, {
    env: { ...options.env },
    onLine: (line) => {
      const url = readyUrl(line);
      if (url !== null) onReady(url);
      else if (lines.push(line) > 12) lines.shift();
    },
  });
  let stopping = false;
  const close = (): Promise<void> => {
    stopping = true;
    return stop(child);
  };
  options.closers.add('sandbox', close);
  const url = await Promise.race([ready, failToStart(child, lines, options.signal)]);
  void child.ended.then((how) => {
    if (!stopping) options.onExit(how);
  });
  return { url, pid: child.process.pid ?? 0, close };
}

/** The first line a sandbox prints with `--json`: `{"kind":"ready","url":"http://..."}`. */
function readyUrl(line: string): string | null {
  if (!line.startsWith('{')) return null;
  try {
    const { kind, url } = JSON.parse(line) as { kind?: unknown; url?: unknown };
    return kind === 'ready' && typeof url === 'string' ? url : null;
  } catch {
    return null;
  }
}

async function failToStart(child: GuardedChild, lines: readonly string[], signal: AbortSignal): Promise<never> {
  const how = await Promise.race([child.ended, untilAborted(AbortSignal.any([signal, AbortSignal.timeout(START_MS)]))]);
  signal.throwIfAborted();
  throw new AssistError(
    'sandbox-failed',
    `The sandbox organisation did not start (${how}).${lines.length === 0 ? '' : `\n${lines.join('\n')}`}`,
    'Run `assist-rollouts sandbox` by itself to see why.',
  );
}

function untilAborted(signal: AbortSignal): Promise<string> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(`not ready within ${START_MS / 1_000} s`), { once: true });
  });
}

async function stop(child: GuardedChild): Promise<void> {
  child.signal('SIGTERM');
  const timer = setTimeout(() => child.signal('SIGKILL'), 3_000);
  await child.ended;
  clearTimeout(timer);
}
