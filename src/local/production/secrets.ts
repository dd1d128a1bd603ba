/** What a stand's processes are given in files, each for its owner alone. */
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Letters and digits: it becomes a part of URLs. */
export function newPassword(): string {
  return randomBytes(24).toString('hex');
}

/** The path of the file. */
export async function keepSecret(folder: string, name: string, secret: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, secret, { mode: 0o600 });
  return path;
}
