/** Keys of people on disk. */
import { writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { makeFolder } from '../files/make-folder.ts';
import { IdentityError } from './errors.ts';
import { newActorKey } from './key.ts';
import type { ActorKey } from './key.ts';

/** Readable for its owner only; a file that exists is never overwritten. */
export async function writeNewKey(file: string, name: string): Promise<ActorKey> {
  const { key, text } = newActorKey(name);
  makeFolder(dirname(file));
  try {
    await writeFile(file, `${text}\n`, { mode: 0o600, flag: 'wx' });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
    throw new IdentityError(
      'operator-exists',
      `There is a key at ${file} already; it is left as it is.`,
      'Name another file with --key, or add the person who has it with --public-key (`assist-rollouts operator key` prints it).',
      { cause },
    );
  }
  return key;
}
