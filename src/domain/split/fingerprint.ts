/** What tells one content of a card from another. */

/**
 * Hashes (SHA-256, hex) of what a version shows and when: a version is immutable, so another hash is another hand's
 * work.
 */
export interface Fingerprint {
  readonly html: string;
  readonly trigger: string;
  readonly ui: string;
}

export type ContentPart = keyof Fingerprint;

/** The parts in which two contents differ. */
export function differingParts(seen: Fingerprint, expected: Fingerprint): ContentPart[] {
  return (['html', 'trigger', 'ui'] as const).filter((part) => seen[part] !== expected[part]);
}
