/**
 * A signed statement of what the log was, and when: C2SP tlog-checkpoint (origin, size, root; the time as an extension
 * line), in a signed note.
 */
import { hashFromBase64, toBase64 } from './hash.ts';
import { openNote, signNote } from './note.ts';
import type { Signer, Verifier } from './note.ts';

export interface Checkpoint {
  /** Which log: the name of its key. */
  readonly origin: string;
  readonly size: number;
  readonly root: Uint8Array;
  /** ISO 8601; null in a checkpoint that does not tell. */
  readonly signedAt: string | null;
}

export interface ToSign {
  readonly size: number;
  readonly root: Uint8Array;
  readonly at: Date;
}

export function signCheckpoint({ size, root, at }: ToSign, signer: Signer): string {
  return signNote(`${signer.name}\n${size}\n${toBase64(root)}\n${SIGNED}${at.toISOString()}\n`, signer);
}

/** Null for a note that the key did not sign, or that speaks of another log. */
export function openCheckpoint(note: string, verifier: Verifier): Checkpoint | null {
  const text = openNote(note, verifier);
  const checkpoint = text === null ? null : parseBody(text);
  return checkpoint?.origin === verifier.name ? checkpoint : null;
}

/** What a note says, whoever signed it; for messages only. */
export function claimedSize(note: string): number | null {
  return parseBody(note)?.size ?? null;
}

const SIGNED = 'signed ';

/** Further lines are extensions; others than ours are passed over. */
function parseBody(text: string): Checkpoint | null {
  const [origin = '', size = '', root = '', ...extensions] = text.split('\n');
  const hash = hashFromBase64(root);
  if (origin === '' || hash === undefined || !/^(0|[1-9]\d{0,15})$/.test(size)) return null;
  return Number.isSafeInteger(Number(size))
    ? { origin, size: Number(size), root: hash, signedAt: signedAt(extensions) }
    : null;
}

function signedAt(extensions: readonly string[]): string | null {
  const told = extensions.find((line) => line.startsWith(SIGNED))?.slice(SIGNED.length) ?? '';
  return /^\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(told) ? told : null;
}
