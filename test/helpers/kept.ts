/** What takes seconds to make and is the same until its sources change: made once, and kept from run to run. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './sources.ts';

const FOLDER = join(ROOT, 'node_modules', '.cache', 'assist-rollouts-tests');
const KEEP_MS = 86_400_000;

/** The path of the file; `make` writes it to the path it is given. Sources are files and folders from the root. */
export async function kept(
  kind: string,
  sources: readonly string[],
  make: (path: string) => Promise<void>,
): Promise<string> {
  const path = join(FOLDER, `${kind}-${hashOf(sources)}`);
  if (existsSync(path)) return path;
  mkdirSync(FOLDER, { recursive: true });
  dropOld();
  // Another run may be making the same one.
  const unfinished = `${path}.${process.pid}`;
  await make(unfinished);
  renameSync(unfinished, path);
  return path;
}

function hashOf(sources: readonly string[]): string {
  const hash = createHash('sha256').update(process.version);
  for (const path of sources.flatMap(filesOf)) hash.update(`\0${path}\0`).update(readFileSync(join(ROOT, path)));
  return hash.digest('hex').slice(0, 16);
}

function filesOf(path: string): string[] {
  if (!statSync(join(ROOT, path)).isDirectory()) return [path];
  return readdirSync(join(ROOT, path), { recursive: true, encoding: 'utf8' })
    .map((name) => join(path, name))
    .filter((name) => statSync(join(ROOT, name)).isFile())
    .toSorted();
}

function dropOld(): void {
  for (const name of readdirSync(FOLDER)) {
    const path = join(FOLDER, name);
    if (Date.now() - statSync(path).mtimeMs > KEEP_MS) rmSync(path, { force: true });
  }
}
