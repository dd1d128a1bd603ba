/** Builds of the worker: that new rollouts have one to begin on, and that what is open has somebody who runs its build. */
import type { Client } from '@temporalio/client';
import type { ShownBuild } from '../builds/see.ts';
import { isLost, seeBuilds } from '../builds/see.ts';
import type { Seen } from './finding.ts';
import type { Check } from './run-checks.ts';
import { temporalNotReached } from './temporal.ts';

export interface BuildLooks {
  readonly client: () => Promise<Client>;
  readonly deployment: string;
  readonly taskQueue: string;
  readonly now: () => number;
}

const EXPECTED = 'workers of every build that something goes to or is open on';

export function buildCheck(looks: BuildLooks): Check {
  return { area: 'workers', name: 'builds', expected: EXPECTED, look: () => look(looks) };
}

async function look({ client, deployment, taskQueue, now }: BuildLooks): Promise<readonly Seen[]> {
  const seen = await seeBuilds(await client().catch(temporalNotReached), { deployment, taskQueue, nowMs: now() });
  if (seen !== null) return buildsSeen(seen.builds);
  return [
    {
      check: 'builds',
      level: 'error',
      seen: `no worker has said that it is a build of "${deployment}"`,
      expected: EXPECTED,
      wayOut: 'Start `assist-rollouts worker` with this TEMPORAL_DEPLOYMENT_NAME, then make its build current.',
    },
  ];
}

function buildsSeen(builds: readonly ShownBuild[]): readonly Seen[] {
  const lost = builds.filter(isLost);
  if (lost.length === 0) return [{ check: 'builds', level: 'ok', seen: builds.map(sayOf).join('; ') }];
  return lost.map((one) => ({
    check: `build ${one.build}`,
    level: 'error',
    seen: `nobody runs it, and ${sayOf(one)}`,
    expected: EXPECTED,
    wayOut:
      one.openRollouts > 0
        ? 'Start its workers again, or `assist-rollouts builds move <name> --to <build>`.'
        : 'Start its workers, or `assist-rollouts builds promote <build>` another: `assist-rollouts builds list`.',
  }));
}

function sayOf({ build, state, percent, openRollouts }: ShownBuild): string {
  return `${build} is ${state}${state === 'ramping' ? ` with ${percent} %` : ''}, ${openRollouts} open`;
}
