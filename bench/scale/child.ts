/** A process that says in one line of JSON that it is ready. */
import { endGuarded, startGuarded } from '../../src/local/temporal/child.ts';

export interface ReadyChild {
  readonly pid: number;
  /** Its `ready` line. */
  readonly said: Readonly<Record<string, unknown>>;
  /** How it ended, when it has. */
  readonly ended: Promise<string>;
  signal(name: NodeJS.Signals): void;
  close(): Promise<void>;
}

/** Only one that never comes fails by it, however much else the machine does. */
const START_MS = 120_000;
const CLOSE_MS = 15_000;

export interface ChildOptions {
  readonly name: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Everything else that it prints, above the level of information. */
  readonly say: (line: string) => void;
}

export async function startChild({ name, args, env, say }: ChildOptions): Promise<ReadyChild> {
  let onReady: (said: Record<string, unknown>) => void = () => undefined;
  const ready = new Promise<Record<string, unknown>>((resolve) => {
    onReady = resolve;
  });
  const child = startGuarded(process.execPath, args, {
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env },
    onLine: (line) => {
      const said = readyLine(line);
      if (said === null && !line.includes('"level":"info"')) say(`${name}: ${line.slice(0, 300)}`);
      if (said !== null) onReady(said);
    },
  });
  const close = (): Promise<void> => endGuarded(child, CLOSE_MS);
  const late = new Promise<never>((_, reject) => {
    setTimeout(() => reject(new Error(`${name} was not ready within ${START_MS / 1000} s.`)), START_MS).unref();
    void child.ended.then((how) => reject(new Error(`${name} ended (${how}).`)));
  });
  late.catch(() => undefined);
  try {
    const said = await Promise.race([ready, late]);
    return { pid: child.process.pid ?? 0, said, ended: child.ended, signal: (name) => child.signal(name), close };
  } catch (error) {
    await close();
    throw error;
  }
}

function readyLine(line: string): Record<string, unknown> | null {
  if (!line.startsWith('{')) return null;
  const said = JSON.parse(line) as Record<string, unknown>;
  return 'url' in said || said['kind'] === 'ready' ? said : null;
}
