/** Folders that are made on the way to a file. */
import { mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/**
 * For their owner only, those above it as well. Step by step: Node's own way tells a folder that lies where nothing can
 * be written as one that is not there, and tries for good where no folder can be (`/proc`).
 */
export function makeFolder(folder: string): void {
  const missing: string[] = [];
  for (let one = resolve(folder); !isThere(one); one = dirname(one)) missing.unshift(one);
  for (const one of missing) makeOne(one);
}

function isThere(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

/** Another process may have made it meanwhile. */
function makeOne(folder: string): void {
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}
