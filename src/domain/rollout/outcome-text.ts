/** How an end was proven, in words: status and messages say the same. */
import { formatDuration } from '../shared/duration.ts';
import { secondText } from '../text/instant.ts';
import type { SafetyProof } from './status.ts';
import type { RolloutStatus } from './view.ts';

export function proofText(safety: SafetyProof | null): string {
  return safety?.provenByReadBack
    ? `the organisation shows it (read back at ${secondText(safety.provenAt)} UTC)`
    : 'NOT proven by a read-back';
}

/** What serves now, and how that was proven. */
export function endText({
  outcome,
  version,
  baselineVersion,
  safety,
}: Pick<RolloutStatus, 'version' | 'baselineVersion' | 'safety'> & { readonly outcome: string | null }): string {
  const proof = proofText(safety);
  if (safety?.provenByReadBack !== true) return proof;
  if (outcome === 'promoted') return `v${version} serves everybody; ${proof}`;
  if (outcome !== 'rolledBack') return proof;
  return `${baselineVersion === null ? 'agents see no card again' : `v${baselineVersion} serves again`}; ${proof}`;
}

/** Nothing was judged: all that counts is how long it took from the call. */
export function timeToUndoText({ reactionMs }: SafetyProof): string {
  return `the organisation showed it ${formatDuration(reactionMs)} after the call`;
}

export function timeToSafetyText({ timeToSafetyMs, reactionMs }: SafetyProof): string {
  return (
    `time to safety: ${formatDuration(timeToSafetyMs)} from the first candidate card, ` +
    `${formatDuration(reactionMs)} from the decision`
  );
}
