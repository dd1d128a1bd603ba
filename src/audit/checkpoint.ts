/** A signed statement of what the log was: C2SP tlog-checkpoint (origin, size, root), in a signed note. */
import { hashFromBase64, toBase64 } from './hash.ts';
import { openNote, signNote } from './note.ts';
import type { Signer, Verifier } from './note.ts';

export interface Checkpoint {
  /** Which log: the name of its key. */
  readonly origin: string;
  readonly size: number;
  readonly root: Uint8Array;
}

export function signCheckpoint(size: number, root: Uint8Array, signer: Signer): string {
  return signNote(`${signer.name}\n${size}\n${toBase64(root)}\n`, signer);
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

/** Further lines are extensions, which a verifier passes over. */
function parseBody(text: string): Checkpoint | null {
  const [origin = '', size = '', root = ''] = text.split('\n');
  const hash = hashFromBase64(root);
  if (origin === '' || hash === undefined || !/^(0|[1-9]\d{0,15})$/.test(size)) return null;
  return Number.isSafeInteger(Number(size)) ? { origin, size: Number(size), root: hash } : null;
}
