/**
 * Where the signing key of the log comes from: the environment, a file, or (for the embedded default) made at the first
 * need.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { dirname, join } from 'node:path';
import { makeFolder } from '../files/make-folder.ts';
import { AuditError } from './errors.ts';
import { generateKey, parseSigner } from './note.ts';
import type { Signer } from './note.ts';

export interface KeySource {
  readonly key?: string | undefined;
  /** The file that it came from, if it came from one: what it signed last is kept beside that. */
  readonly keyFile?: string | undefined;
  /** Folder where a key is kept, and made when there is none; null where one must be given. */
  readonly home: string | null;
}

/** Null when there is none and none may be made. */
export async function findSigner({ key, home }: KeySource): Promise<Signer | null> {
  if (key) return parseSigner(key);
  return home === null ? null : keptSigner(join(home, 'audit-key'));
}

export async function demandSigner(source: KeySource): Promise<Signer> {
  const signer = await findSigner(source);
  if (signer !== null) return signer;
  throw new AuditError(
    'audit-key-missing',
    'There is no key to sign checkpoints with: AUDIT_SIGNING_KEY and AUDIT_SIGNING_KEY_FILE are not set.',
    'Make one with `assist-rollouts audit key --new <name> --to <file>` and set AUDIT_SIGNING_KEY_FILE to that file.',
  );
}

/** Readable for its owner only; a file that exists is never overwritten. */
export async function writeNewKey(file: string, name: string): Promise<Signer> {
  const { privateText, signer } = generateKey(name);
  makeFolder(dirname(file));
  await writeFile(file, `${privateText}\n`, { mode: 0o600, flag: 'wx' });
  return signer;
}

async function keptSigner(file: string): Promise<Signer> {
  try {
    return await writeNewKey(file, `assist-rollouts.local/${randomBytes(6).toString('hex')}`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return parseSigner(await readKeyFile(file));
  }
}

async function readKeyFile(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new AuditError(
      'audit-key-missing',
      `The audit signing key cannot be read from ${file}: ${(cause as Error).message}.`,
      'Name a file that you may read.',
      { cause },
    );
  }
}
