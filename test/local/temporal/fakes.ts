/** Folders with small shell scripts that stand in for programs on PATH. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folders: string[] = [];

export async function freshFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'assist-rollouts-test-'));
  folders.push(folder);
  return folder;
}

export async function removeFolders(): Promise<void> {
  await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true, force: true })));
}

/** Writes an executable script; the body may use absolute paths and shell builtins only. */
export async function program(folder: string, name: string, body: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, `#!/bin/sh\n${body}\n`, { mode: 0o755 });
  return path;
}

export const GOOD_TEMPORAL = 'echo "temporal version 1.5.1 (Server 1.29.1, UI 2.42.1)"';
