/** Who is served as versions stand, bucket by bucket, by the one rule in `bucket.ts`. */
import { owns, versionFor } from './bucket.ts';
import type { ServedVersion } from './bucket.ts';

/**
 * Every bucket that `bucketOf` can give: 0, 0.01 ... 99.99. Looking at all of them costs about a millisecond and leaves
 * no case out.
 */
const BUCKETS: readonly number[] = Array.from({ length: 10_000 }, (_, i) => i / 100);

/** True when every bucket is owned by at least one version. */
export function isCovered(versions: readonly ServedVersion[]): boolean {
  return BUCKETS.every((bucket) => isServed(versions, bucket));
}

/** True when whoever is served before is served after, too. */
export function keepsService(before: readonly ServedVersion[], after: readonly ServedVersion[]): boolean {
  return BUCKETS.every((bucket) => isServed(after, bucket) || !isServed(before, bucket));
}

/** Share of the buckets that the version really serves beside the others, 0..100. */
export function servedPercent(version: ServedVersion, versions: readonly ServedVersion[]): number {
  return BUCKETS.filter((bucket) => versionFor(versions, bucket) === version).length / 100;
}

function isServed(versions: readonly ServedVersion[], bucket: number): boolean {
  return versions.some((version) => owns(version, bucket));
}
