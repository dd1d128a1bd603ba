/** Keys of people on disk. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { IdentityError } from './errors.ts';
import { newActorKey } from './key.ts';
import type { ActorKey } from './key.ts';

/** Readable for its owner only; a file that exists is never overwritten. */
export async function writeNewKey(file: string, name: string): Promise<ActorKey> {
  const { key, text } = newActorKey(name);
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
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
