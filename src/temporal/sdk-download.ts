/** Lets the Temporal SDK download the CLI, which it can do for its own tests; fails at once where there is no network. */
import { chmod, mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { startGuarded } from './child.ts';
import { TEMPORAL_CLI_VERSION } from './go-install.ts';

export interface DownloadOptions {
  /** Where the executable shall lie; its folder is made. */
  readonly path: string;
  readonly log: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
  /** The SDK's testing module; undefined when it is not installed. */
  readonly testingModule?: string | undefined;
  /** Gives up when nothing has arrived for this long. */
  readonly idleMs?: number;
}

/**
 * In a process of its own: the SDK's download cannot be stopped, and would install the SDK's one and only runtime in ours.
 * It starts a server at the end, which is closed again.
 */
const SCRIPT = `
const [, module, downloadDir, version] = process.argv;
require(module).TestWorkflowEnvironment
  .createLocal({ server: { executable: { type: 'cached-download', downloadDir, version } } })
  .then((environment) => environment.teardown())
  .then(() => process.exit(0), (error) => { console.error(error.message); process.exit(1); });
`;

/** Undefined when the executable lies at `path`, else why not. Rejects when the signal aborts. */
export async function downloadWithSdk(options: DownloadOptions): Promise<string | undefined> {
  const testing = 'testingModule' in options ? options.testingModule : sdkTestingModule();
  if (testing === undefined) return 'the SDK\'s own download is not installed (@temporalio/testing)';
  await mkdir(dirname(options.path), { recursive: true });
  const folder = await mkdtemp(join(dirname(options.path), 'download-'));
  try {
    options.log(`asking the Temporal SDK to download the Temporal CLI ${TEMPORAL_CLI_VERSION}`);
    const failure = await download(testing, folder, options);
    if (failure !== undefined) return `the SDK's own download failed: ${failure}`;
    const largest = await largestFile(folder);
    if (largest === undefined) return 'the SDK\'s own download left no file';
    await chmod(largest, 0o755);
    await rename(largest, options.path);
    return undefined;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function download(testing: string, folder: string, options: DownloadOptions): Promise<string | undefined> {
  const idleMs = options.idleMs ?? 8_000;
  const lines: string[] = [];
  const child = startGuarded(process.execPath, ['-e', SCRIPT, testing, folder, `v${TEMPORAL_CLI_VERSION}`], {
    onLine: (line) => lines.push(line),
  });
  const stop = (): void => child.signal('SIGKILL');
  options.signal?.addEventListener('abort', stop, { once: true });
  let idle = false;
  const watching = watchGrowth(folder, idleMs, () => {
    idle = true;
    stop();
  });
  const how = await child.ended;
  clearInterval(watching);
  options.signal?.removeEventListener('abort', stop);
  options.signal?.throwIfAborted();
  if (idle) return `nothing arrived for ${idleMs / 1000} s`;
  return how === 'exit code 0' ? undefined : (lines.at(-1) ?? how);
}

function watchGrowth(folder: string, idleMs: number, onIdle: () => void): NodeJS.Timeout {
  let bytes = 0;
  let since = Date.now();
  const look = async (): Promise<void> => {
    const now = await bytesIn(folder);
    if (now !== bytes) since = Date.now();
    bytes = now;
    if (Date.now() - since > idleMs) onIdle();
  };
  return setInterval(() => void look(), Math.min(500, idleMs));
}

async function bytesIn(folder: string): Promise<number> {
  const sizes = await Promise.all((await filesIn(folder)).map(async (file) => (await stat(file)).size)).catch(() => []);
  return sizes.reduce((sum, size) => sum + size, 0);
}

async function largestFile(folder: string): Promise<string | undefined> {
  const files = await Promise.all((await filesIn(folder)).map(async (file) => ({ file, size: (await stat(file)).size })));
  return files.sort((a, b) => b.size - a.size)[0]?.file;
}

async function filesIn(folder: string): Promise<string[]> {
  return (await readdir(folder).catch(() => [])).map((name) => join(folder, name));
}

function sdkTestingModule(): string | undefined {
  try {
    return createRequire(__filename).resolve('@temporalio/testing');
  } catch {
    return undefined;
  }
}
