/** What the shell learns. Stable; listed in docs/cli.md and in `--help`. */
import type { ShownStatus } from '../configurator/lost.ts';
import type { RolloutView } from '../configurator/rollouts.ts';
import { isCaredFor } from '../domain/guardian/recovery.ts';
import type { Outcome } from '../workflows/messages.ts';

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
    0  done, promoted, retired or undone
    1  something unexpected went wrong
    2  bad input: command line, plan, card or environment
    3  the rollout was rolled back
    4  cannot reach Temporal or the organisation, or it refused the credentials
    5  refused: already running, or not possible in this phase
    6  held, needs attention, terminated, failed, timed out or frozen: a person must act
    7  the audit log was tampered with
  130  interrupted`;

const BY_ERROR: Readonly<Record<string, number>> = {
  usage: EXIT.badInput,
  'audit-key-missing': EXIT.badInput,
  'audit-key-invalid': EXIT.badInput,
  'audit-file-unreadable': EXIT.badInput,
  'audit-tampered': EXIT.tampered,
  'ship-destination-invalid': EXIT.badInput,
  'ship-file-foreign': EXIT.badInput,
  'ship-refused': EXIT.unreachable,
  'operators-invalid': EXIT.badInput,
  'operator-key-invalid': EXIT.badInput,
  'operator-key-missing': EXIT.badInput,
  'operator-exists': EXIT.badInput,
  'operator-unknown': EXIT.badInput,
  'login-failed': EXIT.unreachable,
  'login-missing': EXIT.unreachable,
  'config-invalid': EXIT.badInput,
  'file-unusable': EXIT.badInput,
  'config-incomplete': EXIT.badInput,
  'browsers-invalid': EXIT.badInput,
  'no-browser': EXIT.badInput,
  'repository-unusable': EXIT.badInput,
  'policy-invalid': EXIT.badInput,
  'messages-invalid': EXIT.badInput,
  'messages-destination-unknown': EXIT.badInput,
  'messages-not-sent': EXIT.unreachable,
  'calendar-invalid': EXIT.badInput,
  'organisations-invalid': EXIT.badInput,
  'transcripts-invalid': EXIT.badInput,
  'port-in-use': EXIT.badInput,
  'store-url-invalid': EXIT.badInput,
  'store-unreachable': EXIT.badInput,
  'store-older-than-code': EXIT.badInput,
  'store-roles-missing': EXIT.badInput,
  'store-forbidden': EXIT.badInput,
  'store-read-only': EXIT.badInput,
  'store-missing': EXIT.badInput,
  'history-sealed': EXIT.badInput,
  'history-damaged': EXIT.unexpected,
  'build-unknown': EXIT.badInput,
  'build-refused': EXIT.refused,
  'rollout-not-found': EXIT.badInput,
  'nothing-judged': EXIT.badInput,
  'record-deleted': EXIT.badInput,
  'record-rules': EXIT.badInput,
  'replay-no-action': EXIT.badInput,
  'replay-no-cards': EXIT.badInput,
  'replay-plan-unsupported': EXIT.badInput,
  'dead-letter-unknown': EXIT.badInput,
  'dead-letter-cut': EXIT.refused,
  'dead-letter-replayed': EXIT.refused,
  'events-unreachable': EXIT.unreachable,
  'admin-refused': EXIT.unreachable,
  'admin-locked': EXIT.unreachable,
  NoSuchResource: EXIT.badInput,
  'organisation-refused': EXIT.unreachable,
  'organisation-unavailable': EXIT.unreachable,
  'temporal-unreachable': EXIT.unreachable,
  'temporal-refused': EXIT.unreachable,
  'rollout-already-running': EXIT.refused,
  'rollout-ended': EXIT.refused,
  'rollout-watched': EXIT.refused,
  'registry-unanswered': EXIT.needsAttention,
  'calendar-unanswered': EXIT.needsAttention,
  'dry-run-unanswered': EXIT.needsAttention,
  'freeze-refused': EXIT.refused,
  'version-unknown': EXIT.badInput,
  'undo-refused': EXIT.refused,
  'retry-refused': EXIT.refused,
  'rollout-frozen': EXIT.needsAttention,
  'update-rejected': EXIT.refused,
  'act-forbidden': EXIT.refused,
  'api-unreachable': EXIT.unreachable,
  'api-token-missing': EXIT.unreachable,
  'api-token-refused': EXIT.unreachable,
  'api-issuer-unavailable': EXIT.unreachable,
  'api-not-allowed': EXIT.refused,
  'api-too-many': EXIT.refused,
  'api-key-reused': EXIT.refused,
  'api-not-here': EXIT.badInput,
  'api-body-invalid': EXIT.badInput,
  'api-body-too-large': EXIT.badInput,
  'api-not-found': EXIT.badInput,
  'console-unreachable': EXIT.unreachable,
  'store-in-use': EXIT.refused,
  'no-worker': EXIT.needsAttention,
};

export function exitCodeOfError(code: string): number {
  if (code.startsWith('plan-')) return EXIT.badInput;
  return BY_ERROR[code] ?? EXIT.unexpected;
}

const BY_OUTCOME: Readonly<Record<Outcome, number>> = {
  promoted: EXIT.ok,
  retired: EXIT.ok,
  undone: EXIT.ok,
  rolledBack: EXIT.rolledBack,
  rejected: EXIT.badInput,
};

/** Of a run that is over. One that did not end by itself needs a person, whatever has been restored since. */
export function exitCodeOfEnd({ lost, status: { outcome } }: Pick<RolloutView, 'lost' | 'status'>): number {
  if (lost !== null) return EXIT.needsAttention;
  return outcome === null ? EXIT.unexpected : BY_OUTCOME[outcome];
}

/** Of a look that waits for nothing: is a version before agents that nobody watches? */
export function exitCodeOfLook({ lost }: Pick<RolloutView, 'lost'>): number {
  return lost === null || (lost.phase !== 'frozen' && isCaredFor(lost.recovery)) ? EXIT.ok : EXIT.needsAttention;
}

/** Phases in which nothing goes on until a person acts. */
export function needsPerson(phase: ShownStatus['phase']): boolean {
  return phase === 'held' || phase === 'needsAttention' || phase === 'frozen';
}
