/**
 * Messages over a socket between processes of one user on one machine: the length in four bytes, then a value as V8
 * writes it, with the numbers and bytes that JSON has no word for.
 */
import { deserialize, serialize } from 'node:v8';

const LENGTH_BYTES = 4;
/** Far above the longest answer; what claims more is no message of ours. */
export const MAX_FRAME_BYTES = 512 * 1024 * 1024;

export const frameOf = (value: unknown): Buffer => framed(serialize(value));

export function framed(body: Buffer): Buffer {
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32BE(body.length);
  return Buffer.concat([length, body]);
}

export const valueOf = (body: Buffer): unknown => deserialize(body) as unknown;

/** Takes what comes in pieces of any size; throws for a message longer than `maxBytes` says at that moment. */
export function frameReader(maxBytes: () => number, take: (body: Buffer) => void): (piece: Buffer) => void {
  let pieces: Buffer[] = [];
  let held = 0;
  let needed = LENGTH_BYTES;
  return (piece) => {
    pieces.push(piece);
    held += piece.length;
    while (held >= needed) {
      const all = Buffer.concat(pieces);
      const body = all.readUInt32BE(0);
      if (body > maxBytes()) throw new RangeError(`A message of ${body} bytes is none of ours.`);
      needed = LENGTH_BYTES + body;
      [pieces, held] = [[all], all.length];
      if (held < needed) return;
      [pieces, held] = [[all.subarray(needed)], all.length - needed];
      take(all.subarray(LENGTH_BYTES, needed));
      needed = LENGTH_BYTES;
    }
  };
}
