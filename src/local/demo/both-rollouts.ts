/** The demo itself: a good version, then a harmful one, each started, followed and read back. */
import { join } from 'node:path';
import type { Closers } from '../../compose/closers.ts';
import { packageRoot } from '../../compose/package-root.ts';
import { createConfigurator } from '../../configurator.ts';
import { prepare } from './demo-target.ts';
import type { DemoParts, DemoTarget } from './demo-target.ts';
import { oneRollout } from './one-rollout.ts';
import type { RolloutViewer } from './one-rollout.ts';
import { summarise } from './summary.ts';
import type { DemoRollout, DemoSummary } from './summary.ts';

export async function bothRollouts(
  stack: DemoParts,
  target: DemoTarget,
  closers: Closers,
  viewer: RolloutViewer,
): Promise<DemoSummary> {
  const { now } = viewer;
  const startedAt = now();
  const configurator = createConfigurator({ temporal: stack.temporal, now });
  closers.add('client', () => configurator.close());
  const place = await prepare(target, stack);
  const rollouts: DemoRollout[] = [];
  for (const { plan, expected } of target.rollouts) {
    const planFile = join(packageRoot(), 'examples', 'demo', plan);
    const served = (actionName: string) => target.served(place, actionName);
    rollouts.push(await oneRollout({ ...viewer, configurator, expected, served, planFile }));
  }
  const seconds = Math.round((now() - startedAt) / 100) / 10;
  return summarise(rollouts, seconds, await target.coverageHoles(place));
}
