import type { VersionRef } from '../../src/domain/rollout/deployment.ts';
import type { SeenVersion } from '../../src/domain/split/seen-version.ts';

export function numbered(version: string): VersionRef {
  return { id: `id-${version}`, version, fingerprint: { html: version } };
}

/** A version of action A as a survey shows it, of the baseline's group. */
export function seenVersion(version: string, splitPercent: number, more: Partial<SeenVersion> = {}): SeenVersion {
  return {
    target: 'agentAssistActions',
    actionName: 'A',
    ...numbered(version),
    group: 'control',
    enabled: splitPercent > 0,
    splitPercent,
    standsAlone: false,
    rolloutId: null,
    changedAt: null,
    changedBy: null,
    ...more,
  };
}
