/** A verb of the command line that runs until it is closed, as a process of its own. */
import type { Closers } from '../compose/closers.ts';
import { endGuarded, startGuarded } from './temporal/child.ts';
import type { GuardedChild } from './temporal/child.ts';

export interface VerbChildOptions {
  /** The program's own script. */
  readonly script: string;
  /** The verb, such as `sandbox` or `worker`. */
  readonly verb: readonly string[];
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** For closing. */
  readonly name: string;
  readonly signal: AbortSignal;
  readonly closers: Closers;
  /** Called when it ends although nobody asked it to. */
  readonly onExit: (how: string) => void;
  /** Of one that did not come up: how it ended, and its last lines. */
  readonly failed: (how: string, lines: readonly string[]) => Error;
  readonly startMs?: number;
}

export interface VerbChild {
  /** Its `ready` line. */
  readonly said: Readonly<Record<string, unknown>>;
  readonly pid: number;
  /** May be called twice. */
  readonly close: () => Promise<void>;
}

const START_MS = 20_000;
const STOP_MS = 3_000;

export async function startVerbChild(options: VerbChildOptions): Promise<VerbChild> {
  const lines: string[] = [];
  let onReady: (said: Record<string, unknown>) => void = () => undefined;
  const ready = new Promise<Record<string, unknown>>((resolve) => {
    onReady = resolve;
  });
  const args = [...process.execArgv, options.script, ...options.verb, '--json', ...options.args];
  const child = startGuarded(process.execPath, args, {
    env: { ...options.env },
    onLine: (line) => {
      const said = readyLine(line);
      if (said !== null) onReady(said);
      else if (lines.push(line) > 12) lines.shift();
    },
  });
  let stopping = false;
  const close = (): Promise<void> => {
    stopping = true;
    return endGuarded(child, STOP_MS);
  };
  options.closers.add(options.name, close);
  const said = await Promise.race([ready, failToStart(child, lines, options)]);
  void child.ended.then((how) => {
    if (!stopping) options.onExit(how);
  });
  return { said, pid: child.process.pid ?? 0, close };
}

/** The first line with `--json` of a process that is up: `{"kind":"ready",...}`. */
function readyLine(line: string): Record<string, unknown> | null {
  if (!line.startsWith('{')) return null;
  try {
    const said = JSON.parse(line) as Record<string, unknown>;
    return said['kind'] === 'ready' ? said : null;
  } catch {
    return null;
  }
}

async function failToStart(
  child: GuardedChild,
  lines: readonly string[],
  { signal, failed, startMs = START_MS }: VerbChildOptions,
): Promise<never> {
  const late = untilAborted(AbortSignal.any([signal, AbortSignal.timeout(startMs)]), startMs);
  const how = await Promise.race([child.ended, late]);
  signal.throwIfAborted();
  throw failed(how, lines);
}

function untilAborted(signal: AbortSignal, startMs: number): Promise<string> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(`not ready within ${startMs / 1_000} s`), { once: true });
  });
}
