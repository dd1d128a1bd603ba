/**
 * The copy of the checkpoints that leaves the database: signed notes, one after the other with an empty line between,
 * and beside
 * it `<file>.leaves` with the hash and key of every entry. The hashes fold up to the signed roots, so they cannot be
 * forged, and with
 * them each changed entry is named even when the whole database was rewritten.
 */
import { open, readFile } from 'node:fs/promises';
import { readAuditLines } from '../store/audit-log.ts';
import type { Queryable } from '../store/database.ts';
import { openCheckpoint } from './checkpoint.ts';
import type { Checkpoint } from './checkpoint.ts';
import { AuditError } from './errors.ts';
import { hashFromBase64, leafHash, toBase64 } from './hash.ts';
import type { Verifier } from './note.ts';
import { parseSiemCopy } from './siem-copy.ts';
import type { CheckpointCopy, LeafRecord } from './siem-copy.ts';

/** Also takes what a SIEM was sent as OCSF. Empty when there is no such file and it `mayLack`. */
export async function readCheckpointFile(file: string, { mayLack = false } = {}): Promise<CheckpointCopy> {
  const text = await readText(file, mayLack);
  const sent = text.startsWith('{') ? parseSiemCopy(text) : null;
  if (sent !== null) return sent;
  const notes = splitNotes(text);
  if (notes === null) throw unreadable(file, 'it holds something that is not a signed note');
  return { notes, leaves: parseLeaves(completeLines(await readText(`${file}.leaves`, true))) };
}

export function signedIn(file: CheckpointCopy, verifier: Verifier): Checkpoint[] {
  return file.notes.map((note) => openCheckpoint(note, verifier)).filter((opened) => opened !== null);
}

/**
 * Adds the checkpoint and the leaves up to it; a repeat adds nothing, and a line that a crash cut short is written
 * again.
 */
export async function appendCheckpointFile(
  file: string,
  checkpoint: { readonly note: string; readonly size: number },
  db: Queryable,
): Promise<void> {
  await appendLeaves(`${file}.leaves`, checkpoint.size, db);
  const known = await readText(file, true);
  if (known.includes(checkpoint.note)) return;
  const whole = known.slice(0, endOfNotes(known));
  await rewriteFrom(file, Buffer.byteLength(whole), `${whole === '' ? '' : '\n'}${checkpoint.note}`);
}

const BATCH = 2000;
const NOTE = /\n?(?<note>(?:[^\n\u2014][^\n]*\n){3,}\n(?:\u2014 [^\n]+\n)+)/uy;

function splitNotes(text: string): string[] | null {
  const notes: string[] = [];
  let at = 0;
  while (at < text.length) {
    NOTE.lastIndex = at;
    const note = NOTE.exec(text)?.groups?.['note'];
    if (note === undefined) return null;
    notes.push(note);
    at = NOTE.lastIndex;
  }
  return notes;
}

/** Where the last whole note ends. */
function endOfNotes(text: string): number {
  let at = 0;
  for (;;) {
    NOTE.lastIndex = at;
    if (NOTE.exec(text) === null) return at;
    at = NOTE.lastIndex;
  }
}

async function appendLeaves(file: string, size: number, db: Queryable): Promise<void> {
  const known = completeLines(await readText(file, true));
  let next = known === '' ? 0 : known.split('\n').length - 1;
  let at = Buffer.byteLength(known);
  while (next < size) {
    const lines = await readAuditLines(db, next, BATCH, size);
    if (lines.length === 0) return;
    const text = lines
      .map(({ leaf, line }) => `${leaf} ${toBase64(leafHash(line))} ${JSON.stringify(keyOfLine(line))}\n`)
      .join('');
    await rewriteFrom(file, at, text);
    at += Buffer.byteLength(text);
    next += lines.length;
  }
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

async function rewriteFrom(file: string, position: number, text: string): Promise<void> {
  const handle = await open(file, position === 0 ? 'w' : 'r+', 0o600);
  try {
    await handle.truncate(position);
    await handle.write(text, position, 'utf8');
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function parseLeaves(text: string): LeafRecord[] {
  return text
    .split('\n')
    .slice(0, -1)
    .map((line, place) => {
      const { leaf, hash, key } = /^(?<leaf>\d+) (?<hash>\S+) (?<key>".*")$/.exec(line)?.groups ?? {};
      const bytes = hashFromBase64(hash ?? '');
      if (Number(leaf) !== place || bytes === undefined)
        throw unreadable('the .leaves file', `line ${place + 1} is not "<number> <hash> <key>"`);
      return { hash: bytes, key: JSON.parse(key ?? '""') as string };
    });
}

function completeLines(text: string): string {
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

function unreadable(file: string, why: string): AuditError {
  return new AuditError(
    'audit-file-unreadable',
    `The checkpoints cannot be read from ${file}: ${why}.`,
    'Name a file that `audit checkpoint --to` wrote.',
  );
}
