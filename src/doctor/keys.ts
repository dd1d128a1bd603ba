/** Keys: whether the audit log is being signed, and what there is of a person's own. Reads alone. */
import type { Database } from '../store/database.ts';
import { formatDuration } from '../domain/shared/duration.ts';
import { auditSize, lastCheckpoint } from '../store/audit-log.ts';
import type { Seen } from './finding.ts';

/** A worker signs anew after an hour, also where nothing was logged. */
const MAX_AGE_MS = 2 * 3_600_000;

export async function signedSeen(db: Database, nowMs: number): Promise<Seen> {
  const check = 'signatures of the audit log';
  const expected = `one of the last ${MAX_AGE_MS / 3_600_000} hours over every entry`;
  const wayOut =
    'Give one worker AUDIT_SIGNING_KEY_FILE; `assist-rollouts audit key --new <name> --to <file>` makes a key.';
  const [size, last] = [await auditSize(db), await lastCheckpoint(db)];
  if (last === null) {
    const level = size === 0 ? 'notChecked' : 'warning';
    return { check, level, seen: `none, of ${size} entries`, expected, wayOut };
  }
  const ageMs = Math.max(0, nowMs - last.at.getTime());
  const seen = `the last is ${formatDuration(ageMs)} old, over ${last.size} of ${size} entries`;
  if (ageMs <= MAX_AGE_MS) return { check, level: 'ok', seen };
  return { check, level: 'warning', seen, expected, wayOut };
}

/** Of whoever acts through an api process. */
export interface SignedIn {
  readonly expiresAtMs: number;
  readonly refreshToken: string | null;
}

export function loginSeen(login: SignedIn | null, api: string, nowMs: number): Seen {
  const check = 'signed in';
  const expected = `somebody who is signed in at ${api}`;
  const wayOut = 'Run `assist-rollouts login`.';
  if (login === null) return { check, level: 'warning', seen: 'nobody is', expected, wayOut };
  const leftMs = login.expiresAtMs - nowMs;
  if (leftMs > 0) return { check, level: 'ok', seen: `for ${formatDuration(leftMs)} more` };
  if (login.refreshToken !== null) return { check, level: 'ok', seen: 'the token is renewed at the next act' };
  return { check, level: 'warning', seen: `the token ended ${formatDuration(-leftMs)} ago`, expected, wayOut };
}
