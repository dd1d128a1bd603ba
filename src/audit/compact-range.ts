/** The tree over `[0, size)` in a few hashes: enough to go on appending and to tell the root, without the leaves. */
import { nodeHash } from './hash.ts';
import { foldNodes } from './ranges.ts';

export class CompactRange {
  /** `peaks`: the hashes of `nodesOf({ from: 0, to: size })`. */
  constructor(
    public size = 0,
    private readonly peaks: Uint8Array[] = [],
  ) {}

  append(leaf: Uint8Array): void {
    let hash = leaf;
    for (let index = this.size; index % 2 === 1; index = (index - 1) / 2) {
      const left = this.peaks.pop();
      if (left === undefined) throw new Error(`A range of ${this.size} leaves was given too few hashes.`);
      hash = nodeHash(left, hash);
    }
    this.peaks.push(hash);
    this.size += 1;
  }

  root(): Uint8Array {
    return foldNodes(this.peaks);
  }
}
