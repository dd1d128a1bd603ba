/** What PostgreSQL itself says, in words: what is the matter with it, and who mends that. For verbs, and for what rollouts wait for. */
import { codeOf, isForbidden, isLost, isOverloaded } from './errors.ts';

export interface StoreTrouble {
  readonly code: 'store-forbidden' | 'store-unreachable' | 'store-read-only' | 'store-older-than-code';
  /** Without what the database said, and without a full stop. */
  readonly what: string;
  readonly remedy: string;
}

/** Null: it says nothing of the database itself. */
export function storeTrouble(error: Error): StoreTrouble | null {
  const code = codeOf(error);
  if (isForbidden(error)) return FORBIDDEN;
  if (code === '25006') return READ_ONLY;
  if (code === '42P01' || code === '42703' || code === '42883') return OLDER;
  if (code === '53100') return FULL;
  if (isOverloaded(error) || isLost(error)) return SILENT;
  return null;
}

const FORBIDDEN: StoreTrouble = {
  code: 'store-forbidden',
  what: 'The role of DATABASE_URL may not do this',
  remedy:
    'Give it the rights of its part: `assist-rollouts database setup` as the owner of the tables does, after ' +
    'deploy/roles.sql. `assist-rollouts doctor --only database` names what is missing.',
};

const READ_ONLY: StoreTrouble = {
  code: 'store-read-only',
  what: 'The database takes no writes',
  remedy:
    'It is a standby, or was set so (default_transaction_read_only): name the primary in DATABASE_URL, promote it, or ' +
    'lift that. `assist-rollouts doctor --only database` says which.',
};

const OLDER: StoreTrouble = {
  code: 'store-older-than-code',
  what: 'The tables are not those of this program',
  remedy:
    'Run `assist-rollouts database setup` of its release as the owner; `assist-rollouts doctor --only database` says ' +
    'what is missing.',
};

const FULL: StoreTrouble = {
  code: 'store-unreachable',
  what: 'The disk of the database is full',
  remedy: 'Make room there; `assist-rollouts retention --older-than 30d --dry-run` says what would go.',
};

const SILENT: StoreTrouble = {
  code: 'store-unreachable',
  what: 'The database did not answer the question',
  remedy: 'Try again; see its limits (connections, statement_timeout, disk) if it says so again.',
};
