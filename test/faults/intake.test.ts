/**
 * A short run of the kill tests; `npm run faults:intake` is the long one. They run compiled, since what is killed are
 * processes.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { findPostgres } from '../../bench/lib/postgres.ts';

const COMPILED = join(__dirname, '..', '..', 'dist', 'bench', 'faults-intake.js');
const RUN_MS = 240_000;

async function kill(store: 'pglite' | 'pg', kills: number): Promise<unknown> {
  if (!existsSync(COMPILED)) throw new Error(`${COMPILED} is missing. Build first: npm run build.`);
  const child = spawn(
    process.execPath,
    [COMPILED, '--json', '--store', store, '--kills', String(kills), '--seed', '7'],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, ...(JSON.parse(output.trim().split('\n').at(-1) ?? 'null') as object) };
}

const SOUND = { code: 0, lost: 0, duplicated: 0, notForwarded: 0, auditLost: 0, auditVerified: true };
const stores = (['pglite', 'pg'] as const).filter((store) => store === 'pglite' || findPostgres() !== null);

test.each(stores)(
  'after kills at random moments every acknowledged event is stored once and forwarded, and the audit log ' +
    'verifies (%s)',
  async (store) => {
    const kills = store === 'pglite' ? 1 : 3;
    const outcome = await kill(store, kills);
    expect(outcome).toMatchObject({ ...SOUND, kills });
    expect((outcome as { acknowledged: number }).acknowledged).toBeGreaterThan(0);
  },
  RUN_MS,
);
