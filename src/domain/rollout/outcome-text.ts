/** How an end was proven, in words: status and messages say the same. */
import { formatDuration } from '../shared/duration.ts';
import type { SafetyProof } from './status.ts';

export function proofText(safety: SafetyProof | null): string {
  return safety?.provenByReadBack
    ? `the organisation shows it (read back at ${safety.provenAt})`
    : 'NOT proven by a read-back';
}

export function timeToSafetyText({ timeToSafetyMs, reactionMs }: SafetyProof): string {
  return (
    `time to safety: ${formatDuration(timeToSafetyMs)} from the first candidate card, ` +
    `${formatDuration(reactionMs)} from the decision`
  );
}
