/** Finds programs on PATH and asks a Temporal CLI whether it will do. */
import { execFile } from 'node:child_process';
import { access, constants, stat } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import type { Env } from '../../config/secrets.ts';

const run = promisify(execFile);

/** The file that the shell would run, or undefined. */
export async function findOnPath(name: string, env: Env): Promise<string | undefined> {
  const file = process.platform === 'win32' ? `${name}.exe` : name;
  for (const folder of (env['PATH'] ?? '').split(delimiter)) {
    const candidate = join(folder, file);
    if (folder !== '' && (await isExecutable(candidate))) return candidate;
  }
  return undefined;
}

export async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

/** Server and Web UI from here on know updates, summaries and current details. */
const MIN_SERVER = [1, 27] as const;

/**
 * Undefined when the CLI will do, else what is wrong with it. A CLI that does not say its server's version is trusted.
 */
export async function faultOfTemporal(path: string): Promise<string | undefined> {
  try {
    const { stdout } = await run(path, ['--version'], { timeout: 20_000 });
    const server = /Server (\d+)\.(\d+)/.exec(stdout);
    if (!server) return undefined;
    const [major, minor] = [Number(server[1]), Number(server[2])];
    const [wantMajor, wantMinor] = MIN_SERVER;
    if (major > wantMajor || (major === wantMajor && minor >= wantMinor)) return undefined;
    return `${path} brings server ${major}.${minor}; ${MIN_SERVER.join('.')} or newer is needed`;
  } catch (error) {
    return `${path} does not run: ${firstLine((error as Error).message)}`;
  }
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? text;
}
