/**
 * What this key signed last, kept beside the key: who sets the database back, together with the checkpoints in it,
 * seldom reaches the
 * folder of the key as well. A key that is given by itself, or whose folder cannot be written, has no such record.
 */
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf } from '../store/errors.ts';
import { openCheckpoint } from './checkpoint.ts';
import type { KeySource } from './key.ts';
import type { Verifier } from './note.ts';

/** Null where there is no place for one. */
export function signedRecordFile({ key, keyFile, home }: KeySource): string | null {
  if (keyFile) return `${keyFile}.signed`;
  if (key) return null;
  return home === null ? null : join(home, 'audit-key.signed');
}

/** The note; null when there is none of this key (another key may have been there before). */
export async function readSignedRecord(file: string | null, verifier: Verifier): Promise<string | null> {
  const note = file === null ? '' : await readFile(file, 'utf8').catch(() => '');
  return openCheckpoint(note, verifier) === null ? null : note;
}

const NOT_OURS_TO_WRITE = ['EACCES', 'ENOENT', 'EPERM', 'EROFS'];

export async function writeSignedRecord(file: string | null, note: string): Promise<void> {
  if (file === null) return;
  try {
    await writeFile(`${file}.${process.pid}`, note, { mode: 0o600 });
    await rename(`${file}.${process.pid}`, file);
  } catch (error) {
    // Secrets are often mounted to be read only; then the checkpoint file alone tells.
    if (!NOT_OURS_TO_WRITE.includes(codeOf(error))) throw error;
  }
}
