import { inclusionRanges } from '../../src/audit/ranges.ts';
import { CompactRange } from '../../src/audit/compact-range.ts';
import { leafHash, nodeHash, sameHash } from '../../src/audit/hash.ts';
import { verifyInclusion } from '../../src/audit/proofs.ts';
import { treeOf } from '../../src/audit/tree.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** Leaves and roots that other implementations of RFC 6962 test themselves with. */
const LEAVES = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
const ROOTS = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

const leaf = (n: number): Uint8Array => leafHash(`entry ${n}`);
const leaves = (size: number): Uint8Array[] => Array.from({ length: size }, (_, n) => leaf(n));

/** MTH of RFC 6962, written down as it stands there. */
function recursiveRoot(of: readonly Uint8Array[]): Uint8Array {
  const [first] = of;
  if (of.length === 1 && first) return first;
  let split = 1;
  while (split * 2 < of.length) split *= 2;
  return nodeHash(recursiveRoot(of.slice(0, split)), recursiveRoot(of.slice(split)));
}

test('the published roots come out, grown leaf by leaf, in a whole tree and in a compact range', () => {
  const hashes = LEAVES.map((bytes) => leafHash(Buffer.from(bytes, 'hex')));
  const tree = treeOf(hashes);
  const range = new CompactRange();
  for (const [size, root] of ROOTS.entries()) {
    expect(hex(tree.root(size))).toBe(root);
    expect(hex(range.root())).toBe(root);
    const next = hashes[size];
    if (next) range.append(next);
  }
});

test('every root up to 130 leaves is what the definition says', () => {
  const all = leaves(130);
  const tree = treeOf(all);
  for (let size = 1; size <= 130; size += 1)
    expect(sameHash(tree.root(size), recursiveRoot(all.slice(0, size)))).toBe(true);
});

test('every leaf is proven in every tree that holds it, and at no other place, size, root or content', () => {
  const tree = treeOf(leaves(40));
  for (let size = 1; size <= 40; size += 1) {
    for (let index = 0; index < size; index += 1) {
      const claim = { leaf: leaf(index), index, size, root: tree.root(size), proof: tree.inclusionProof(index, size) };
      expect(verifyInclusion(claim)).toBe(true);
      expect(verifyInclusion({ ...claim, leaf: leaf(index + 1) })).toBe(false);
      expect(verifyInclusion({ ...claim, index: index + 1 })).toBe(false);
      expect(verifyInclusion({ ...claim, root: leaf(999) })).toBe(false);
      expect(verifyInclusion({ ...claim, proof: [...claim.proof, leaf(1)] })).toBe(false);
      expect(verifyInclusion({ ...claim, proof: claim.proof.slice(1) })).toBe(size === 1);
    }
  }
});

test('a proof in a log of a billion entries is made of some thirty ranges', () => {
  const ranges = inclusionRanges(999_999_937, 1_000_000_007);
  expect(ranges.length).toBeLessThan(70);
  expect(ranges.every(({ from, to }) => from < to)).toBe(true);
});
