/**
 * Reads files that somebody else wrote, or named: nothing but a regular file, no more of it than is allowed, and from
 * nowhere else.
 */
import { isUtf8 } from 'node:buffer';
import { constants } from 'node:fs';
import { lstat, open, realpath, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { relative, isAbsolute, sep } from 'node:path';
import type { Readable } from 'node:stream';
import type { Stats } from 'node:fs';

export interface Bounds {
  readonly maxBytes: number;
  /** The folder that the file lies in, links followed; absent: anywhere. */
  readonly within?: string;
}

export type FileRefusal = 'not-a-file' | 'not-text' | 'too-large' | 'outside';

/** The file is there, and is not read. */
export class FileRefusedError extends Error {
  readonly code: FileRefusal;
  /** What is there instead, such as "a folder"; of a file that is too large its size, if that is known. */
  readonly seen: string;

  constructor(code: FileRefusal, seen: string) {
    super(`it ${code === 'too-large' ? 'has' : 'is'} ${seen}`);
    this.name = 'FileRefusedError';
    this.code = code;
    this.seen = seen;
  }
}

/**
 * The text of a file. Rejects with a FileRefusedError, or with a Node error code (ENOENT, EACCES...). Never waits for
 * another process.
 */
export async function readBounded(path: string, { maxBytes, within }: Bounds): Promise<string> {
  const file = within === undefined ? path : await insideOf(within, path);
  // Before it is opened: to open a pipe would wait for its writer, and to open a device may do something.
  refuseUnlessFile(await stat(file), maxBytes);
  const handle = await open(
    file,
    constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (within === undefined ? 0 : (constants.O_NOFOLLOW ?? 0)),
  );
  try {
    refuseUnlessFile(await handle.stat(), maxBytes);
    return await readUpTo(handle, maxBytes);
  } finally {
    await handle.close();
  }
}

/** Where the file really is, if that is within the folder. */
async function insideOf(folder: string, path: string): Promise<string> {
  const file = await realpath(path);
  const way = relative(await realpath(folder), file);
  if (way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way))) return file;
  const isLink = (await lstat(path)).isSymbolicLink();
  throw new FileRefusedError('outside', isLink ? 'a link out of it' : 'a file outside of it');
}

function refuseUnlessFile(stats: Stats, maxBytes: number): void {
  if (!stats.isFile()) throw new FileRefusedError('not-a-file', kindOf(stats));
  if (stats.size > maxBytes) throw new FileRefusedError('too-large', `${stats.size} bytes`);
}

function kindOf(stats: Stats): string {
  if (stats.isDirectory()) return 'a folder';
  if (stats.isFIFO()) return 'a named pipe';
  if (stats.isSocket()) return 'a socket';
  return 'a device';
}

/** Signs put in the place of what cannot be read would be taken for what somebody wrote. */
function utf8(bytes: Buffer): string {
  if (isUtf8(bytes) && !bytes.includes(0)) return bytes.toString('utf8');
  throw new FileRefusedError('not-text', 'no UTF-8 text');
}

/** Some files say that they are empty and are not. */
async function readUpTo(handle: FileHandle, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for (;;) {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(64 * 1024), 0, 64 * 1024, null);
    if (bytesRead === 0) return utf8(Buffer.concat(chunks));
    size += bytesRead;
    if (size > maxBytes) throw new FileRefusedError('too-large', `more than ${maxBytes} bytes`);
    chunks.push(buffer.subarray(0, bytesRead));
  }
}

/** The text that somebody sends, to its end. */
export async function readStream(input: Readable, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of input as AsyncIterable<Buffer | string>) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > maxBytes) throw new FileRefusedError('too-large', `more than ${maxBytes} bytes`);
    chunks.push(bytes);
  }
  return utf8(Buffer.concat(chunks));
}

/** Why a file of somebody's is not used: "it is a folder", "it is not there". */
export function whyUnread(error: unknown): string {
  if (error instanceof FileRefusedError) return error.message;
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return 'it is not there';
  if (code === 'EACCES' || code === 'EPERM') return 'you may not read it';
  if (code === 'ELOOP') return 'it is a link in a circle';
  if (code === 'ENAMETOOLONG') return 'its name is too long';
  return error instanceof Error ? error.message : String(error);
}
