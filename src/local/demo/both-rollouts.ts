/** The demo itself: a good version, then a harmful one, each started, followed and read back. */
import { join } from 'node:path';
import { z } from 'zod';
import type { Closers } from '../../compose/closers.ts';
import { packageRoot } from '../../compose/package-root.ts';
import { createConfigurator } from '../../configurator.ts';
import type { Stack } from '../stack.ts';
import { oneRollout } from './one-rollout.ts';
import type { RolloutViewer } from './one-rollout.ts';
import { json } from './read-back.ts';
import { summarise } from './summary.ts';
import type { DemoRollout, DemoSummary } from './summary.ts';

const ROLLOUTS = [
  { plan: '1.5.0.yaml', expected: 'promoted' },
  { plan: '1.6.0.yaml', expected: 'rolledBack' },
] as const;

export async function bothRollouts(stack: Stack, closers: Closers, viewer: RolloutViewer): Promise<DemoSummary> {
  const { now } = viewer;
  const startedAt = now();
  const { genesys, temporal, sandboxUrl } = stack;
  const configurator = createConfigurator({ temporal, now });
  closers.add('client', () => configurator.close());
  const endpoint = { url: sandboxUrl, clientId: genesys.clientId, clientSecret: genesys.clientSecret };
  const rollouts: DemoRollout[] = [];
  for (const { plan, expected } of ROLLOUTS) {
    const planFile = join(packageRoot(), 'examples', 'demo', plan);
    rollouts.push(await oneRollout({ ...viewer, configurator, expected, endpoint, planFile }));
  }
  const seconds = Math.round((now() - startedAt) / 100) / 10;
  return summarise(rollouts, seconds, await coverageHoles(sandboxUrl));
}

const coverageSchema = z.object({ holes: z.array(z.unknown()) });

async function coverageHoles(sandboxUrl: string): Promise<number> {
  return coverageSchema.parse(await json(`${sandboxUrl}/sandbox/coverage`)).holes.length;
}
