/** The path `-` is what comes in by stdin, as for other commands; what it names lies as seen from the working folder. */
import type { Readable } from 'node:stream';
import { readStream } from '../files/read-bounded.ts';
import type { ReadFile } from './card-file.ts';

const STDIN = '-';

/** Read once, however often it is named. */
export function fromStdin(readFile: ReadFile, input: Readable): ReadFile {
  let text: Promise<string> | null = null;
  return (path, bounds) => {
    if (path !== STDIN) return readFile(path, bounds);
    text ??= readStream(input, bounds.maxBytes);
    return text;
  };
}
