/** What the shell learns. Stable; listed in docs/cli.md and in `--help`. */
import type { Outcome, Phase } from '../workflows/messages.ts';

export const EXIT = {
  ok: 0,
  unexpected: 1,
  badInput: 2,
  rolledBack: 3,
  unreachable: 4,
  refused: 5,
  needsAttention: 6,
  tampered: 7,
  interrupted: 130,
} as const;

export const EXIT_HELP = `
Exit codes:
    0  done, or promoted
    1  something unexpected went wrong
    2  bad input: command line, plan, card or environment
    3  the rollout was rolled back
    4  cannot reach Temporal
    5  refused: already running, or not possible in this phase
    6  held, or needs attention: a person must act
    7  the audit log was tampered with
  130  interrupted`;

const BY_ERROR: Readonly<Record<string, number>> = {
  'usage': EXIT.badInput,
  'audit-key-missing': EXIT.badInput,
  'audit-key-invalid': EXIT.badInput,
  'audit-file-unreadable': EXIT.badInput,
  'audit-tampered': EXIT.tampered,
  'ship-destination-invalid': EXIT.badInput,
  'ship-file-foreign': EXIT.badInput,
  'ship-refused': EXIT.unreachable,
  'config-invalid': EXIT.badInput,
  'file-unusable': EXIT.badInput,
  'config-incomplete': EXIT.badInput,
  'browsers-invalid': EXIT.badInput,
  'policy-invalid': EXIT.badInput,
  'transcripts-invalid': EXIT.badInput,
  'port-in-use': EXIT.badInput,
  'store-url-invalid': EXIT.badInput,
  'store-unreachable': EXIT.badInput,
  'store-older-than-code': EXIT.badInput,
  'store-roles-missing': EXIT.badInput,
  'store-forbidden': EXIT.badInput,
  'store-missing': EXIT.badInput,
  'rollout-not-found': EXIT.badInput,
  'nothing-judged': EXIT.badInput,
  'record-deleted': EXIT.badInput,
  'dead-letter-unknown': EXIT.badInput,
  'dead-letter-cut': EXIT.refused,
  'dead-letter-replayed': EXIT.refused,
  'events-unreachable': EXIT.unreachable,
  'admin-refused': EXIT.unreachable,
  'temporal-unreachable': EXIT.unreachable,
  'temporal-refused': EXIT.unreachable,
  'temporal-unavailable': EXIT.unreachable,
  'rollout-already-running': EXIT.refused,
  'rollout-ended': EXIT.refused,
  'update-rejected': EXIT.refused,
  'store-in-use': EXIT.refused,
  'no-worker': EXIT.needsAttention,
};

export function exitCodeOfError(code: string): number {
  if (code.startsWith('plan-')) return EXIT.badInput;
  return BY_ERROR[code] ?? EXIT.unexpected;
}

const BY_OUTCOME: Readonly<Record<Outcome, number>> = { promoted: EXIT.ok, rolledBack: EXIT.rolledBack, rejected: EXIT.badInput };

export function exitCodeOfOutcome(outcome: Outcome | null): number {
  return outcome === null ? EXIT.unexpected : BY_OUTCOME[outcome];
}

/** Phases in which nothing goes on until a person acts. */
export function needsPerson(phase: Phase): boolean {
  return phase === 'held' || phase === 'needsAttention';
}
