/** Phases and ends as people say them; the field of the same name in JSON has the other word. */
const WORDS: Readonly<Record<string, string>> = {
  rolledBack: 'rolled back',
  rollingBack: 'rolling back',
  needsAttention: 'needs attention',
  awaitingApproval: 'waits for approval',
  awaitingHook: 'waits for a hook',
  longWatch: 'long watch',
  timedOut: 'timed out',
};

export function phaseWord(phase: string): string {
  return WORDS[phase] ?? phase;
}
