/** How an end was proven, in words: status and messages say the same. */
import { formatDuration } from '../shared/duration.ts';
import { secondText } from '../text/instant.ts';
import type { SafetyProof } from './status.ts';

export function proofText(safety: SafetyProof | null): string {
  return safety?.provenByReadBack
    ? `the organisation shows it (read back at ${secondText(safety.provenAt)} UTC)`
    : 'NOT proven by a read-back';
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
