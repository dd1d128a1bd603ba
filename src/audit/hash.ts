/**
 * The hashes of RFC 6962, section 2.1: leaves and inner nodes differ in their first byte, so neither can pass for the
 * other.
 */
import { hash } from 'node:crypto';

export const HASH_BYTES = 32;

/** Root of the tree without leaves. */
export const EMPTY_ROOT: Uint8Array = sha256(new Uint8Array(0));

/** SHA-256(0x00 ‖ UTF-8 of the line). */
export function leafHash(line: string | Uint8Array): Uint8Array {
  return sha256(Buffer.concat([LEAF, typeof line === 'string' ? Buffer.from(line, 'utf8') : line]));
}

/** SHA-256(0x01 ‖ left ‖ right). */
export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  pair.set(left, 1);
  pair.set(right, 1 + HASH_BYTES);
  return sha256(pair);
}

export function sameHash(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

export function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

/** Undefined for anything but the canonical base64 of a hash. */
export function hashFromBase64(text: string): Uint8Array | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.length === HASH_BYTES && bytes.toString('base64') === text ? bytes : undefined;
}

const LEAF = Uint8Array.of(0);
/** Reused: hashing is synchronous and keeps nothing of it. */
const pair = new Uint8Array(1 + 2 * HASH_BYTES).fill(1, 0, 1);

function sha256(bytes: Uint8Array): Uint8Array {
  return hash('sha256', bytes, 'buffer');
}
