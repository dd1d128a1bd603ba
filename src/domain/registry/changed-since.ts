/** What another hand made of what the last rollout of an action left in the organisation. Pure. */
import type { VersionRef } from '../rollout/deployment.ts';
import { differingParts } from '../split/fingerprint.ts';
import type { SeenVersion } from '../split/seen-version.ts';
import type { RegistryEntry } from './entry.ts';
import { versionLabel } from './proven.ts';

type Ended = Pick<RegistryEntry, 'outcome' | 'deployment'>;

/** A sentence each; none where nothing was rolled out before (null). `last`: which left something in service. */
export function changedSince(last: Ended | null, seen: readonly SeenVersion[]): string[] {
  const left = leftBy(last);
  if (left === null) return [];
  const rivals = seen
    .filter(({ enabled, splitPercent, id }) => enabled && splitPercent > 0 && id !== left.serves?.id)
    .map(
      ({ version, id, splitPercent }) =>
        `v${version} (${id}) serves ${splitPercent} %, where the last rollout left none of it.`,
    );
  return [...(left.serves === null ? [] : changesOf(left.serves, seen)), ...rivals];
}

function leftBy(last: Ended | null): { readonly serves: VersionRef | null } | null {
  if (last === null || last.deployment === null) return null;
  const { outcome, deployment } = last;
  return { serves: outcome === 'promoted' || outcome === 'retired' ? deployment.candidate : deployment.baseline };
}

function changesOf(serves: VersionRef, seen: readonly SeenVersion[]): string[] {
  const found = seen.find(({ id }) => id === serves.id);
  const name = `${versionLabel(serves.version)} (${serves.id})`;
  if (found === undefined) return [`${name}, which the last rollout left in service, is not there any more.`];
  const parts = differingParts(found.fingerprint, serves.fingerprint);
  const who =
    found.changedAt === null ? '' : ` (changed at ${found.changedAt} by ${found.changedBy ?? 'another hand'})`;
  return [
    ...(parts.length === 0 ? [] : [`${name} holds another ${parts.join(' and ')} than the last rollout left${who}.`]),
    ...(found.enabled ? [] : [`${name} is switched off, and the last rollout left it in service${who}.`]),
    ...(found.enabled && found.splitPercent < 100
      ? [`${name} serves ${found.splitPercent} %, and the last rollout left 100 %${who}.`]
      : []),
  ];
}
