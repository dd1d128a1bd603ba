/** A short campaign; `npm run faults` is the long one. It runs compiled, since what is killed are processes. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describePostgres } from '../helpers/database.ts';

const COMPILED = join(__dirname, '..', '..', 'dist', 'bench', 'campaign.js');
const RUN_MS = 1_200_000;

interface Report {
  readonly code: number | null;
  readonly faults: number;
  readonly matrix: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

async function campaign(schedules: number, seed: number): Promise<Report> {
  if (!existsSync(COMPILED)) throw new Error(`${COMPILED} is missing. Build first: npm run build.`);
  const args = ['--json', '--schedules', String(schedules), '--beside', String(schedules), '--seed', String(seed)];
  const child = spawn(process.execPath, [COMPILED, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { ...(JSON.parse(output.trim().split('\n').at(-1) ?? 'null') as Report), code };
}

describePostgres('a campaign of faults', () => {
  test(
    'every rollout comes to a true end, nothing is broken on the way, and nothing is done twice',
    async () => {
      const report = await campaign(3, 15);
      expect(report).toMatchObject({ rollouts: 18, violations: [], stuck: [], duplicates: [], code: 0 });
      expect(report.faults).toBeGreaterThan(3);
      const hits = Object.values(report.matrix).flatMap((ways) => Object.values(ways));
      expect(hits.reduce((sum, one) => sum + one, 0)).toBeGreaterThan(0);
    },
    RUN_MS,
  );
});
