/**
 * Which arm a conversation sees. A conversation's bucket is a stable hash of its id, and the candidate owns
 * `[0, split)`, so raising the split only ever adds conversations. The baseline owns `[100 - split, 100)` of its own
 * split. Where both ranges overlap the candidate wins; where neither reaches, nobody serves (a coverage hole).
 *
 * Hash: FNV-1a (32 bit, over UTF-16 code units, low byte then high) followed by MurmurHash3's 32-bit finaliser, which
 * spreads ids that differ only in their last characters.
 */

/** Resolution of a split: 0.01 %. */
export const BUCKETS = 10_000;

/** A name of its own: looking it up on `Math` each time is slow in the realms that test runners make. */
const { imul } = Math;

export function bucketOf(conversationId: string): number {
  return bucketOfHash(hashOf(conversationId));
}

/** 0 <= bucket < 100 of a hash. */
export function bucketOfHash(hash: number): number {
  return ((hash >>> 0) % BUCKETS) / (BUCKETS / 100);
}

/** Another hash of what was hashed, as if it were drawn anew for each `salt`. */
export function hashAgain(hash: number, salt: number): number {
  return finalise(hash ^ salt);
}

/** 32 bits, signed. */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    hash = imul(hash ^ (unit & 0xff), 0x01000193);
    hash = imul(hash ^ (unit >>> 8), 0x01000193);
  }
  return finalise(hash);
}

function finalise(hash: number): number {
  let h = hash;
  h = imul(h ^ (h >>> 16), 0x85ebca6b);
  h = imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

export type Group = 'candidate' | 'control';

/** A version as the organisation serves it. */
export interface ServedVersion {
  readonly enabled: boolean;
  readonly group: Group;
  /** 0..100 */
  readonly splitPercent: number;
}

/** Does this version's range hold the bucket (0 <= bucket < 100)? */
export function owns(version: ServedVersion, bucket: number): boolean {
  if (!version.enabled) return false;
  return version.group === 'candidate' ? bucket < version.splitPercent : bucket >= 100 - version.splitPercent;
}

/** The bucket from which on a version owns what it did not before, or owns no more; null: all are the same to it. */
export function edgeOf({ enabled, group, splitPercent }: ServedVersion): number | null {
  if (!enabled) return null;
  return group === 'candidate' ? splitPercent : 100 - splitPercent;
}

/** The version that serves the bucket: a candidate that owns it, else a control that does, else undefined. */
export function versionFor<V extends ServedVersion>(versions: readonly V[], bucket: number): V | undefined {
  const owners = versions.filter((version) => owns(version, bucket));
  return owners.find((version) => version.group === 'candidate') ?? owners[0];
}
