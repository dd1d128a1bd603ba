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

/** Not by bit operators, which stop at 32 bits. */
const isOdd = (n: number): boolean => n % 2 === 1;
const half = (n: number): number => Math.floor(n / 2);
const isIndex = (n: number): boolean => Number.isSafeInteger(n) && n >= 0;
