/** Whether what an organisation serves agrees with the outcome; shares no code with the engine that claims it. */
import type { Outcome } from '../../workflows/messages.ts';
import type { ServedVersion } from './demo-target.ts';

/**
 * Does what is served agree with the outcome? Promoted: only the candidate, at 100. Rolled back: only the baseline, at
 * 100.
 */
export function provesOutcome(
  served: readonly ServedVersion[],
  outcome: Outcome | null,
  versions: { candidate: string; baseline: string | null },
): boolean {
  const candidate = served.find(({ version }) => version === versions.candidate);
  const baseline = served.find(({ version }) => version === versions.baseline);
  if (outcome === 'promoted') return servesAll(candidate) && baseline?.enabled === false;
  if (outcome === 'rolledBack')
    return servesAll(baseline) && (candidate === undefined || (!candidate.enabled && candidate.splitPercent === 0));
  return false;
}

function servesAll(version: ServedVersion | undefined): boolean {
  return version !== undefined && version.enabled && version.group === 'control' && version.splitPercent === 100;
}
