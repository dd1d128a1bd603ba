/** Who is served as versions stand, of every bucket that `bucketOf` can give, by the one rule in `bucket.ts`. */
import { BUCKETS, edgeOf, owns, versionFor } from './bucket.ts';
import type { ServedVersion } from './bucket.ts';

/** True when every bucket is owned by at least one version. */
export function isCovered(versions: readonly ServedVersion[]): boolean {
  return stretches(versions).every(({ bucket }) => isServed(versions, bucket));
}

/** True when whoever is served before is served after, too. */
export function keepsService(before: readonly ServedVersion[], after: readonly ServedVersion[]): boolean {
  return stretches([...before, ...after]).every(({ bucket }) => isServed(after, bucket) || !isServed(before, bucket));
}

/** Share of the buckets that the version really serves beside the others, 0..100. */
export function servedPercent(version: ServedVersion, versions: readonly ServedVersion[]): number {
  return (
    stretches(versions)
      .filter(({ bucket }) => versionFor(versions, bucket) === version)
      .reduce((sum, { buckets }) => sum + buckets, 0) / PER_PERCENT
  );
}

function isServed(versions: readonly ServedVersion[], bucket: number): boolean {
  return versions.some((version) => owns(version, bucket));
}

/** Neighbouring buckets that no version tells apart: what is true of the first is true of all. */
interface Stretch {
  readonly bucket: number;
  readonly buckets: number;
}

const PER_PERCENT = BUCKETS / 100;

/** Every watch asks at the same moment: a handful of stretches, where there are ten thousand buckets. */
function stretches(versions: readonly ServedVersion[]): Stretch[] {
  const starts = new Set([
    0,
    ...versions
      .map(edgeOf)
      .filter((edge) => edge !== null)
      .map(placeOf),
  ]);
  const places = [...starts].filter((place) => place < BUCKETS).toSorted((a, b) => a - b);
  return places.map((place, i) => ({ bucket: place / PER_PERCENT, buckets: (places[i + 1] ?? BUCKETS) - place }));
}

/** Of the first bucket at `edge` or above it; what is computed is put right where it was rounded. */
function placeOf(edge: number): number {
  const near = Math.max(0, Math.ceil(edge * PER_PERCENT) - 1);
  const place = [near, near + 1, near + 2].find((one) => one / PER_PERCENT >= edge);
  return place ?? BUCKETS;
}
