/**
 * Where shipping goes on. What was shipped before must be what the log says now: a database that was restored to an
 * older state gives its numbers a second time, and a SIEM drops what it thinks it knows.
 */
import { AuditError } from '../audit/errors.ts';
import { whyNotContinued } from '../audit/continues.ts';
import type { Checkpoint } from '../audit/checkpoint.ts';
import { leafHash, toBase64 } from '../audit/hash.ts';
import { auditSize, lastBeginning, readAuditLines } from '../store/audit-log.ts';
import type { ShippingCursor } from '../store/audit-log.ts';
import type { Database } from '../store/database.ts';
import { epochOf } from './record.ts';
import type { Reached } from './sink.ts';

export interface Resuming {
  /** By our own cursor, which is in the database and was set back with it. */
  readonly stored: ShippingCursor;
  /** By the destination itself. */
  readonly reached: Reached | null;
  /** What this key signed last, as far as that is kept outside the database. */
  readonly kept: () => Promise<readonly Checkpoint[]>;
}

/**
 * Throws `audit-tampered` when the log does not continue what was shipped, or signed, before, and nobody said that this
 * does not count any more (`audit checkpoint --new`). Since somebody did, what is shipped bears an epoch in its id.
 */
export async function resumeAt(db: Database, { stored, reached, kept }: Resuming): Promise<ShippingCursor> {
  if (reached === null) return beginAt(db, stored, kept);
  // What holds no entry, as a new file or one that was put aside, says nothing of what others hold.
  if (reached.leaf === 0) return beginAt(db, { leaf: 0, epoch: '', checkpointSize: 0 }, kept);
  const broken = await whyNotReached(db, reached);
  if (broken === null) return goOn(reached, stored);
  const begun = (await whyNotKept(db, kept)) === null ? await lastBeginning(db, stored.leaf) : null;
  if (begun === null || epochOf(begun) === reached.epoch) throw tampered(broken);
  return { ...stored, epoch: epochOf(begun) };
}

/** Where the destination does not say what it has: what was signed last is what the log must continue. */
async function beginAt(db: Database, at: ShippingCursor, kept: Resuming['kept']): Promise<ShippingCursor> {
  const broken = await whyNotKept(db, kept);
  if (broken !== null) throw tampered(broken);
  const begun = await lastBeginning(db, at.leaf);
  return begun === null ? at : { ...at, epoch: epochOf(begun) };
}

function goOn({ leaf, epoch, checkpointSize }: Reached, stored: ShippingCursor): ShippingCursor {
  return { leaf, epoch, checkpointSize: checkpointSize ?? (epoch === '' ? 0 : stored.checkpointSize) };
}

async function whyNotReached(db: Database, { leaf, lastHash }: Reached): Promise<string | null> {
  if (lastHash === null) return null;
  const [last] = await readAuditLines(db, leaf - 1, 1, leaf);
  if (last !== undefined && toBase64(leafHash(last.line)) === lastHash) return null;
  return last === undefined
    ? `Entries up to ${leaf - 1} of the audit log were shipped, and it has ${await auditSize(db)} entries.`
    : `Entry ${leaf - 1} of the audit log is another than the one that was shipped.`;
}

async function whyNotKept(db: Database, kept: Resuming['kept']): Promise<string | null> {
  for (const earlier of await kept()) {
    const broken = await whyNotContinued(db, await auditSize(db), earlier);
    if (broken !== null) return broken;
  }
  return null;
}

function tampered(what: string): AuditError {
  return new AuditError(
    'audit-tampered',
    `${what} Nothing was shipped.`,
    'If the database was restored to an older state, begin anew with `assist-rollouts audit checkpoint --to <file> ' +
      '--new`: what is shipped from then on has ids of its own. Else run `assist-rollouts audit verify`, and restore the ' +
      'log from a backup.',
  );
}
