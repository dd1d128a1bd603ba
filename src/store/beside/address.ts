/**
 * Where the process that holds the embedded database is asked, and by what it knows that it may be: a file that only
 * the folder's owner reads. Made anew at each start; whoever holds the database's lock owns what is there.
 */
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { codeOf } from '../errors.ts';

export interface StoreAddress {
  /** Of a Unix domain socket, or of a named pipe on Windows. */
  readonly path: string;
  readonly token: string;
}

const folderOf = (dataDir: string): string => `${resolve(dataDir)}.socket`;
const fileOf = (dataDir: string): string => join(folderOf(dataDir), 'address.json');

/** Null: nobody has said where to ask. */
export async function readAddress(dataDir: string): Promise<StoreAddress | null> {
  try {
    const { path, token } = JSON.parse(await readFile(fileOf(dataDir), 'utf8')) as Partial<StoreAddress>;
    return typeof path === 'string' && typeof token === 'string' ? { path, token } : null;
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || error instanceof SyntaxError) return null;
    throw error;
  }
}

/** Whole or not at all: whoever reads it while it is written sees none. */
export async function writeAddress(dataDir: string, address: StoreAddress): Promise<void> {
  const draft = `${fileOf(dataDir)}.new`;
  await writeFile(draft, `${JSON.stringify(address)}\n`, { mode: 0o600 });
  await rename(draft, fileOf(dataDir));
}

/** An empty folder for ourselves alone; what a process that was killed left is gone. */
export async function clearAddress(dataDir: string): Promise<void> {
  await removeAddress(dataDir);
  await mkdir(folderOf(dataDir), { mode: 0o700 });
}

export async function removeAddress(dataDir: string): Promise<void> {
  const elsewhere = dirname((await readAddress(dataDir))?.path ?? '');
  if (basename(elsewhere).startsWith(ELSEWHERE)) await rm(elsewhere, { recursive: true, force: true });
  await rm(folderOf(dataDir), { recursive: true, force: true });
}

export const newToken = (): string => randomBytes(32).toString('base64url');

/** Of a socket's address there are 104 bytes on macOS and 108 on Linux, one of them for its end. */
const MAX_PATH_BYTES = 103;
const ELSEWHERE = 'assist-rollouts-';

/**
 * Where it can listen, the best first: beside the database; where that path is too long for a socket, or its file
 * system has none, in a folder of its own for temporary files.
 */
export async function* socketPaths(dataDir: string): AsyncGenerator<string> {
  if (process.platform === 'win32') {
    yield `\\\\.\\pipe\\${ELSEWHERE}${randomBytes(16).toString('hex')}`;
    return;
  }
  const beside = join(folderOf(dataDir), 'socket');
  if (Buffer.byteLength(beside) <= MAX_PATH_BYTES) yield beside;
  for (const parent of new Set([tmpdir(), '/tmp'])) {
    const folder = await mkdtemp(join(parent, ELSEWHERE)).catch(() => null);
    if (folder === null) continue;
    const path = join(folder, 'socket');
    if (Buffer.byteLength(path) <= MAX_PATH_BYTES) yield path;
    // Whoever took the path has stopped asking for more.
    await rm(folder, { recursive: true, force: true });
  }
}
