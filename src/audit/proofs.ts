/**
 * The verifier's side of proofs, as RFC 9162 (sections 2.1.3.2 and 2.1.4.2) has it: no tree needed, only the proof and
 * the roots.
 */
import { nodeHash, sameHash } from './hash.ts';

export interface InclusionClaim {
  readonly leaf: Uint8Array;
  readonly index: number;
  readonly size: number;
  readonly root: Uint8Array;
  readonly proof: readonly Uint8Array[];
}

export function verifyInclusion({ leaf, index, size, root, proof }: InclusionClaim): boolean {
  if (!isIndex(index) || !isIndex(size) || index >= size) return false;
  let [node, last, hash] = [index, size - 1, leaf];
  for (const sibling of proof) {
    if (last === 0) return false;
    if (isOdd(node) || node === last) {
      hash = nodeHash(sibling, hash);
      while (!isOdd(node) && node !== 0) [node, last] = [half(node), half(last)];
    } else {
      hash = nodeHash(hash, sibling);
    }
    [node, last] = [half(node), half(last)];
  }
  return last === 0 && sameHash(hash, root);
}

export interface ConsistencyClaim {
  readonly first: { readonly size: number; readonly root: Uint8Array };
  readonly second: { readonly size: number; readonly root: Uint8Array };
  readonly proof: readonly Uint8Array[];
}

/** Does the second tree begin with the first, entry by entry? Any tree begins with the empty one. */
export function verifyConsistency({ first, second, proof }: ConsistencyClaim): boolean {
  if (!isIndex(first.size) || !isIndex(second.size) || first.size > second.size) return false;
  if (first.size === second.size) return proof.length === 0 && sameHash(first.root, second.root);
  if (first.size === 0) return proof.length === 0;
  const [start, ...rest] = isPowerOfTwo(first.size) ? [first.root, ...proof] : proof;
  if (start === undefined) return false;
  let [node, last] = [first.size - 1, second.size - 1];
  while (isOdd(node)) [node, last] = [half(node), half(last)];
  let [firstHash, secondHash] = [start, start];
  for (const hash of rest) {
    if (last === 0) return false;
    if (isOdd(node) || node === last) {
      firstHash = nodeHash(hash, firstHash);
      secondHash = nodeHash(hash, secondHash);
      while (!isOdd(node) && node !== 0) [node, last] = [half(node), half(last)];
    } else {
      secondHash = nodeHash(secondHash, hash);
    }
    [node, last] = [half(node), half(last)];
  }
  return last === 0 && sameHash(firstHash, first.root) && sameHash(secondHash, second.root);
}

/** Not by bit operators, which stop at 32 bits. */
const isOdd = (n: number): boolean => n % 2 === 1;
const half = (n: number): number => Math.floor(n / 2);
const isPowerOfTwo = (n: number): boolean => 2 ** Math.round(Math.log2(n)) === n;
const isIndex = (n: number): boolean => Number.isSafeInteger(n) && n >= 0;
