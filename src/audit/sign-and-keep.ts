/**
 * Signs the log, held against everything that was kept of it outside the database, and keeps the new checkpoint there
 * too.
 */
import { lastCheckpoint } from '../store/audit-log.ts';
import type { StoredCheckpoint } from '../store/audit-log.ts';
import type { Database, Queryable } from '../store/database.ts';
import { appendCheckpointFile, lastSignedIn } from './checkpoint-end.ts';
import type { LastSigned } from './checkpoint-end.ts';
import { readCheckpointFile } from './checkpoint-file.ts';
import type { CheckpointCopy } from './siem-copy.ts';
import { openCheckpoint } from './checkpoint.ts';
import type { Checkpoint } from './checkpoint.ts';
import { AuditError } from './errors.ts';
import type { Signer, Verifier } from './note.ts';
import { checkpointNow } from './sign.ts';
import { readSignedRecord, writeSignedRecord } from './signed-record.ts';

export interface Keeping {
  /** Where checkpoints are kept: the file of `AUDIT_CHECKPOINT_FILE` or `--to`. */
  readonly file?: string | undefined;
  /** Of `signedRecordFile`. */
  readonly record: string | null;
}

export interface KeepOptions extends Keeping {
  readonly now: () => number;
  readonly anewAfterMs?: number;
  /** Somebody says that nothing was kept before, or that it may be forgotten. */
  readonly begin?: boolean;
}

/** The checkpoints that lie outside count too: a database that was set back is not signed. */
export async function signAndKeep(
  db: Database,
  signer: Signer,
  { now, file, record, anewAfterMs, begin = false }: KeepOptions,
): Promise<StoredCheckpoint> {
  const { others, isBegun } = await lastKept(db, signer, { file, record, begin });
  const unwritten: unknown[] = [];
  const checkpoint = await checkpointNow(db, signer, {
    now,
    anewAfterMs,
    others,
    // By one signer at a time. A signature counts although the file is full; but the first is in both or in neither, for
    // a log that was signed and has no file was robbed of it.
    keep: async (trx, fresh) => {
      if (file === undefined) return;
      try {
        await appendCheckpointFile(file, fresh, trx);
      } catch (error) {
        if (!isBegun) throw error;
        unwritten.push(error);
      }
    },
  });
  await writeSignedRecord(record, checkpoint.note);
  if (unwritten.length > 0) throw unwritten[0];
  return checkpoint;
}

type Asked = Keeping & { readonly begin?: boolean };

/**
 * What was kept outside, all of it. Throws `audit-tampered` when nothing is in the file although the log was signed
 * before: whoever cuts the log and its checkpoints need only remove the file as well, and the next signature would
 * cover the deed. The first run is told from that by a database without checkpoints, and a key without a record.
 */
export async function readKept(
  db: Queryable,
  verifier: Verifier,
  { file, record, begin = false }: Asked,
): Promise<CheckpointCopy> {
  const inFile = file === undefined ? NOTHING : await readCheckpointFile(file, { mayLack: true, log: verifier.name });
  const beside = begin ? null : await readSignedRecord(record, verifier);
  if (file !== undefined && inFile.notes.length === 0 && !begin) await assertNeverSigned(db, file, beside, verifier);
  return beside === null ? inFile : { ...inFile, notes: [...inFile.notes, beside] };
}

/** What the next signature must continue: the last that was signed suffices, for it continues those before it. */
async function lastKept(
  db: Queryable,
  verifier: Verifier,
  { file, record, begin = false }: Asked,
): Promise<{ readonly others: readonly Checkpoint[]; readonly isBegun: boolean }> {
  const inFile = file === undefined ? null : await lastSignedIn(file, verifier);
  const beside = begin ? null : await readSignedRecord(record, verifier);
  if (file !== undefined && inFile?.isEmpty === true && !begin) await assertNeverSigned(db, file, beside, verifier);
  return { others: signedIn(inFile, beside, verifier), isBegun: inFile?.isEmpty === false };
}

/** For who does not sign: a file that is missing or cannot be read tells nothing, and is told when it is signed. */
export async function lastSignedOutside(verifier: Verifier, { file, record }: Keeping): Promise<Checkpoint[]> {
  const inFile = file === undefined ? null : await lastSignedIn(file, verifier).catch(() => null);
  const beside = await readSignedRecord(record, verifier);
  return signedIn(inFile, beside, verifier);
}

/** By the file, and by the record beside the key. */
function signedIn(inFile: LastSigned | null, beside: string | null, verifier: Verifier): Checkpoint[] {
  const both = [inFile?.checkpoint ?? null, beside === null ? null : openCheckpoint(beside, verifier)];
  return both.filter((one) => one !== null);
}

const NOTHING: CheckpointCopy = { notes: [], leaves: [] };

async function assertNeverSigned(
  db: Queryable,
  file: string,
  beside: string | null,
  verifier: Verifier,
): Promise<void> {
  const last = await lastCheckpoint(db);
  const size = Math.max(last?.size ?? -1, (beside === null ? null : openCheckpoint(beside, verifier))?.size ?? -1);
  if (size < 0) return;
  throw new AuditError(
    'audit-tampered',
    `There are no checkpoints at ${file}, but the log was signed over ${size} entries before: the file was ` +
      'removed or emptied, or another was meant.',
    'Bring the file back from a copy. If it never was there, or may be forgotten, `assist-rollouts audit ' +
      'checkpoint --to <file> --new` begins it anew and says so in the log.',
  );
}
