/** Of a file that only grows: its end, however long it is, and what is written behind it. */
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { codeOf } from '../store/errors.ts';

export interface FileEnd {
  /** From the beginning of a line on. */
  readonly text: string;
  /** Of that beginning in the file; 0 when `text` is the whole file. */
  readonly from: number;
}

const FIRST = 64 * 1024;

/** Looks at more and more of the end until `find` finds something; the whole file is the last that it is asked about. */
export async function searchEnd<T>(file: string, find: (end: FileEnd) => T | null): Promise<T | null> {
  const handle = await openToRead(file);
  if (handle === null) return find({ text: '', from: 0 });
  try {
    const { size } = await handle.stat();
    for (let bytes = FIRST; ; bytes *= 4) {
      const from = Math.max(0, size - bytes);
      const found = find(fromLine(await readFrom(handle, from, size), from));
      if (found !== null || from === 0) return found;
    }
  } finally {
    await handle.close();
  }
}

/** Takes off what is behind `position`, and writes all of the text there. */
export async function rewriteEnd(file: string, position: number, text: string): Promise<void> {
  const handle = await open(file, 'a', 0o600);
  try {
    await handle.truncate(position);
    await handle.appendFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function openToRead(file: string): Promise<FileHandle | null> {
  try {
    return await open(file, 'r');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}

async function readFrom(handle: FileHandle, from: number, to: number): Promise<Buffer> {
  const bytes = Buffer.alloc(to - from);
  let length = 0;
  while (length < bytes.length) {
    const { bytesRead } = await handle.read(bytes, length, bytes.length - length, from + length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return bytes.subarray(0, length);
}

/** No character is cut in two behind the end of a line. */
function fromLine(bytes: Buffer, from: number): FileEnd {
  const begins = from === 0 ? 0 : bytes.indexOf(LF) + 1;
  return { text: bytes.subarray(begins).toString('utf8'), from: from + begins };
}

const LF = 0x0a;
