/** Versions as a deployment knows them. */
import type { Fingerprint } from '../../src/domain/payload/fingerprint.ts';
import type { VersionRef } from '../../src/genesys/target.ts';

/** A content that is told from others by the version's id alone. */
export function fingerprintOf(id: string): Fingerprint {
  return { html: `html of ${id}`, trigger: `trigger of ${id}`, ui: `ui of ${id}` };
}

export function refOf(id: string, version: string): VersionRef {
  return { id, version, fingerprint: fingerprintOf(id) };
}
