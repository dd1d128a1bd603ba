/**
 * A whole Merkle tree in memory: 64 bytes a leaf. Appending costs one more hash on average; a root or a proof, a few.
 */
import { HASH_BYTES, nodeHash } from './hash.ts';
import { foldNodes, inclusionRanges, nodesOf } from './ranges.ts';
import type { LeafRange } from './ranges.ts';

export class MerkleTree {
  private readonly levels: HashList[] = [new HashList()];

  get size(): number {
    return this.level(0).length;
  }

  append(leaf: Uint8Array): void {
    let hash = leaf;
    let index = this.size;
    this.level(0).push(hash);
    for (let level = 0; index % 2 === 1; level += 1) {
      hash = nodeHash(this.level(level).at(index - 1), hash);
      index = (index - 1) / 2;
      this.level(level + 1).push(hash);
    }
  }

  leaf(index: number): Uint8Array {
    return this.node(0, index);
  }

  /** Of a complete subtree; throws when it is not complete yet. */
  node(level: number, index: number): Uint8Array {
    return this.level(level).at(index);
  }

  /** Of the first `size` leaves. */
  root(size = this.size): Uint8Array {
    return this.over({ from: 0, to: size });
  }

  inclusionProof(index: number, size = this.size): Uint8Array[] {
    return inclusionRanges(index, size).map((range) => this.over(range));
  }

  private over(range: LeafRange): Uint8Array {
    return foldNodes(nodesOf(range).map(({ level, index }) => this.node(level, index)));
  }

  private level(level: number): HashList {
    return (this.levels[level] ??= new HashList());
  }
}

export function treeOf(leaves: Iterable<Uint8Array>): MerkleTree {
  const tree = new MerkleTree();
  for (const leaf of leaves) tree.append(leaf);
  return tree;
}

/** Hashes side by side in one block that doubles when it is full. */
class HashList {
  length = 0;
  private bytes = new Uint8Array(64 * HASH_BYTES);

  push(hash: Uint8Array): void {
    if ((this.length + 1) * HASH_BYTES > this.bytes.length) {
      const larger = new Uint8Array(this.bytes.length * 2);
      larger.set(this.bytes);
      this.bytes = larger;
    }
    this.bytes.set(hash, this.length * HASH_BYTES);
    this.length += 1;
  }

  at(index: number): Uint8Array {
    if (index < 0 || index >= this.length)
      throw new RangeError(`The tree has no such node: asked for ${index} of ${this.length}.`);
    return this.bytes.subarray(index * HASH_BYTES, (index + 1) * HASH_BYTES);
  }
}
