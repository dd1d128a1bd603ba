/** Builds programs of Temporal from source with the user's own Go. */
import { mkdtemp, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makeFolder } from '../../files/make-folder.ts';
import { findOnPath, isExecutable } from './executable.ts';
import type { Env } from '../../config/secrets.ts';
import { startGuarded } from './child.ts';

/** The last version that `go install` takes; later ones carry a `replace` directive in their go.mod. */
export const TEMPORAL_CLI_VERSION = '1.5.1';
const PACKAGE = `github.com/temporalio/cli/cmd/temporal@v${TEMPORAL_CLI_VERSION}`;

export interface BuildOptions {
  readonly env: Env;
  /** Where the executable shall lie; its folder is made. */
  readonly path: string;
  readonly log: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
  /** Time between two progress lines. */
  readonly progressMs?: number;
}

/** Undefined when the executable lies at `path`, else why not. Rejects when the signal aborts. */
export async function buildWithGo(options: BuildOptions): Promise<string | undefined> {
  const go = await findOnPath('go', options.env);
  if (go === undefined) return 'Go is not on PATH, so the CLI cannot be built from source';
  makeFolder(dirname(options.path));
  const bin = await mkdtemp(join(dirname(options.path), 'build-'));
  try {
    const what = `the Temporal CLI ${TEMPORAL_CLI_VERSION}`;
    const failure = await goInstall(go, bin, { ...options, packages: [PACKAGE], what });
    if (failure !== undefined) return `go install ${PACKAGE} failed: ${failure}`;
    const built = join(bin, process.platform === 'win32' ? 'temporal.exe' : 'temporal');
    if (!(await isExecutable(built))) return `go install ${PACKAGE} left no executable (is GOOS or GOARCH set?)`;
    await rename(built, options.path);
    return undefined;
  } finally {
    await rm(bin, { recursive: true, force: true });
  }
}

export interface InstallOptions extends Omit<BuildOptions, 'path'> {
  /** Import paths, each with its version. */
  readonly packages: readonly string[];
  /** What is built, for people. */
  readonly what: string;
}

/** Leaves the executables in the folder; undefined when it went well, else why not. Rejects when the signal aborts. */
export async function goInstall(go: string, bin: string, options: InstallOptions): Promise<string | undefined> {
  const started = Date.now();
  const lines: string[] = [];
  const child = startGuarded(go, ['install', '-trimpath', '-ldflags', '-s -w', ...options.packages], {
    env: { ...options.env, GOBIN: bin, CGO_ENABLED: '0' },
    onLine: (line) => lines.push(line),
  });
  const progress = (): void => {
    const seconds = Math.round((Date.now() - started) / 1000);
    options.log(`building ${options.what} with Go, once for this machine: ${seconds} s (about 180 s on two cores)`);
  };
  progress();
  const ticking = setInterval(progress, options.progressMs ?? 5_000);
  const stop = (): void => child.signal('SIGKILL');
  options.signal?.addEventListener('abort', stop, { once: true });
  const how = await child.ended;
  clearInterval(ticking);
  options.signal?.removeEventListener('abort', stop);
  options.signal?.throwIfAborted();
  return how === 'exit code 0' ? undefined : `${how}; ${lines.slice(-3).join(' / ') || 'no output'}`;
}
