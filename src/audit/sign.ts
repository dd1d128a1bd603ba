/**
 * Signs what the log is now, once it is shown to continue what was signed last. Costs the new entries, not the old ones
 * and not the old signatures: that each of those holds is for `audit verify` to say.
 */
import {
  auditSize,
  newestCheckpoints,
  readAuditLines,
  readNodes,
  saveCheckpoint,
  signAlone,
} from '../store/audit-log.ts';
import type { StoredCheckpoint } from '../store/audit-log.ts';
import type { Database, Queryable, Transaction } from '../store/database.ts';
import { openCheckpoint, signCheckpoint } from './checkpoint.ts';
import type { Checkpoint } from './checkpoint.ts';
import { rootAt, whyNotContinued } from './continues.ts';
import { CompactRange } from './compact-range.ts';
import { AuditError } from './errors.ts';
import { leafHash, sameHash } from './hash.ts';
import type { Signer, Verifier } from './note.ts';
import { nodesOf } from './ranges.ts';

export interface SigningOptions {
  readonly now: () => number;
  /** Checkpoints that are kept elsewhere; the log must continue these as well. */
  readonly others?: readonly Checkpoint[];
  /**
   * A log that has not changed is signed once more when its last signature is older than this: 0 for always, absent for
   * never.
   */
  readonly anewAfterMs?: number | undefined;
  /** Puts it where it is kept besides, before anybody else signs; one that fails takes the signature back. */
  readonly keep?: (trx: Transaction, checkpoint: StoredCheckpoint) => Promise<void>;
}

/**
 * The same log gives the same checkpoint again, unless its signature is too old. Throws `audit-tampered` when the log
 * is shorter than, or differs from, anything that
 * this key has signed: a log never signs two stories.
 */
export async function checkpointNow(
  db: Database,
  signer: Signer,
  { now, others = [], anewAfterMs = Infinity, keep }: SigningOptions,
): Promise<StoredCheckpoint> {
  return signAlone(db, async (trx) => {
    const last = await lastGenuine(trx, signer);
    const size = await auditSize(trx);
    for (const earlier of [last?.opened ?? null, ...others])
      if (earlier !== null) await assertContinues(trx, size, earlier);
    const isFresh = last?.opened.size !== size || now() - last.checkpoint.at.getTime() >= anewAfterMs;
    const checkpoint = isFresh
      ? await signed(trx, signer, { from: last?.opened.size ?? 0, size, now })
      : last.checkpoint;
    await keep?.(trx, checkpoint);
    return checkpoint;
  });
}

async function signed(
  trx: Transaction,
  signer: Signer,
  { from, size, now }: { readonly from: number; readonly size: number; readonly now: () => number },
): Promise<StoredCheckpoint> {
  const root = await rootByLines(trx, from, size);
  const at = new Date(now());
  const checkpoint = { size, note: signCheckpoint({ size, root, at }, signer), at };
  await saveCheckpoint(trx, checkpoint);
  return checkpoint;
}

/** Those of other keys, and what is none, are passed over. */
async function lastGenuine(
  db: Queryable,
  verifier: Verifier,
): Promise<{ readonly checkpoint: StoredCheckpoint; readonly opened: Checkpoint } | null> {
  for await (const checkpoint of newestCheckpoints(db)) {
    const opened = openCheckpoint(checkpoint.note, verifier);
    if (opened !== null) return { checkpoint, opened };
  }
  return null;
}

async function assertContinues(db: Queryable, size: number, earlier: Checkpoint): Promise<void> {
  const broken = await whyNotContinued(db, size, earlier);
  if (broken !== null) throw tampered(broken);
}

const BATCH = 2000;

/**
 * By the lines themselves from `from` on: what is signed is what the lines say, not what the tree was told when they
 * came in.
 */
async function rootByLines(db: Queryable, from: number, size: number): Promise<Uint8Array> {
  const range = new CompactRange(from, await readNodes(db, nodesOf({ from: 0, to: from })));
  while (range.size < size) {
    const lines = await readAuditLines(db, range.size, BATCH, size);
    for (const { leaf, line } of lines) {
      if (leaf !== range.size) break;
      range.append(leafHash(line));
    }
    if (lines[0]?.leaf !== range.size - lines.length)
      throw tampered(`Entry ${range.size} of the audit log is missing.`);
  }
  if (!sameHash(range.root(), await rootAt(db, size)))
    throw tampered(`A line among the entries ${from} to ${size - 1} changed after it was logged.`);
  return range.root();
}

function tampered(message: string): AuditError {
  return new AuditError(
    'audit-tampered',
    `${message} Nothing was signed.`,
    'Run `assist-rollouts audit verify` to see which entries; compare with a checkpoint file or the SIEM, and ' +
      'restore the log from a backup.',
  );
}
