/**
 * Which subtrees an answer is made of. The tree over n leaves splits at the largest power of two below n (RFC 6962,
 * section 2.1), so
 * every root and every step of a proof is the hash over a range of leaves, and a range is a few complete subtrees.
 */
import type { NodeId } from '../store/audit-log.ts';
import { EMPTY_ROOT, nodeHash } from './hash.ts';

/** Leaves `[from, to)`. */
export interface LeafRange {
  readonly from: number;
  readonly to: number;
}

/** PATH(index, D[size]): from the leaf's sibling up to the root. */
export function inclusionRanges(index: number, size: number): LeafRange[] {
  return path(index, { from: 0, to: size });
}

/** Complete subtrees that make up the range, left to right; `from` must be where a subtree of that width may begin. */
export function nodesOf({ from, to }: LeafRange): NodeId[] {
  const nodes: NodeId[] = [];
  for (let at = from; at < to;) {
    const level = Math.floor(Math.log2(to - at));
    nodes.push({ level, index: at / 2 ** level });
    at += 2 ** level;
  }
  return nodes;
}

/** The hash over a range, from the hashes of its `nodesOf`. */
export function foldNodes(hashes: readonly Uint8Array[]): Uint8Array {
  return hashes.length === 0 ? EMPTY_ROOT : hashes.reduceRight((right, left) => nodeHash(left, right));
}

/** The largest power of two smaller than n, for n > 1. */
function splitOf(n: number): number {
  return 2 ** Math.ceil(Math.log2(n) - 1);
}

function path(index: number, { from, to }: LeafRange): LeafRange[] {
  if (to - from <= 1) return [];
  const middle = from + splitOf(to - from);
  const left = { from, to: middle };
  const right = { from: middle, to };
  return index < middle ? [...path(index, left), right] : [...path(index, right), left];
}
