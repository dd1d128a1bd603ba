/** Files that verbs write, for their owner only, and what is said of a file that cannot be used. */
import { chmod, readdir, writeFile } from 'node:fs/promises';
import { makeFolder } from '../files/make-folder.ts';

/** Also one that is there already. */
export async function writePrivateFile(file: string, text: string | Uint8Array): Promise<void> {
  await writeFile(file, text, { mode: 0o600 });
  await chmod(file, 0o600);
}

/** What processes of ours keep in the folder of `dev`. */
const OURS = /^(database|signing-secret|admin-token|audit-key|sandbox\.json|temporal\.sqlite)/;

/**
 * Made for its owner only; one that is there is tightened, unless it holds what is not ours: then it may be meant for
 * others.
 */
export async function makePrivateFolder(folder: string): Promise<void> {
  makeFolder(folder);
  if ((await readdir(folder)).every((name) => OURS.test(name))) await chmod(folder, 0o700);
}

const WORDS: Readonly<Record<string, string>> = {
  EEXIST: 'is there already, and is not overwritten',
  EISDIR: 'is a folder, where a file is expected',
  ENOTDIR: 'leads through a file, where a folder is expected',
  ENOENT: 'is not there',
  EACCES: 'may not be used by you',
  EPERM: 'may not be used by you',
  EROFS: 'lies where nothing can be written',
  ENOSPC: 'finds no room: the disk is full',
  ENAMETOOLONG: 'has too long a name',
  ELOOP: 'is a link in a circle',
  ENOTEMPTY: 'is a folder that is not empty',
  EMFILE: 'could not be opened: too many files are open',
};

/** Of an error of the file system, whichever verb met it; null for any other. */
export function fileTrouble(error: Error): string | null {
  const { code, path, dest } = error as NodeJS.ErrnoException & { readonly dest?: string };
  const words = code === undefined ? undefined : WORDS[code];
  return words === undefined || path === undefined ? null : `${dest ?? path} ${words}.`;
}
