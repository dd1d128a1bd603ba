/** What `retention` deletes, as whoever keeps the database small types it. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Parts } from './parts.ts';

const run = promisify(execFile);

/** Rows of each kind that are gone. */
export async function retain(
  { temporal, databaseUrl }: Parts,
  olderThan: string,
): Promise<{ readonly events: number }> {
  const main = join(__dirname, '..', '..', 'src', 'cli', 'main.js');
  const env = {
    ...process.env,
    DATABASE_URL: databaseUrl ?? '',
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: temporal.namespace,
  };
  const { stdout } = await run(process.execPath, [main, 'retention', '--older-than', olderThan, '--json'], { env });
  return JSON.parse(stdout) as { readonly events: number };
}
