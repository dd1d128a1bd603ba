/** What tells one content of a card from another. */

/**
 * Hashes (SHA-256, hex) of what a version shows and when, by the names of its parts (`html`, `trigger`, `ui` of a
 * card): a version is immutable, so another hash is another hand's work.
 */
export type Fingerprint = Readonly<Record<string, string>>;

/** The parts in which two contents differ. */
export function differingParts(seen: Fingerprint, expected: Fingerprint): string[] {
  const parts = new Set([...Object.keys(expected), ...Object.keys(seen)]);
  return [...parts].filter((part) => seen[part] !== expected[part]);
}
