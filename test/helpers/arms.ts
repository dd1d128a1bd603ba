/** Versions as a deployment knows them. */
import type { Fingerprint } from '../../src/domain/split/fingerprint.ts';
import type { Surveyor } from '../../src/activities/surveyor.ts';
import type { VersionRef } from '../../src/domain/rollout/deployment.ts';

/** A content that is told from others by the version's id alone. */
export function fingerprintOf(id: string): Fingerprint {
  return { html: `html of ${id}`, trigger: `trigger of ${id}`, ui: `ui of ${id}` };
}

export function refOf(id: string, version: string): VersionRef {
  return { id, version, fingerprint: fingerprintOf(id) };
}

export const noSurveyor: Surveyor = {
  look: () => Promise.resolve([]),
  all: () => Promise.resolve([]),
  eventTrouble: () => Promise.resolve(null),
};

/** For a watch that is not asked to look at the organisation. */
export const noDrift = { surveyor: noSurveyor, driftEveryMs: 60_000 };
