/** The webhook secret of one machine: pushes that were signed before a restart are still good after it. */
import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';

export function newSigningSecret(): string {
  return `whsec_${randomBytes(32).toString('base64')}`;
}

/** The secret in the file; made, and readable for its owner only, the first time. */
export async function keptSigningSecret(file: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const secret = newSigningSecret();
  await writeFile(file, `${secret}\n`, { mode: 0o600 });
  return secret;
}
