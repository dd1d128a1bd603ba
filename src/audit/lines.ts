/**
 * The lines of a file, split at LF and nowhere else: node:readline also splits at U+2028 and at CR, which a text may
 * hold.
 */
import { createReadStream } from 'node:fs';

/** Without their LF; a last line without one is a line too, unless it is empty. `ended` says which. */
export async function* linesOf(
  file: string,
): AsyncGenerator<{ readonly text: string; readonly bytes: number; readonly ended: boolean }> {
  let rest: Buffer[] = [];
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
    let from = 0;
    for (let end = chunk.indexOf(LF); end >= 0; end = chunk.indexOf(LF, from)) {
      const line = rest.length === 0 ? chunk.subarray(from, end) : Buffer.concat([...rest, chunk.subarray(from, end)]);
      rest = [];
      from = end + 1;
      yield { text: line.toString('utf8'), bytes: line.length + 1, ended: true };
    }
    if (from < chunk.length) rest.push(chunk.subarray(from));
  }
  if (rest.length === 0) return;
  const line = Buffer.concat(rest);
  yield { text: line.toString('utf8'), bytes: line.length, ended: false };
}

const LF = 0x0a;
