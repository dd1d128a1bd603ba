/** The webhook secret of one machine: pushes that were signed before a restart are still good after it. */
import { readFile, writeFile } from 'node:fs/promises';
import { newWebhookSecret } from '../webhooks/secret.ts';

/** The secret in the file; made, and readable for its owner only, the first time. */
export async function keptSigningSecret(file: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const secret = newWebhookSecret();
  await writeFile(file, `${secret}\n`, { mode: 0o600 });
  return secret;
}
