/** What `retention` deletes, as whoever keeps the database small types it. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { CLI_MAIN } from '../lib/cli-main.ts';
import type { Parts } from './parts.ts';

const run = promisify(execFile);

/** Rows of each kind that are gone. */
export async function retain(
  { temporal, databaseUrl }: Parts,
  olderThan: string,
): Promise<{ readonly events: number }> {
  const env = {
    ...process.env,
    DATABASE_URL: databaseUrl ?? '',
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: temporal.namespace,
  };
  const { stdout } = await run(process.execPath, [CLI_MAIN, 'retention', '--older-than', olderThan, '--json'], { env });
  return JSON.parse(stdout) as { readonly events: number };
}
