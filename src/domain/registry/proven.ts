/** Which versions of an action were proven, and which one served before which. Pure. */
import type { Deployment, VersionRef } from '../rollout/deployment.ts';
import type { RegistryEntry, VersionProof } from './entry.ts';
import { isServedBy } from '../rollout/status.ts';

/** What of an entry says what was proven. */
export type ProvenFrom = Pick<
  RegistryEntry,
  'rolloutId' | 'version' | 'outcome' | 'endedAt' | 'report' | 'safety' | 'deployment' | 'undo'
>;

export interface ProvenVersion {
  /** Null: no card. */
  readonly version: string | null;
  readonly proof: VersionProof;
  /** As it stood in the organisation then; null: no card. */
  readonly ref: VersionRef | null;
}

/** The newest proof of each version, newest first. `entries`: newest first, of one action. */
export function provenVersions(entries: readonly ProvenFrom[]): ProvenVersion[] {
  const seen = new Set<string | null>();
  return entries.flatMap(proofsIn).filter(({ version }) => {
    const isNew = !seen.has(version);
    seen.add(version);
    return isNew;
  });
}

/** A promotion proves what it brought, if every guardrail was safe, and what it took the place of. */
function proofsIn({ rolloutId, outcome, endedAt, report, safety, deployment }: ProvenFrom): ProvenVersion[] {
  if (!isServedBy(outcome) || outcome === 'undone' || deployment === null || endedAt === null) return [];
  const proven = (arm: 'candidate' | 'baseline', how: VersionProof['how']): ProvenVersion => ({
    version: deployment[arm]?.version ?? null,
    ref: deployment[arm],
    proof: { how, rolloutId, at: safety?.provenAt ?? endedAt, cards: report?.n[arm] ?? 0 },
  });
  return [...(report?.verdict === 'safe' ? [proven('candidate', 'promoted')] : []), proven('baseline', 'baseline')];
}

/**
 * What served, one before the other, and what serves last; null: no card. A version that was undone is no part of it
 * any more: who goes back once more goes on from there.
 */
export function servedInTurn(entries: readonly ProvenFrom[]): readonly (string | null)[] {
  let served: readonly (string | null)[] = [];
  for (const { outcome, deployment, undo } of entries.toReversed()) {
    if (!isServedBy(outcome) || deployment === null) continue;
    if (undo !== null) {
      const at = served.lastIndexOf(undo.to);
      served = at < 0 ? [undo.to] : served.slice(0, at + 1);
      continue;
    }
    const [before, after] = versionsIn(deployment);
    served = [...served, ...(served.at(-1) === before && served.length > 0 ? [] : [before]), after];
  }
  return served;
}

function versionsIn({ baseline, candidate }: Deployment): readonly [string | null, string | null] {
  return [baseline?.version ?? null, candidate?.version ?? null];
}

/** `v1.4.0`, or what stands in its place. */
export function versionLabel(version: string | null): string {
  return version === null ? 'no card' : `v${version}`;
}
