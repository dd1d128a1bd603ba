import { sha256Hex } from '../preflight/sha256.ts';

/** Indexes of PostgreSQL take 2,704 bytes; whoever shows or sends a key takes less. */
const MOST_CHARACTERS = 500;
const HASH_CHARACTERS = 32;

/** The same for the same text: what is longer, as one that tells a hundred queues, ends in its SHA-256. */
export function shortKey(key: string): string {
  if (key.length <= MOST_CHARACTERS) return key;
  return `${key.slice(0, MOST_CHARACTERS - HASH_CHARACTERS - 1)}#${sha256Hex(key).slice(0, HASH_CHARACTERS)}`;
}
