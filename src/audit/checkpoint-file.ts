/**
 * The copy of the checkpoints that leaves the database: signed notes, one after the other with an empty line between,
 * and beside
 * it `<file>.leaves` with the hash and key of every entry. The hashes fold up to the signed roots, so they cannot be
 * forged, and with
 * them each changed entry is named even when the whole database was rewritten.
 */
import { readFile } from 'node:fs/promises';
import { AuditError } from './errors.ts';
import { hashFromBase64 } from './hash.ts';
import { parseSiemCopy } from './siem-copy.ts';
import type { CheckpointCopy, LeafRecord } from './siem-copy.ts';
import type { SplitNotes } from './signed-notes.ts';
import { isCutShort, logOf, splitNotes } from './signed-notes.ts';

/**
 * Also takes what a SIEM was sent as OCSF. Empty when there is no such file and it `mayLack`. A last note of `log`, or
 * of a log that the file holds others of, that a crash cut short is passed over.
 */
export async function readCheckpointFile(
  file: string,
  { mayLack = false, log }: { readonly mayLack?: boolean; readonly log?: string | undefined } = {},
): Promise<CheckpointCopy> {
  const text = await readText(file, mayLack);
  const sent = text.startsWith('{') ? parseSiemCopy(text) : null;
  if (sent !== null) return sent;
  const { notes } = notesOf(file, text, log === undefined ? [] : [log]);
  return { notes, leaves: parseLeaves(completeLines(await readText(`${file}.leaves`, true))) };
}

/** The whole notes of a text out of the file, from `begins` on, and where the last of them ends. */
export function notesOf(file: string, text: string, logs: readonly string[], begins = 0): SplitNotes {
  const split = splitNotes(text, begins);
  const rest = text.slice(split.end);
  if (rest !== '' && !isCutShort(rest, [...logs, ...new Set(split.notes.map(logOf))]))
    throw unreadable(file, 'it holds something that is not a signed note');
  return split;
}

/** The key that a line tells; empty for a line that is no entry. */
export function keyOfLine(line: string): string {
  try {
    const { key } = JSON.parse(line) as { key?: unknown };
    return typeof key === 'string' ? key : '';
  } catch {
    return '';
  }
}

export const LEAF = /^(?<leaf>\d+) (?<hash>\S+) (?<key>".*")$/;

function parseLeaves(text: string): LeafRecord[] {
  return text
    .split('\n')
    .slice(0, -1)
    .map((line, place) => {
      const { leaf, hash, key } = LEAF.exec(line)?.groups ?? {};
      const bytes = hashFromBase64(hash ?? '');
      if (Number(leaf) !== place || bytes === undefined)
        throw unreadable('the .leaves file', `line ${place + 1} is not "<number> <hash> <key>"`);
      return { hash: bytes, key: JSON.parse(key ?? '""') as string };
    });
}

export function completeLines(text: string): string {
  return text.slice(0, text.lastIndexOf('\n') + 1);
}

async function readText(file: string, mayLack: boolean): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (mayLack && (error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw unreadable(file, (error as Error).message);
  }
}

export function unreadable(file: string, why: string): AuditError {
  return new AuditError(
    'audit-file-unreadable',
    `The checkpoints cannot be read from ${file}: ${why}.`,
    'Name a file that `audit checkpoint --to` wrote.',
  );
}
