/**
 * The end of the checkpoint file and of its `.leaves`: what was signed last, and what comes behind it. Neither costs
 * more because the file is long.
 */
import { readAuditLines } from '../store/audit-log.ts';
import type { Queryable } from '../store/database.ts';
import { completeLines, keyOfLine, LEAF, notesOf, unreadable } from './checkpoint-file.ts';
import { openCheckpoint } from './checkpoint.ts';
import type { Checkpoint } from './checkpoint.ts';
import { AuditError } from './errors.ts';
import { rewriteEnd, searchEnd } from './file-end.ts';
import type { FileEnd } from './file-end.ts';
import { leafHash, toBase64 } from './hash.ts';
import type { Verifier } from './note.ts';
import { firstBeginning, logOf } from './signed-notes.ts';

export interface LastSigned {
  /** The last genuine one. */
  readonly checkpoint: Checkpoint | null;
  /** No whole note is in it, by whomever. */
  readonly isEmpty: boolean;
}

/** Read from its end, as far back as the key has not signed. */
export async function lastSignedIn(file: string, verifier: Verifier): Promise<LastSigned> {
  const found = await atEnd(file, (end): LastSigned | null => {
    const notes = notesAtEnd(file, end, verifier.name)?.notes;
    for (const note of notes?.toReversed() ?? []) {
      const checkpoint = openCheckpoint(note, verifier);
      if (checkpoint !== null) return { checkpoint, isEmpty: false };
    }
    return end.from === 0 ? { checkpoint: null, isEmpty: notes?.length === 0 } : null;
  });
  return found ?? { checkpoint: null, isEmpty: true };
}

/**
 * Adds the checkpoint and the leaves up to it; a repeat adds nothing, and what a crash cut short is written again.
 * One at a time.
 */
export async function appendCheckpointFile(
  file: string,
  checkpoint: { readonly note: string; readonly size: number },
  db: Queryable,
): Promise<void> {
  await appendLeaves(`${file}.leaves`, checkpoint.size, db);
  const known = await atEnd(file, (end) => notesAtEnd(file, end, logOf(checkpoint.note)));
  if (known?.notes.includes(checkpoint.note) === true) return;
  const bytes = known?.bytes ?? 0;
  await rewriteEnd(file, bytes, `${bytes === 0 ? '' : '\n'}${checkpoint.note}`);
}

interface NotesAtEnd {
  readonly notes: readonly string[];
  /** Where the last whole note ends in the file. */
  readonly bytes: number;
}

/** Null when no whole note is in it, and more of the file is to be read. */
function notesAtEnd(file: string, { text, from }: FileEnd, log: string): NotesAtEnd | null {
  const begins = from === 0 ? 0 : firstBeginning(text);
  if (begins === null) return null;
  const { notes, end } = notesOf(file, text, [log], begins);
  if (notes.length === 0 && from > 0) return null;
  return { notes, bytes: from + Buffer.byteLength(text.slice(0, end)) };
}

const BATCH = 2000;

async function appendLeaves(file: string, size: number, db: Queryable): Promise<void> {
  let { next, bytes } = await leavesEnd(file);
  while (next < size) {
    const lines = await readAuditLines(db, next, BATCH, size);
    if (lines.length === 0) return;
    const text = lines
      .map(({ leaf, line }) => `${leaf} ${toBase64(leafHash(line))} ${JSON.stringify(keyOfLine(line))}\n`)
      .join('');
    await rewriteEnd(file, bytes, text);
    bytes += Buffer.byteLength(text);
    next += lines.length;
  }
}

/** Which leaf comes next, and where: behind the last whole line. */
async function leavesEnd(file: string): Promise<{ next: number; bytes: number }> {
  const found = await atEnd(file, ({ text, from }) => {
    const whole = completeLines(text);
    if (whole === '') return null;
    const { leaf } = LEAF.exec(whole.slice(whole.lastIndexOf('\n', whole.length - 2) + 1, -1))?.groups ?? {};
    if (leaf === undefined) throw unreadable(file, 'its last line is not "<number> <hash> <key>"');
    return { next: Number(leaf) + 1, bytes: from + Buffer.byteLength(whole) };
  });
  return found ?? { next: 0, bytes: 0 };
}

/** What the file system says against reading it, in words and with its name. */
async function atEnd<T>(file: string, find: (end: FileEnd) => T | null): Promise<T | null> {
  try {
    return await searchEnd(file, find);
  } catch (error) {
    if (error instanceof AuditError) throw error;
    throw unreadable(file, (error as Error).message);
  }
}
